//! More than anybody honest sends: what others notice of it, and what it takes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use gatehouse::{
    sandbox::platform::{Community, SamplePlatform},
    tally::TALLY_EVERY,
    webhook::BODY_MAX_BYTES,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::sleep,
};

use crate::support::{Face, Gatehouse, PATIENCE, Running, sample};

/// Those who flood, each on one connection after another.
const FLOODING: usize = 48;

/// What each honest guild asks for, one after the other.
const COMMANDS_PER_GUILD: usize = 10;

/// What is answered at once, and what is promised.
const ANSWERS: [u64; 2] = [4, 5];

async fn serving(platform: &SamplePlatform) -> (Running, SocketAddr) {
    let mut gatehouse = Gatehouse::serve().against(platform).start();
    let address = gatehouse.address().await;
    (gatehouse, address)
}

/// Until so many were sent.
async fn until(sent: &AtomicUsize, count: usize) {
    let began = Instant::now();
    while sent.load(Ordering::Relaxed) < count {
        assert!(began.elapsed() < PATIENCE, "no flood: {sent:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn among_forgeries_every_honest_request_is_answered_and_the_log_stays_short() {
    const HONEST: usize = 30;
    const FORGED_AT_LEAST: usize = 1_000;
    let platform = sample().await;
    let (gatehouse, address) = serving(&platform).await;
    let began = Instant::now();
    let forged = Arc::new(AtomicUsize::new(0));
    let mut flood = JoinSet::new();
    for _ in 0..FLOODING {
        let forged = Arc::clone(&forged);
        flood.spawn(async move {
            let mut face = Face::discord(address);
            loop {
                assert_eq!(face.forge("{\"type\":1}").await, 401);
                forged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    until(&forged, FLOODING).await;

    let mut face = Face::discord(address);
    for _ in 0..HONEST {
        assert_eq!(face.ping().await, json!({"type": 1}));
        let (answer, _) = face.command("list", json!([])).await;
        let kind = answer["type"].as_u64().unwrap();
        assert!(ANSWERS.contains(&kind), "{answer}");
    }
    until(&forged, FORGED_AT_LEAST).await;
    flood.abort_all();
    while let Some(ended) = flood.join_next().await {
        let failed = ended.expect_err("nobody stops by himself");
        assert!(failed.is_cancelled(), "{failed}");
    }

    let log = gatehouse.err();
    let told = log
        .lines()
        .filter(|line| line.contains("signature"))
        .count() as u64;
    // The first, and their number from time to time.
    let sums = began.elapsed().as_secs() / TALLY_EVERY.as_secs();
    assert!((1..=2 * (sums + 1)).contains(&told), "{log}");
}

/// Sends as much as there may be, and waits for what is said to that.
async fn send_large(address: SocketAddr, is_signed: bool) {
    let signature = if is_signed {
        let signature = hex::encode([0xab; 64]);
        let now = jiff::Timestamp::now().as_second();
        format!("x-signature-ed25519: {signature}\r\nx-signature-timestamp: {now}\r\n")
    } else {
        String::new()
    };
    let head = format!(
        "POST /discord/interactions HTTP/1.1\r\nhost: gatehouse\r\n{signature}\
         content-length: {BODY_MAX_BYTES}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever is refused before the end need not be listened to.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&vec![b' '; BODY_MAX_BYTES]).await;
    let _ = stream.read(&mut [0; 1024]).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_bodies_and_commands_fits_into_a_small_machine() {
    /// Generous: it takes a fraction of this, unless something grows with what is sent.
    const MEMORY_MAX_BYTES: u64 = 128 * 1024 * 1024;
    const GUILDS: u64 = 100;
    /// Together far more than the bound.
    const LARGE_AT_LEAST: usize = 1_000;
    let platform = sample().await;
    let first = Community::SAMPLE_ID + 1;
    for guild in first..first + GUILDS {
        platform.add_guild(Community::of(guild, "Another"));
    }
    let (mut gatehouse, address) = serving(&platform).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let mut flood = JoinSet::new();
    for number in 0..FLOODING {
        let sent = Arc::clone(&sent);
        flood.spawn(async move {
            loop {
                send_large(address, number % 2 == 0).await;
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    until(&sent, FLOODING).await;

    let mut honest = JoinSet::new();
    for guild in first..first + GUILDS {
        honest.spawn(async move {
            let mut face = Face::discord(address);
            for _ in 0..COMMANDS_PER_GUILD {
                let (answer, _) = face.command_in(guild, "list", json!([])).await;
                let kind = answer["type"].as_u64().unwrap();
                assert!(ANSWERS.contains(&kind), "{answer}");
            }
        });
    }
    while let Some(ended) = honest.join_next().await {
        ended.unwrap();
    }
    until(&sent, LARGE_AT_LEAST).await;
    flood.shutdown().await;

    assert!(gatehouse.is_running(), "{}", gatehouse.err());
    let peak = gatehouse.peak_memory();
    assert!(peak < MEMORY_MAX_BYTES, "{peak} bytes");
}
