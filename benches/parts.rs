//! What the parts of an answer cost, one by one. `cargo bench`; `cargo bench -- query` for some of them.

#![allow(
    clippy::unwrap_used,
    reason = "a bench that cannot be set up is to stop"
)]

use std::{hint::black_box, sync::Arc, time::Duration};

use axum::{body::Body, extract::FromRequest, http::Request};
use bytes::Bytes;
use clap::Parser;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ed25519_dalek::{Signer, SigningKey};
use gatehouse::{
    clock::Clock,
    config::{Config, Variables},
    metrics::Metrics,
    platform::{self, Platforms},
    sandbox::platform::{Community, DISCORD_TOKEN, FLUXER_TOKEN, SamplePlatform},
    service::Service,
    shutdown::Shutdown,
    webhook::{self, Face, SignedBody},
};
use gatehouse_commands::{
    Actor, Bot, Filter, Freshness, GuildId, GuildRef, Invocation, Listing, Member, Place, Plan,
    Platform, PlatformName, Reply, Request as Wanted, RunId, Search, Sort, State, Token, View,
    Words,
};
use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::Timestamp;
use tokio::runtime::Runtime;

/// Lengths of lists: a small community's, the most that a platform allows, and far more.
const SIZES: [usize; 3] = [25, 1_000, 100_000];

/// What a platform sends to find out whether anybody is there, and when somebody types `/invites list`.
const INTERACTIONS: [(&str, &str); 2] = [
    (
        "PING",
        include_str!("../tests/fixtures/discord/interactions/01_ping.json"),
    ),
    (
        "a command",
        include_str!("../tests/fixtures/discord/interactions/03_list_no_options.json"),
    ),
];

/// The service in front of a platform with one guild.
struct Stage {
    runtime: Runtime,
    config: Config,
    clock: Clock,
    sample: SamplePlatform,
    guild: u64,
}

#[derive(Parser)]
struct Given {
    #[command(flatten)]
    variables: Variables,
}

impl Stage {
    fn with(invites: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let now = Timestamp::now();
        let community = Community::of(Community::SAMPLE_ID, "Measured").many(invites, now);
        let sample = runtime.block_on(SamplePlatform::start(community)).unwrap();
        let public_key = hex::encode(key().verifying_key().as_bytes());
        let given = Given::parse_from([
            "bench",
            "--discord-public-key",
            &public_key,
            "--discord-token",
            DISCORD_TOKEN,
            "--discord-api",
            &sample.discord_api(),
            "--fluxer-token",
            FLUXER_TOKEN,
            "--fluxer-api",
            &sample.fluxer_api(),
        ]);
        Self {
            runtime,
            config: given.variables.service().unwrap(),
            clock: Clock::stopped(now),
            sample,
            guild: Community::SAMPLE_ID,
        }
    }

    fn here(&self) -> GuildRef {
        GuildRef {
            platform: PlatformName::Fluxer,
            id: GuildId::new(self.guild).unwrap(),
        }
    }

    fn listing(&self) -> Arc<Listing> {
        let platforms = Platforms::new(&self.config, &self.clock, &Metrics::new());
        let listing = platforms.invites(self.here(), Freshness::Now);
        self.runtime.block_on(listing).unwrap()
    }

    fn reply(&self) -> Reply {
        let here = self.here();
        let invocation = Invocation {
            place: Some(Place {
                here,
                target: here,
                bot: Bot::default(),
            }),
            member: Member::operator(),
            actor: Actor::operator(),
            request: Wanted::Command(Words::typed(["list", "page:2"]).unwrap()),
        };
        let service = Service::new(&self.config, &self.clock, &Metrics::new());
        let backstage = service.backstage((Some(here), RunId(0)), &Shutdown::default(), None);
        let plan = Plan::of(&invocation);
        let outcome = self.runtime.block_on(service.run(&plan, &backstage));
        outcome.reply
    }

