//! Arguments in, exit status out.

use std::{
    env,
    io::{self, IsTerminal, Write},
    net::SocketAddr,
    process::ExitCode,
};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use gatehouse::{
    clock::Clock,
    config::{Config, Variables},
    metrics::Metrics,
    register, sandbox,
    server::Server,
    service::Service,
    shutdown::Shutdown,
    telemetry,
    terminal::{self, Consent, Output},
};
use gatehouse_commands::{GuildId, GuildRef, PlatformName};
use mimalloc::MiMalloc;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// A page is a thousand small texts: the C library's own takes several times as long to give room
/// for them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Answers /invites for moderators: which invites lead into their community, who made them, how
/// they are used.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take commands from the platforms that are configured
    Serve(Variables),
    /// Try everything out on a sample community on this machine, without any account
    Sandbox(Sandbox),
    /// Tell Discord which commands there are; sends only what changed
    Register(Register),
    /// Find out whether everything is set up right; ends with 1 if something would not work
    Check(Check),
    /// Run one command here, with its words; `help` lists them
    Invites(Invites),
}

#[derive(Args)]
struct Sandbox {
    /// Where page and webhook listen; a port of 0 takes any [default: 127.0.0.1:8080 if it is free]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Send a list, a press on Next and a press that opens an invite; print the replies and end
    #[arg(long)]
    script: bool,
    /// Open the page in the browser
    #[arg(long, conflicts_with = "script")]
    open: bool,
    /// Make up another community, the same one each time for the same number
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

#[derive(Args)]
struct Register {
    /// Only in this Discord server, at once; else everywhere
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Show what would change, send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    variables: Variables,
}

#[derive(Args)]
struct Check {
    /// Whose invites: discord:<id> or fluxer:<id>; those of every link if left out
    #[arg(long, value_name = "PLATFORM:ID")]
    guild: Option<GuildRef>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    variables: Variables,
}

#[derive(Args)]
struct Invites {
    /// What to do, for example: list unused oldest page:2
    words: Vec<String>,
    /// Whose invites: discord:<id> or fluxer:<id>
    #[arg(long, value_name = "PLATFORM:ID")]
    guild: GuildRef,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Do what changes something; without it, it is only shown
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    variables: Variables,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the system gives no threads");
    let ended = runtime.and_then(|runtime| {
        let ended = runtime.block_on(run(arguments.command));
        // A name that is still being looked up must not hold up the end.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "gatehouse: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(variables) => serve(variables).await,
        Command::Sandbox(Sandbox {
            listen,
            script,
            open,
            seed,
        }) => {
            let stop = stopped()?;
            let options = sandbox::Options {
                listen,
                is_script: script,
                seed,
                opens_browser: open,
            };
            let metrics = Metrics::new();
            telemetry::init_for_panics();
            telemetry::report_panics(&metrics);
            let run = sandbox::run(options, &metrics, &mut io::stdout().lock(), stop).await;
            seen_enough(run)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Register(arguments) => register(arguments).await,
        Command::Check(arguments) => check(arguments).await,
        Command::Invites(arguments) => invites(arguments).await,
    }
}

async fn serve(variables: Variables) -> anyhow::Result<ExitCode> {
    telemetry::init(&variables.log()?);
    let config = variables.service()?;
    let metrics = Metrics::new();
    telemetry::report_panics(&metrics);
    let stop = stopped()?;
    let server = Server::bind(&config, &Clock::system(), &metrics).await?;
    let address = server.address()?;
    info!(%address, version = env!("CARGO_PKG_VERSION"), "listening on {address}");
    if let Some(address) = server.metrics_address() {
        info!(%address, "metrics are at http://{address}/metrics");
    }
    tell_faces(&config);
    server.run(stop).await;
    Ok(ExitCode::SUCCESS)
}

/// What an operator checks first: which paths there are, and whose invites can be read.
fn tell_faces(config: &Config) {
    let platforms = [
        (PlatformName::Discord, &config.discord),
        (PlatformName::Fluxer, &config.fluxer),
    ];
    for (name, platform) in platforms {
        info!(
            platform = name.key(),
            takes_interactions = !platform.public_keys.is_empty(),
            reads_invites = platform.token.is_some(),
            "{name} is configured"
        );
    }
    if config.fluxer_gateway.is_some() {
        info!(
            "commands are read from messages on {}",
            PlatformName::Fluxer
        );
    }
}

async fn register(arguments: Register) -> anyhow::Result<ExitCode> {
    let Register {
        guild,
        dry_run,
        variables,
    } = arguments;
    telemetry::init(&variables.log()?);
    telemetry::report_panics(&Metrics::new());
    let (api, token) = variables.registration()?;
    register::register(&api, &token, guild, dry_run, &mut io::stdout().lock()).await?;
    Ok(ExitCode::SUCCESS)
}

async fn check(arguments: Check) -> anyhow::Result<ExitCode> {
    let Check {
        guild,
        json,
        variables,
    } = arguments;
    let log = variables.log()?;
    let config = variables.terminal()?;
    telemetry::init(&log);
    let metrics = Metrics::new();
    telemetry::report_panics(&metrics);
    let service = Service::new(&config, &Clock::system(), &metrics);
    let shutdown = Shutdown::default();
    let outputs = terminal::check(&service, guild, style(json), &shutdown).await;
    let mut code = ExitCode::SUCCESS;
    for output in &outputs {
        let printed = print(output)?;
        if printed != ExitCode::SUCCESS {
            code = printed;
        }
    }
    Ok(code)
}

async fn invites(arguments: Invites) -> anyhow::Result<ExitCode> {
    let Invites {
        words,
        guild,
        json,
        yes,
        variables,
    } = arguments;
    let log = variables.log()?;
    let config = variables.terminal()?;
    telemetry::init(&log);
    let metrics = Metrics::new();
    telemetry::report_panics(&metrics);
    let service = Service::new(&config, &Clock::system(), &metrics);
    let shutdown = Shutdown::default();
    let ending = shutdown.clone();
    let stop = stopped()?;
    tokio::spawn(async move {
        stop.await;
        // What changes nothing can be left at once; and nobody has to wait who asks twice.
        if yes {
            ending.begin();
            if let Ok(again) = stopped() {
                again.await;
            }
        }
        std::process::exit(INTERRUPTED);
    });
    let consent = Consent { is_given: yes };
    let tell = |line: &str| {
        let _ = writeln!(io::stderr(), "{line}");
    };
    let output = terminal::run(
        &service,
        guild,
        &words,
        style(json),
        consent,
        &shutdown,
        tell,
    )
    .await;
    print(&output)
}

fn print(output: &Output) -> anyhow::Result<ExitCode> {
    let written = io::stdout().lock().write_all(&output.bytes);
    seen_enough(written.map_err(anyhow::Error::from)).context("cannot write to standard output")?;
    if let Some(hint) = &output.hint {
        let _ = writeln!(io::stderr(), "{hint}");
    }
    if let Some(complaint) = &output.complaint {
        let _ = writeln!(io::stderr(), "gatehouse: {complaint}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// A reader that closes the output, as `head` does, has seen enough: that is no failure.
fn seen_enough(written: anyhow::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        written => written,
    }
}

fn style(is_json: bool) -> terminal::Style {
    let is_terminal = io::stdout().is_terminal();
    // Asked for the columns alone: some terminals do not know their rows.
    let size = rustix::termios::tcgetwinsize(io::stdout());
    let columns = size.ok().map(|size| usize::from(size.ws_col));
    terminal::Style {
        is_json,
        width: columns
            .filter(|columns| is_terminal && *columns > 0)
            .unwrap_or(terminal::DEFAULT_WIDTH),
        // See https://no-color.org
        is_terminal: is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// The exit status of a process that Ctrl+C ended, as shells tell it.
const INTERRUPTED: i32 = 130;

/// Until the process is asked to end. Set up before anything is served, so that no signal is lost.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("no signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
