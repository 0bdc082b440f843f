//! Gatehouse on a sample community, on this machine alone, without any account.
//!
//! The webhook is the real one, with a key made for this run; the platform is a small server in
//! memory, shaped like Fluxer. Nothing leaves the machine, and nothing is left on it.

mod client;
pub mod platform;
mod script;

use std::{
    collections::HashMap,
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    pin::pin,
};

use anyhow::Context;
use ed25519_dalek::SigningKey;
use gatehouse_commands::{GuildId, GuildRef, PlatformName};
use secrecy::SecretString;
use tokio::sync::oneshot;

use self::{
    client::Client,
    platform::{Community, FLUXER_TOKEN, SamplePlatform},
};
use crate::{
    clock::Clock,
    config::{Config, DEFAULT_DISCORD_API, PlatformConfig},
    server::{self, Server},
};

/// Where the sandbox listens unless told otherwise, or anywhere on this machine when it is taken.
const PREFERRED: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// Serves the sample until `stop`; with `script`, shows a moderator's first minute and ends.
///
/// # Errors
///
/// No port to be had, or the script met something other than it expects.
pub async fn run(
    listen: Option<SocketAddr>,
    is_script: bool,
    out: &mut impl Write,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let clock = Clock::system();
    let sample = SamplePlatform::start(Community::sample(clock.now()))
        .await
        .context("cannot start the sample platform")?;
    let key = signing_key()?;
    let server = bind(listen, &sample, &key, &clock).await?;
    let address = server.address()?;
    if is_script {
        let (end, ended) = oneshot::channel::<()>();
        let serving = server.run(async {
            let _ = ended.await;
        });
        let client = Client::new(address, key, sample_guild().id, clock);
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
    introduce(out, address, &sample, &key)?;
    let mut stop = pin!(stop);
    server.run(&mut stop).await;
    Ok(())
}

/// A key of this run alone.
fn signing_key() -> anyhow::Result<SigningKey> {
    let mut seed = [0; ed25519_dalek::SECRET_KEY_LENGTH];
    getrandom::fill(&mut seed).context("the system gives no random numbers")?;
    Ok(SigningKey::from_bytes(&seed))
}

fn sample_guild() -> GuildRef {
    GuildRef {
        platform: PlatformName::Fluxer,
        id: GuildId::new(Community::SAMPLE_ID).expect("the sample's id is not zero"),
    }
}

async fn bind(
    listen: Option<SocketAddr>,
    sample: &SamplePlatform,
    key: &SigningKey,
    clock: &Clock,
) -> anyhow::Result<Server> {
    let config = Config {
        listen: listen.unwrap_or(PREFERRED),
        links: HashMap::new(),
        moderator_roles: Vec::new(),
        discord: PlatformConfig {
            api: DEFAULT_DISCORD_API.to_owned(),
            token: None,
            public_keys: Vec::new(),
        },
        fluxer: PlatformConfig {
            api: sample.fluxer_api(),
            token: Some(SecretString::from(FLUXER_TOKEN)),
            public_keys: vec![key.verifying_key()],
        },
    };
    match Server::bind(&config, clock).await {
        Err(error) if listen.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            let anywhere = SocketAddr::new(PREFERRED.ip(), 0);
            let config = Config {
                listen: anywhere,
                ..config
            };
            Server::bind(&config, clock).await
        }
        bound => bound,
    }
    .with_context(|| format!("cannot listen on {}", config.listen))
}

fn introduce(
    out: &mut impl Write,
    address: SocketAddr,
    sample: &SamplePlatform,
    key: &SigningKey,
) -> io::Result<()> {
    let path = server::path(PlatformName::Fluxer);
    let guild = sample_guild();
    let api = sample.fluxer_api();
    writeln!(
        out,
        "Gatehouse sandbox: made-up sample data, and nothing leaves this machine.

  webhook          http://{address}{path}
  public key       {key}
  sample platform  {api} (Fluxer-shaped)
  sample guild     {guild}

Look at it from another terminal, as an operator would:

  FLUXER_API={api} FLUXER_TOKEN={FLUXER_TOKEN} \\
    cargo run --release -- invites list unused --guild {guild}

See what a moderator sees:

  cargo run --release -- sandbox --script

Ctrl+C ends it.",
        key = hex::encode(key.verifying_key().as_bytes()),
    )?;
    out.flush()
}
