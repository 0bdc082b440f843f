//! How the service ends: what was promised is kept, nothing new is taken.
//!
//! Where time is paused it goes by itself whenever nobody has anything to do.

use std::{
    io::{BufRead, BufReader},
    mem,
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use ed25519_dalek::SigningKey;
use gatehouse::{
    platform::PLATFORM_TIMEOUT,
    sandbox::platform::{Community, DISCORD_TOKEN, Fault, Route, SamplePlatform},
    shutdown,
};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;
use tokio::{net::TcpStream, time::Instant};

use crate::support::{
    Gatehouse, Interaction, KEY, PATIENCE, Reply, all, client, signed,
    wire::{Wire, head},
};

/// The first of the guilds that are added here.
const GUILDS: u64 = 1_510_000_000_000_000_500;

/// `/invites list` in `count` guilds, so that each waits for a call of its own.
fn lists(gatehouse: &Gatehouse, count: u64) -> Vec<Interaction> {
    let lists = (GUILDS..GUILDS + count).map(|guild| {
        let mut community = Community::sample(Timestamp::now());
        community.id = guild;
        gatehouse.platform().add_guild(community);
        gatehouse.command("list", &[]).in_guild(guild)
    });
    lists.collect()
}

async fn all_deferred(gatehouse: &Gatehouse, commands: &[Interaction]) {
    for reply in all(commands.iter().map(|command| gatehouse.send(command))).await {
        assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE);
    }
}

