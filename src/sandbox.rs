//! Gatehouse on a sample community, on this machine alone, without any account.
//!
//! The webhook is the real one, with a key made for this run, and so is the bot that reads messages
//! over a gateway; the platform is a small server in memory, shaped like Fluxer and like Discord; the
//! page in front of both is a small chat client.
//! Nothing leaves the machine, and nothing is left on it.

mod browser;
mod client;
mod community;
mod page;
mod persona;
pub mod platform;
mod script;
mod shape;

use std::{
    collections::HashMap,
    future::Future,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use ed25519_dalek::SigningKey;
use gatehouse_commands::PlatformName;
use secrecy::SecretString;
use tokio::{
    sync::oneshot,
    time::{sleep, timeout},
};

use self::{
    client::Client,
    page::Page,
    platform::{DISCORD_TOKEN, FLUXER_TOKEN, SamplePlatform},
    shape::Shape,
};
use crate::{
    clock::Clock,
    config::{Config, GatewayConfig, PlatformConfig},
    metrics::Metrics,
    register,
    server::{self, BindError, Server},
};

/// Where the sandbox listens unless told otherwise, or anywhere on this machine when it is taken.
const PREFERRED: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// How long the page's address waits for the bot to be connected: whoever is faster than that would
/// not be heard.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// How often it is looked whether the bot is connected.
const CONNECTED_CHECK: Duration = Duration::from_millis(10);

/// What can be chosen about a sandbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Where it listens; `None` = where it likes best, or anywhere on this machine.
    pub listen: Option<SocketAddr>,
    /// Plays a moderator's first minute and ends, instead of serving.
    pub is_script: bool,
    /// Which community is made up; `None` = the one of the documentation.
    pub seed: Option<u64>,
    /// Opens the page in the browser.
    pub opens_browser: bool,
}

/// Serves the sample until `stop`; or shows a moderator's first minute and ends.
///
/// # Errors
///
/// No port to be had, or the script met something other than it expects.
pub async fn run(
    options: Options,
    metrics: &Metrics,
    out: &mut impl Write,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let community = community::sample_community(clock.now(), options.seed);
    let sample = SamplePlatform::start(community.clone())
        .await
        .context("cannot start the sample platform")?;
    let sample = Arc::new(sample);
    let key = signing_key()?;
    let server = bind(options.listen, &sample, &key, &clock, metrics).await?;
    let address = server.address()?;
    let public_key = hex::encode(key.verifying_key().as_bytes());
    set_up(&sample, &public_key).await?;
    let client = Client::new(address, key, clock);
    if options.is_script {
        let (end, ended) = oneshot::channel::<()>();
        let serving = server.run(async {
            let _ = ended.await;
        });
        let script = async {
            let result = tokio::select! {
                played = script::play(&client, &sample, out) => played,
                () = stop => Ok(()),
            };
            let _ = end.send(());
            result
        };
        let ((), result) = tokio::join!(serving, script);
        return result;
    }
    let page = Page::new(client, Arc::clone(&sample), &community);
    page.watch();
    let server = server.with(page.routes());
    let (failed, has_failed) = oneshot::channel::<()>();
    let serving = server.run(async {
        tokio::select! {
            () = stop => {}
            Ok(()) = has_failed => {}
        }
        page.stop();
    });
    let introduction = async {
        // A bot that does not get there shows in what it does not answer.
        let _ = timeout(CONNECTED_WITHIN, connected(&sample)).await;
        let introduced = introduce(out, address, &sample, &public_key);
        if introduced.is_err() {
            let _ = failed.send(());
        } else if options.opens_browser {
            browser::open(&format!("http://{address}/"));
        }
        introduced
    };
    let ((), introduced) = tokio::join!(serving, introduction);
    Ok(introduced?)
}

/// Waits until the bot hears what is said.
async fn connected(sample: &SamplePlatform) {
    while sample.gateway_sessions() == 0 {
        sleep(CONNECTED_CHECK).await;
    }
}

/// Does what an operator does at the platform before anybody can type a command there.
async fn set_up(sample: &SamplePlatform, public_key: &str) -> anyhow::Result<()> {
    sample.set_verify_key(public_key);
    let token = SecretString::from(DISCORD_TOKEN);
    let api = sample.discord_api();
    register::register(&api, &token, None, false, &mut io::sink())
        .await
        .context("cannot register the commands with the sample platform")?;
    Ok(())
}

/// A key of this run alone.
fn signing_key() -> anyhow::Result<SigningKey> {
    let mut seed = [0; ed25519_dalek::SECRET_KEY_LENGTH];
    getrandom::fill(&mut seed).context("the system gives no random numbers")?;
    Ok(SigningKey::from_bytes(&seed))
}

async fn bind(
    listen: Option<SocketAddr>,
    sample: &SamplePlatform,
    key: &SigningKey,
    clock: &Clock,
    metrics: &Metrics,
) -> Result<Server, BindError> {
    let config = Config {
        listen: listen.unwrap_or(PREFERRED),
        metrics_listen: None,
        links: HashMap::from([(Shape::Linked.guild(), Shape::Fluxer.guild())]),
        moderator_roles: Vec::new(),
        discord: PlatformConfig {
            api: sample.discord_api(),
            token: Some(SecretString::from(DISCORD_TOKEN)),
            public_keys: vec![key.verifying_key()],
        },
        fluxer: PlatformConfig {
            api: sample.fluxer_api(),
            token: Some(SecretString::from(FLUXER_TOKEN)),
            public_keys: vec![key.verifying_key()],
        },
        fluxer_gateway: Some(GatewayConfig::default()),
    };
    match Server::bind(&config, clock, metrics).await {
        Err(error) if listen.is_none() && error.is_taken() => {
            let anywhere = SocketAddr::new(PREFERRED.ip(), 0);
            let config = Config {
                listen: anywhere,
                ..config
            };
            Server::bind(&config, clock, metrics).await
        }
        bound => bound,
    }
}

fn introduce(
    out: &mut impl Write,
    address: SocketAddr,
    sample: &SamplePlatform,
    public_key: &str,
) -> io::Result<()> {
    let path = server::path(PlatformName::Fluxer);
    let guild = Shape::Fluxer.guild();
    let api = sample.fluxer_api();
    writeln!(
        out,
        "Gatehouse sandbox: made-up sample data, and nothing leaves this machine.

  page             http://{address}/
  webhook          http://{address}{path}
  public key       {public_key}
  sample platform  {api} (Fluxer-shaped)
  sample guild     {guild}

Open the page in a browser to try everything out as in a chat client. Or look at it from another
terminal, as an operator would:

  FLUXER_API={api} FLUXER_TOKEN={FLUXER_TOKEN} \\
    cargo run --release -- invites list unused --guild {guild}

See what a moderator sees:

  cargo run --release -- sandbox --script

Ctrl+C ends it.",
    )?;
    out.flush()
}
