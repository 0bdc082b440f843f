//! The platform of a run: answers with what the sample platform says, written once and kept, so that asking it costs
//! next to nothing. How long a guild's list is stands in the guild's id.

use std::{
    convert::Infallible,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::ensure;
use bytes::Bytes;
use gatehouse::sandbox::platform::{Community, DISCORD_TOKEN, FLUXER_TOKEN, SamplePlatform};
use http_body_util::{BodyExt, Empty, Full};
use hyper::{Request, Response, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
};
use jiff::Timestamp;
use tokio::net::TcpListener;

/// Lengths of lists.
pub(crate) const SIZES: [usize; 5] = [25, 100, 1_000, 10_000, 100_000];

/// Where the number of invites stands in a guild's id.
const SIZE_STEP: u64 = 1_000_000_000;

const GUILDS: u64 = 1_500_000_000_000_000_000;

/// The id of a guild with that many invites, one of [`SIZES`].
pub(crate) fn guild(invites: usize, number: u64) -> u64 {
    let size = SIZES.iter().position(|size| *size == invites);
    GUILDS + size.unwrap_or_default() as u64 * SIZE_STEP + number
}

/// The path at which the number of lists that were asked for can be read.
pub(crate) const LISTS: &str = "/lists";

/// Answers until it is killed, and says where.
pub(crate) fn run() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let answers = Arc::new(Answers::written().await?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let answers = Arc::clone(&answers);
            let service = service_fn(move |request| {
                let answer = answers.to(&request);
                async move { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

/// What the sample platform answered.
#[derive(Debug)]
struct Answers {
    fluxer: Vec<Guild>,
    discord: Vec<Guild>,
    well_known: Bytes,
    lists: AtomicU64,
}

#[derive(Debug)]
struct Guild {
    itself: Bytes,
    invites: Bytes,
}

impl Answers {
    async fn written() -> anyhow::Result<Self> {
        let mut fluxer = Vec::new();
        let mut discord = Vec::new();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut well_known = Bytes::new();
        for size in SIZES {
            let id = guild(size, 0);
            let community = Community::of(id, "Measured").many(size, Timestamp::now());
            let sample = SamplePlatform::start(community).await?;
            let from = sample.address();
            let get = async |path: &str, token: &str| {
                let request = Request::get(format!("http://{from}{path}"))
                    .header(header::AUTHORIZATION, format!("Bot {token}"))
                    .body(Empty::<Bytes>::new())?;
                let response = client.request(request).await?;
                ensure!(response.status().is_success(), "the sample refuses {path}");
                anyhow::Ok(response.into_body().collect().await?.to_bytes())
            };
            let guild = async |base: &str, token: &str| {
                let path = format!("{base}/guilds/{id}");
                anyhow::Ok(Guild {
                    itself: get(&path, token).await?,
                    invites: get(&format!("{path}/invites"), token).await?,
                })
            };
            fluxer.push(guild("/v1", FLUXER_TOKEN).await?);
            discord.push(guild("/api/v10", DISCORD_TOKEN).await?);
            well_known = get("/.well-known/fluxer", FLUXER_TOKEN).await?;
            sample.stop().await;
        }
        Ok(Self {
            fluxer,
            discord,
            well_known,
            lists: AtomicU64::new(0),
        })
    }

    fn to(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let body = match path {
            LISTS => Some(self.lists.load(Ordering::Relaxed).to_string().into()),
            "/.well-known/fluxer" | "/v1/.well-known/fluxer" => Some(self.well_known.clone()),
            _ => self.in_guild(path),
        };
        let mut response = Response::new(Full::new(body.clone().unwrap_or_default()));
        if body.is_none() {
            *response.status_mut() = hyper::StatusCode::NOT_FOUND;
        }
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/json"),
        );
        response
    }

    fn in_guild(&self, path: &str) -> Option<Bytes> {
        let (guilds, rest) = match path.strip_prefix("/v1/guilds/") {
            Some(rest) => (&self.fluxer, rest),
            None => (&self.discord, path.strip_prefix("/api/v10/guilds/")?),
        };
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let size = id.parse::<u64>().ok()?.checked_sub(GUILDS)? / SIZE_STEP;
        let guild = guilds.get(usize::try_from(size).ok()?)?;
        match rest {
            "" => Some(guild.itself.clone()),
            "invites" => {
                self.lists.fetch_add(1, Ordering::Relaxed);
                Some(guild.invites.clone())
            }
            _ => None,
        }
    }
}
