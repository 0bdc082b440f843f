//! Wherever something panics, one person gets a polite answer, the log gets one line, and the
//! service goes on.
//!
//! What panics is the clock: it is asked at every stage of an answer, so that one test goes
//! through all of them, by panicking at the first time it is asked, at the second, and so on until it
//! is asked no more.

use std::{
    env,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gatehouse::{
    clock::Clock, config::LogConfig, metrics::Metrics, sandbox::platform::Route, telemetry,
};
use gatehouse_commands::PlatformName;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    discord_rules,
    faults::told,
    support::{Gatehouse, Interaction, Message, On, Reply, Setup, client, secrets},
};

/// What the clock says when it panics; it is put together at run time, as a message is that holds
/// what was worked on.
const SECRET: &str = "hunter2";

/// How often a panic can be provoked in one answer, at most: far more than the clock is asked.
const STAGES_MAX: usize = 50;

const INTERNAL: &str = "Something went wrong inside the bot";
const CUT_SHORT: &str = "This was cut short";

/// When the clock panics.
#[derive(Clone, Debug, Default)]
struct Trap {
    /// How often it is asked until then; zero = it does not.
    asks_left: Arc<AtomicUsize>,
}

impl Trap {
    fn clock(&self) -> Clock {
        let Self { asks_left } = self.clone();
        Clock::of(move || {
            let left = asks_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
            assert!(left != Ok(1), "the clock stops: {SECRET}");
            Timestamp::now()
        })
    }

    fn set(&self, asks: usize) {
        self.asks_left.store(asks, Ordering::Relaxed);
    }

    /// Whether it still waits for its time.
    fn is_set(&self) -> bool {
        self.asks_left.swap(0, Ordering::Relaxed) > 0
    }
}

/// Sends an interaction while the clock panics when it is asked for the `stage`th time. Gives the
/// status and the answer.
async fn provoke(
    gatehouse: &Gatehouse,
    trap: &Trap,
    interaction: &Interaction,
    stage: usize,
) -> (u16, Value) {
    let body = interaction.body();
    let headers = gatehouse.signed(&body);
    trap.set(stage);
    let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;
    (answer.status, answer.json)
}

#[track_caller]
fn assert_polite(interaction: &Interaction, answer: &Value, titles: &[&str], stage: usize) {
    discord_rules::assert_callback(interaction.kind(), answer);
    if interaction.json()["type"] == 4 {
        assert_eq!(*answer, json!({"type": 8, "data": {"choices": []}}));
        return;
    }
    let message = Message::new(answer["data"].clone());
    assert!(
        titles.contains(&message.title()),
        "stage {stage}: {answer:#}"
    );
    let is_private = answer["data"]["flags"] == 64 || answer["type"] == Reply::UPDATE;
    assert!(is_private, "stage {stage}: {answer:#}");
}

/// Goes through all stages of the answer to what `ask` gives, each on a service of its own, and
/// gives how many there were.
async fn through_all_stages(
    face: PlatformName,
    metrics: &Metrics,
    ask: impl AsyncFn(&Gatehouse) -> Interaction,
    titles: &[&str],
) -> usize {
    for stage in 1..STAGES_MAX {
        let trap = Trap::default();
        let setup = Setup::new().face(face).clock(trap.clock()).metrics(metrics);
        let gatehouse = setup.start().await;
        let interaction = ask(&gatehouse).await;
        let (status, answer) = provoke(&gatehouse, &trap, &interaction, stage).await;
        let deferred = [Reply::DEFERRED_MESSAGE, Reply::DEFERRED_UPDATE];
        let is_deferred = answer["type"]
            .as_u64()
            .is_some_and(|kind| deferred.contains(&kind));
        if is_deferred {
            let later = gatehouse.edit(&interaction).await;
            if trap.is_set() {
                return stage - 1;
            }
            assert!(
                titles.contains(&later.message.title()),
                "stage {stage}: {later:#?}"
            );
        } else if trap.is_set() {
            assert_eq!(status, 200);
            return stage - 1;
        } else if stage == 1 {
            // Nobody knows yet whose request it is.
            assert_eq!(status, 500);
        } else {
            assert_eq!(status, 200, "stage {stage}");
            assert_polite(&interaction, &answer, titles, stage);
        }
        // The service goes on.
        let list = told(&gatehouse, &gatehouse.command("list", &[])).await;
        assert!(list.title().contains("Paper Kite Society"), "stage {stage}");
    }
    panic!("the clock is asked without end");
}