    /// The platform's own answer, in the shape of either.
    fn body(&self, platform: PlatformName) -> Bytes {
        let (base, token) = match platform {
            PlatformName::Fluxer => (self.sample.fluxer_api(), FLUXER_TOKEN),
            PlatformName::Discord => (
                format!("{}/api/v10", self.sample.discord_api()),
                DISCORD_TOKEN,
            ),
        };
        let guild = self.guild;
        let request = Request::get(format!("{base}/guilds/{guild}/invites"))
            .header("authorization", format!("Bot {token}"))
            .body(Empty::<Bytes>::new())
            .unwrap();
        self.runtime.block_on(async {
            let client = Client::builder(TokioExecutor::new()).build_http();
            let response = client.request(request).await.unwrap();
            assert!(response.status().is_success());
            response.into_body().collect().await.unwrap().to_bytes()
        })
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn verify(criterion: &mut Criterion) {
    let stage = Stage::with(0);
    let service = Service::new(&stage.config, &stage.clock, &Metrics::new());
    let face = Face::new(
        PlatformName::Discord,
        &stage.config.discord,
        service,
        Shutdown::default(),
    );
    let timestamp = stage.clock.now().as_second().to_string();
    let mut group = criterion.benchmark_group("verify");
    for (name, body) in INTERACTIONS {
        let signature = key().sign(format!("{timestamp}{body}").as_bytes());
        let signature = hex::encode(signature.to_bytes());
        let request = || {
            Request::post("/")
                .header("x-signature-ed25519", &signature)
                .header("x-signature-timestamp", &timestamp)
                .body(Body::from(body))
                .unwrap()
        };
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let verified = SignedBody::from_request(request(), &face);
                stage.runtime.block_on(verified).unwrap()
            });
        });
    }
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let stage = Stage::with(0);
    let service = Service::new(&stage.config, &stage.clock, &Metrics::new());
    let mut group = criterion.benchmark_group("read an interaction");
    for (name, body) in INTERACTIONS {
        group.bench_function(name, |bench| {
            let platform = PlatformName::Discord;
            bench.iter(|| webhook::read(black_box(body.as_bytes()), platform, &service));
        });
    }
    group.finish();
}

fn read_lists(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read a list");
    group.sample_size(10);
    for size in SIZES {
        let stage = Stage::with(size);
        for platform in [PlatformName::Fluxer, PlatformName::Discord] {
            let body = stage.body(platform);
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(format!("{platform}/{size}"), |bench| {
                bench.iter(|| platform::read_invites(black_box(&body)).unwrap());
            });
        }
    }
    group.finish();
}

fn query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("query");
    for size in SIZES {
        let listing = Stage::with(size).listing();
        let search = Search::new("kite_1").unwrap();
        let of = |state, search, sort, page| View {
            filter: Filter {
                state,
                search,
                ..Filter::default()
            },
            sort,
            page,
        };
        let views = [
            ("newest", of(None, None, Sort::Newest, 1)),
            (
                "unused, oldest",
                of(Some(State::Unused), None, Sort::Oldest, 1),
            ),
            (
                "most used, last page",
                of(None, None, Sort::MostUsed, u32::MAX),
            ),
            ("by creator", of(None, None, Sort::Creator, 2)),
            ("search", of(None, search, Sort::Newest, 1)),
        ];
        for (name, view) in views {
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(format!("{name}/{size}"), |bench| {
                bench.iter(|| black_box(&view).page(&listing.invites, listing.read_at));
            });
        }
    }
    group.finish();
}

fn draw(criterion: &mut Criterion) {
    let stage = Stage::with(1_000);
    let reply = stage.reply();
    let now = stage.clock.now();
    criterion.bench_function("draw a page", |bench| {
        bench.iter(|| webhook::answer_body(black_box(&reply), now));
    });
}

fn custom_ids(criterion: &mut Criterion) {
    let view = View {
        filter: Filter {
            state: Some(State::Unused),
            search: Search::new("kites and such").unwrap(),
            ..Filter::default()
        },
        sort: Sort::MostUsed,
        page: 14,
    };
    let token = Token::Card("=aBcD12xY".parse().unwrap(), view);
    let written = token.to_string();
    let mut group = criterion.benchmark_group("custom id");
    group.bench_function("write", |bench| {
        bench.iter(|| black_box(&token).to_string());
    });
    group.bench_function("read", |bench| {
        bench.iter(|| black_box(written.as_str()).parse::<Token>().unwrap());
    });
    group.finish();
}

criterion_group! {
    name = parts;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = verify, read, read_lists, query, draw, custom_ids
}
criterion_main!(parts);