/// Until nobody takes connections any more.
async fn refused(address: SocketAddr) {
    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    let refused = tokio::time::timeout(PATIENCE, refused).await;
    refused.expect("new connections are refused");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_what_was_promised() {
    let mut gatehouse = Gatehouse::start().await;
    let slow = Fault::Slow(Duration::from_secs(4));
    gatehouse.platform().fault(Route::Invites, slow);
    let commands = lists(&gatehouse, 20);
    all_deferred(&gatehouse, &commands).await;

    let began = Instant::now();
    gatehouse.begin_stop();
    refused(gatehouse.address).await;
    for edit in all(commands.iter().map(|command| gatehouse.edit(command))).await {
        assert!(edit.message.title().contains("Paper Kite Society"));
    }
    gatehouse.stopped().await;

    assert!(
        began.elapsed() < shutdown::PATIENCE,
        "{:?}",
        began.elapsed()
    );
    for command in &commands {
        assert_eq!(gatehouse.platform().delivered(command.token()).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_a_platform_that_hangs() {
    let mut gatehouse = Gatehouse::start().await;
    gatehouse.platform().fault(Route::Invites, Fault::Hang);
    let commands = lists(&gatehouse, 20);
    all_deferred(&gatehouse, &commands).await;

    let began = Instant::now();
    gatehouse.begin_stop();
    refused(gatehouse.address).await;
    // Whichever comes first: the end of the time that a platform is given, or that of our patience.
    let title = if PLATFORM_TIMEOUT < shutdown::PATIENCE {
        "Discord took too long to answer"
    } else {
        "The bot is being restarted"
    };
    for edit in all(commands.iter().map(|command| gatehouse.edit(command))).await {
        assert_eq!(edit.message.title(), title);
        assert!(!edit.message.button("Try again").is_disabled);
    }
    gatehouse.stopped().await;

    assert!(began.elapsed() < shutdown::GRACE, "{:?}", began.elapsed());
    for command in &commands {
        assert_eq!(gatehouse.platform().delivered(command.token()).len(), 1);
    }
}

#[tokio::test]
async fn a_command_that_came_before_the_stop_is_answered() {
    let mut gatehouse = Gatehouse::start().await;
    let slow = Fault::Slow(Duration::from_millis(700));
    gatehouse.platform().fault(Route::Invites, slow);
    let command = gatehouse.command("list", &[]);
    let body = command.body();
    let headers = gatehouse.signed(&body);
    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send(head(&gatehouse.path(), &headers, body.len()))
        .await;
    wire.send(&body).await;
    while gatehouse.platform().count(Route::Invites) == 0 {
        tokio::task::yield_now().await;
    }

    gatehouse.begin_stop();
    let (status, answer) = wire.answer().await.expect("an answer");

    assert_eq!(status, 200);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["type"], Reply::MESSAGE);
    gatehouse.stopped().await;
}

#[tokio::test]
async fn a_stop_ends_connections_on_which_nothing_is_under_way() {
    let mut gatehouse = Gatehouse::start().await;
    let ping = Interaction::ping().body();
    let headers = gatehouse.signed(&ping);
    let mut used = Wire::connect(gatehouse.address).await;
    used.send(head(&gatehouse.path(), &headers, ping.len()))
        .await;
    used.send(&ping).await;
    assert_eq!(used.answer().await.unwrap().0, 200);
    let mut fresh = Wire::connect(gatehouse.address).await;
    // By then the other connection was taken, too.
    gatehouse.request(Method::GET, "/healthz").await;

    let began = Instant::now();
    gatehouse.begin_stop();
    gatehouse.stopped().await;

    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(used.answer().await, None);
    assert_eq!(fresh.answer().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_headers_that_never_come() {
    let mut gatehouse = Gatehouse::start().await;
    let mut stalled = Wire::connect(gatehouse.address).await;
    stalled
        .send("POST /discord/interactions HTTP/1.1\r\n")
        .await;
    let mut whole = Wire::connect(gatehouse.address).await;
    whole
        .send("GET /healthz HTTP/1.1\r\nhost: gatehouse\r\n\r\n")
        .await;
    assert_eq!(whole.answer().await.unwrap().0, 200);

    let began = Instant::now();
    gatehouse.begin_stop();
    gatehouse.stopped().await;

    // Nothing is under way on it, so it is not a reason to use up all the time there is.
    let took = began.elapsed();
    assert!(took < shutdown::GRACE, "{took:?}");
    assert_eq!(stalled.answer().await, None);
}

/// The program itself, serving one platform. It does not outlive its test.
struct Process {
    child: Child,
    address: SocketAddr,
    /// What it logs from now on.
    log: JoinHandle<String>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn start(platform: &SamplePlatform) -> Self {
        let key = SigningKey::from_bytes(&KEY).verifying_key();
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("serve")
            .env_clear()
            .env("GATEHOUSE_LISTEN", "127.0.0.1:0")
            .env("GATEHOUSE_LOG_FORMAT", "json")
            .env("DISCORD_PUBLIC_KEY", hex::encode(key.as_bytes()))
            .env("DISCORD_TOKEN", DISCORD_TOKEN)
            .env("DISCORD_API", platform.discord_api())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
            event["address"].as_str()?.parse().ok()
        });
        let log = thread::spawn(move || {
            let lines: Vec<String> = lines.map(Result::unwrap).collect();
            lines.join("\n")
        });
        Self {
            child,
            address: address.expect("it says where it listens"),
            log,
        }
    }

    async fn send(&self, interaction: &Interaction) -> Value {
        let body = interaction.body();
        let now = Timestamp::now().as_second().to_string();
        let mut request = client().post(format!("http://{}/discord/interactions", self.address));
        for (name, value) in signed(&KEY, &now, &body) {
            request = request.header(name, value);
        }
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// Asks it to end, as a host or a terminal does.
    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let kill = Command::new("kill").args([signal, &pid]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end: the exit status, and what it logged.
    fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        let log = mem::replace(&mut self.log, thread::spawn(String::new));
        (status, log.join().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_ends_well_when_it_is_told_to() {
    let ends_well = async |signal| {
        let community = Community::sample(Timestamp::now());
        let platform = SamplePlatform::start(community.clone()).await.unwrap();
        let slow = Fault::Slow(Duration::from_millis(2_500));
        platform.fault(Route::Invites, slow);
        let process = Process::start(&platform);
        let address = process.address;
        let list = Interaction::command(community.id, "list", &[]);

        let answer = process.send(&list).await;
        assert_eq!(answer["type"], Reply::DEFERRED_MESSAGE);
        process.signal(signal);
        refused(address).await;

        let edit = platform.edit(list.token(), PATIENCE).await.unwrap();
        let ended = tokio::task::spawn_blocking(|| process.end()).await;
        let (status, log) = ended.unwrap();
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        let shown = edit.payload.to_string();
        assert!(shown.contains("Paper Kite Society"), "{shown}");
        assert!(log.contains("command answered"), "{log}");
        for secret in [DISCORD_TOKEN, list.token(), "Rowan", "rowan.k"] {
            assert!(!log.contains(secret), "{secret:?} in {log}");
        }
        for invite in &community.invites {
            assert!(!log.contains(&invite.code), "{} in {log}", invite.code);
        }
    };
    all(["-TERM", "-INT"].map(ends_well)).await;
}