/// All sorts of interactions; gives the number of panics that were provoked.
async fn provoke_everywhere(metrics: &Metrics) -> usize {
    let mut provoked = 0;
    for face in PlatformName::ALL {
        let list = async |gatehouse: &Gatehouse| gatehouse.command("list", &[]);
        let stages = through_all_stages(face, metrics, list, &[INTERNAL]).await;
        assert!(stages >= 5, "{stages}");
        provoked += stages;
        let export = async |gatehouse: &Gatehouse| gatehouse.command("export", &[]);
        provoked += through_all_stages(face, metrics, export, &[INTERNAL]).await;
        let typing =
            async |gatehouse: &Gatehouse| gatehouse.autocomplete("show", &[("code", json!("a"))]);
        provoked += through_all_stages(face, metrics, typing, &[]).await;
        let press = async |gatehouse: &Gatehouse| {
            let list = told(gatehouse, &gatehouse.command("list", &[])).await;
            gatehouse.press(&list.button("Next").custom_id, On::Private, &[])
        };
        provoked += through_all_stages(face, metrics, press, &[INTERNAL]).await;
    }
    provoked
}

#[tokio::test]
async fn a_panic_anywhere_is_one_failed_reply() {
    provoke_everywhere(&Metrics::new()).await;
}

#[tokio::test]
async fn a_panic_while_something_is_changed_does_not_claim_that_nothing_was() {
    for stage in 1..STAGES_MAX {
        let trap = Trap::default();
        let gatehouse = Setup::new().clock(trap.clock()).start().await;
        let create = gatehouse.command("create", &[("channel", json!("welcome"))]);
        let (_, answer) = provoke(&gatehouse, &trap, &create, stage).await;
        if trap.is_set() {
            return;
        }
        if gatehouse.platform().count(Route::Create) > 0 {
            assert_polite(&create, &answer, &[CUT_SHORT], stage);
        }
    }
    panic!("the clock is asked without end");
}

/// Not a test: the process that the test below looks at.
#[test]
#[ignore = "run by another test, in a process of its own"]
fn a_process_that_panics_again_and_again() {
    secrets::listen_to_nothing();
    let metrics = Metrics::new();
    telemetry::init(&LogConfig {
        filter: "info".to_owned(),
        is_json: true,
    });
    telemetry::report_panics(&metrics);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let provoked = provoke_everywhere(&metrics).await;
        let gatehouse = Setup::new().metrics(&metrics).start().await;
        let url = format!("http://{}/metrics", gatehouse.metrics_address);
        let scraped = client().get(url).send().await.unwrap();
        let scraped = scraped.text().await.unwrap();
        let counted = format!("\ngatehouse_panics_total {provoked}\n");
        assert!(
            scraped.contains(&counted),
            "{provoked} were provoked: {scraped}"
        );
        // The log is read by somebody who has to know.
        tracing::info!(provoked, "provoked {provoked} panics");
    });
}

#[test]
fn a_panic_is_one_line_of_the_log_and_counted_once() {
    let mut process = Command::new(env::current_exe().unwrap());
    let process = process.args([
        "--exact",
        "panics::a_process_that_panics_again_and_again",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    let ended = process.output().unwrap();
    let log = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success(), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let provoked = lines
        .iter()
        .find_map(|line| line["provoked"].as_u64())
        .unwrap();
    let of_panics: Vec<_> = lines
        .iter()
        .filter(|line| line.to_string().contains("panicked"))
        .collect();
    assert_eq!(
        u64::try_from(of_panics.len()).unwrap(),
        provoked,
        "{of_panics:#?}"
    );
    // Two faces, four sorts of interactions, and one stage of each before anything is known.
    let nameless = of_panics.iter().filter(|line| line["request.id"].is_null());
    assert_eq!(nameless.count(), 8, "{of_panics:#?}");
    for line in of_panics {
        assert_eq!(line["level"], "ERROR", "{line}");
        assert_eq!(line["message"], "a fault of our own: something panicked");
        let location = line["location"].as_str().unwrap();
        assert!(
            location.starts_with("tests/webhook/panics.rs:"),
            "{location}"
        );
    }
    // Nothing else tells of it a second time, and nothing tells what was worked on.
    let told_again = lines.iter().find(|line| line["outcome"] == "internal");
    assert_eq!(told_again, None);
    assert!(!log.contains(SECRET), "{log}");
}
