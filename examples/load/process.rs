//! Servers as processes of their own, and what the operating system says of them.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::{
    drive::Connection,
    interactions::{Face, Interactions, public_key},
};

/// How long a server may take to answer at all.
const START_MAX: Duration = Duration::from_secs(10);

/// Between two attempts to reach a server that starts.
const START_PAUSE: Duration = Duration::from_micros(100);

/// Where servers run, and where everything else does.
#[derive(Debug)]
pub(crate) struct Processors {
    server: CpuSet,
    rest: CpuSet,
    /// How many there are.
    pub(crate) count: u32,
}

impl Processors {
    /// One for servers, the others for the rest, this process from now on among them.
    pub(crate) fn split() -> anyhow::Result<Self> {
        let all = sched_getaffinity(None)?;
        let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| all.is_set(*number));
        let first = numbers.next().context("no processor")?;
        let mut server = CpuSet::new();
        server.set(first);
        let mut rest = CpuSet::new();
        for other in numbers {
            rest.set(other);
        }
        if rest.count() == 0 {
            rest = server;
        }
        sched_setaffinity(None, &rest)?;
        Ok(Self {
            server,
            rest,
            count: all.count(),
        })
    }

    /// Starts a process where servers run: it takes over where its parent runs.
    fn spawn(&self, command: &mut Command) -> anyhow::Result<Child> {
        sched_setaffinity(None, &self.server)?;
        let child = command.spawn();
        sched_setaffinity(None, &self.rest)?;
        child.with_context(|| format!("cannot start {}", command.get_program().display()))
    }
}

/// The release binary of this package, built as it is delivered.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--locked", "--bin", "gatehouse"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("cargo cannot be run; name a binary with --server")?;
    ensure!(status.success(), "the release binary could not be built");
    // target/release/examples/load
    let here = env::current_exe()?;
    let directory = here
        .ancestors()
        .nth(2)
        .context("this program has no home")?;
    Ok(directory.join("gatehouse"))
}

/// Which server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// This release binary.
    Gatehouse(&'a Path),
    /// The bare one.
    Reference,
}

/// A server that runs; it ends with this.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    /// From its start to its first answer.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts it and waits for its first answer, to a signed PING.
    pub(crate) fn start(
        kind: Kind<'_>,
        processors: &Processors,
        platform: SocketAddr,
    ) -> anyhow::Result<Self> {
        // Taken and given back: nobody else is given it soon.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = match kind {
            Kind::Gatehouse(binary) => {
                let mut command = Command::new(binary);
                command.env_clear().arg("serve").envs([
                    ("GATEHOUSE_LISTEN", address.to_string()),
                    ("DISCORD_PUBLIC_KEY", public_key()),
                    ("DISCORD_TOKEN", "load".to_owned()),
                    ("DISCORD_API", format!("http://{platform}")),
                    ("FLUXER_PUBLIC_KEY", public_key()),
                    ("FLUXER_TOKEN", "load".to_owned()),
                    ("FLUXER_API", format!("http://{platform}/v1")),
                ]);
                command
            }
            Kind::Reference => {
                let mut command = Command::new(env::current_exe()?);
                command.args(["reference", &address.to_string(), &platform.to_string()]);
                command
            }
        };
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let ping = Interactions::new()?.ping(Face::Discord)?;
        let begun = Instant::now();
        let mut child = processors.spawn(&mut command)?;
        let answered = loop {
            if let Ok(mut connection) = Connection::open(address) {
                break connection.ask(&ping.bytes).map(|_| ());
            }
            if let Some(status) = child.try_wait()? {
                break Err(anyhow::anyhow!("the server ended: {status}"));
            }
            if begun.elapsed() > START_MAX {
                break Err(anyhow::anyhow!("the server does not listen"));
            }
            thread::sleep(START_PAUSE);
        };
        let server = Self {
            address,
            child,
            started_in: begun.elapsed(),
        };
        answered.map(|()| server)
    }

    /// The processor time that it took until now.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in parentheses, may hold anything; user and system time are the 14th and 15th field.
        let (_, fields) = stat.rsplit_once(')').context("an odd /proc")?;
        let ticks: u64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(str::parse::<u64>)
            .sum::<Result<_, _>>()?;
        let per_second = rustix::param::clock_ticks_per_second();
        Ok(Duration::from_millis(ticks * 1_000 / per_second))
    }

    /// What it holds in memory now and held at most, in KiB.
    pub(crate) fn memory(&self) -> anyhow::Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| -> anyhow::Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().nth(1));
            Ok(number.context("an odd /proc")?.parse()?)
        };
        Ok(Memory {
            now_kib: field("VmRSS")?,
            peak_kib: field("VmHWM")?,
        })
    }
}

/// What a process holds in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) now_kib: u64,
    pub(crate) peak_kib: u64,
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// The platform, as a process of its own; it ends with this.
#[derive(Debug)]
pub(crate) struct PlatformProcess {
    pub(crate) address: SocketAddr,
    child: Child,
}

impl PlatformProcess {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .arg("platform")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let Ok(address) = line.trim().parse() else {
            end(&mut child);
            anyhow::bail!("the platform did not start");
        };
        Ok(Self { address, child })
    }
}

impl Drop for PlatformProcess {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// What the binary takes on disk without what only debuggers read, in bytes; `None` where nothing here can strip it.
pub(crate) fn stripped_size(binary: &Path) -> anyhow::Result<Option<u64>> {
    let stripped = env::temp_dir().join(format!("gatehouse-stripped-{}", std::process::id()));
    let status = Command::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(binary)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let size = fs::metadata(&stripped)?.len();
    fs::remove_file(&stripped)?;
    Ok(Some(size))
}
