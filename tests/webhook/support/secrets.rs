//! Listens to everything that is logged while the tests run, at the most talkative level and by all
//! libraries, and ends the run when any of it is a secret.
//!
//! Secrets are known by what the tests send: tokens, signatures, codes and names. Whether one was
//! logged before it was known to be one makes no difference.

use std::{
    cell::RefCell,
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    iter, process,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use gatehouse::{
    config::LogConfig,
    sandbox::platform::{Community, SampleInviter},
    telemetry,
};
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};

/// Shorter ones are words of ordinary log lines.
const SECRET_MIN_BYTES: usize = 6;

/// The exit status of a run in which something leaked.
const LEAKED: i32 = 101;

/// What listens during all tests of this process.
static EVERYTHING: LazyLock<Arc<Watch>> = LazyLock::new(|| {
    let watch = Arc::new(Watch::default());
    if !IS_DEAF.load(Ordering::Relaxed) {
        let listening = listening(&watch, Leak::EndsTheRun, false);
        // Takes what libraries tell by the `log` crate as well.
        listening.try_init().expect("nobody else listens");
    }
    watch
});

/// Whether another listens in this process, on purpose.
static IS_DEAF: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What was heard on this thread, while that is wanted.
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Leaves it to another to listen in this process. Too late once somebody does.
pub(crate) fn listen_to_nothing() {
    IS_DEAF.store(true, Ordering::Relaxed);
}

/// Begins to listen, if nobody does yet.
pub(crate) fn listen() -> &'static Watch {
    &EVERYTHING
}

/// What the future gives, and what was logged on this thread meanwhile.
pub(crate) async fn heard<T>(future: impl Future<Output = T>) -> (T, String) {
    listen();
    HEARD.set(Some(String::new()));
    let given = future.await;
    let heard = HEARD.take();
    (given, heard.unwrap_or_default())
}

/// The words that were said, and those that are secret; not as they are, since there are many.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Words>);

#[derive(Debug, Default)]
struct Words {
    secret: HashSet<u64>,
    said: HashSet<u64>,
    leaks: Vec<String>,
}

/// What happens when a secret is heard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Leak {
    EndsTheRun,
    IsNoted,
}

impl Watch {
    /// None of these may ever be said.
    pub(crate) fn keep<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) {
        end_if_any(&self.leaked_already(secrets));
    }

    /// What of these was said already; from now on they are secrets.
    fn leaked_already<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut leaks = Vec::new();
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            if secret.len() < SECRET_MIN_BYTES || !words.secret.insert(hash(secret)) {
                continue;
            }
            if words.said.contains(&hash(secret)) {
                leaks.push(format!("{secret:?} in some line before"));
            }
        }
        leaks
    }

    /// The codes and the people of a community.
    pub(crate) fn keep_community(&self, community: &Community) {
        for invite in &community.invites {
            self.keep_code(&invite.code);
            if let SampleInviter::Known(user) = &invite.inviter {
                self.keep_name(&user.username);
                user.global_name
                    .iter()
                    .for_each(|name| self.keep_name(name));
            }
        }
    }

    /// What an interaction hands over.
    pub(crate) fn keep_interaction(&self, interaction: &Value) {
        self.keep(interaction["token"].as_str());
        let user = &interaction["member"]["user"];
        for name in [
            &user["username"],
            &user["global_name"],
            &interaction["member"]["nick"],
        ] {
            name.as_str()
                .into_iter()
                .for_each(|name| self.keep_name(name));
        }
        let messages = interaction.pointer("/data/resolved/messages");
        for message in messages.and_then(Value::as_object).into_iter().flatten() {
            let content = message.1["content"].as_str().unwrap_or_default();
            content.split('/').for_each(|part| self.keep_code(part));
        }
    }

    /// Codes that could as well be ordinary words are none that can be looked for.
    pub(crate) fn keep_code(&self, code: &str) {
        let has = |is: fn(&char) -> bool| code.chars().any(|c| is(&c));
        if has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase)
            || has(char::is_ascii_digit)
        {
            self.keep([code]);
        }
    }

    /// The parts of a name that could not as well be ordinary words of a log line.
    fn keep_name(&self, name: &str) {
        let words = name.split(|c: char| !is_of_word(c));
        let is_name = |word: &&str| {
            let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
            has(char::is_ascii_alphabetic) && !word.chars().all(|c| c.is_ascii_lowercase())
        };
        self.keep(words.filter(is_name));
    }

    /// Asserts that this, which is no log, holds nothing that is kept.
    #[track_caller]
    pub(crate) fn assert_tells_none(&self, text: &str) {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let leak = secret_in(&words, text).map(str::to_owned);
        // Unlocked first: a failed assertion must not spoil the lock for others.
        drop(words);
        assert_eq!(leak, None, "in {text}");
    }

    /// What leaked so far.
    fn leaks(&self) -> Vec<String> {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.leaks.clone()
    }

    fn hear(&self, line: &str) -> Option<String> {
        // Before the lock, for which all tests wait.
        let hashes: Vec<u64> = words_of(line).map(hash).collect();
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hashes.iter().any(|hash| words.secret.contains(hash)) {
            let word = secret_in(&words, line).unwrap_or_default();
            let leak = format!("{word:?} in {line}");
            words.leaks.push(leak.clone());
            return Some(leak);
        }
        words.said.extend(hashes);
        None
    }
}

/// A secret that stands in the text.
fn secret_in<'a>(words: &Words, text: &'a str) -> Option<&'a str> {
    words_of(text).find(|word| words.secret.contains(&hash(word)))
}

/// Everything in a text that could be a secret: its words, and the parts of those that have some.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let is_long = |word: &&str| word.len() >= SECRET_MIN_BYTES;
    let words = text.split(|c: char| !is_of_word(c)).filter(is_long);
    words.flat_map(move |word| {
        let parts = word.split(['_', '.', '-']).filter(is_long);
        iter::once(word).chain(parts.filter(move |part| part.len() < word.len()))
    })
}

/// What tokens, codes and account names are written with.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_.-".contains(c)
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

/// A leak may come from a task that no test waits for: the run ends on the spot.
fn end_if_any(leaks: &[String]) {
    if !leaks.is_empty() {
        // Not by the macro, whose output a test keeps to itself.
        let _ = writeln!(io::stderr(), "a secret was logged: {}", leaks.join("\n"));
        process::exit(LEAKED);
    }
}

/// The layer of the service itself, with everything that there is to hear.
fn listening(
    watch: &Arc<Watch>,
    on_leak: Leak,
    is_json: bool,
) -> impl Subscriber + Send + Sync + use<> {
    let config = LogConfig {
        filter: "trace".to_owned(),
        is_json,
    };
    let ear = Ear {
        watch: Arc::clone(watch),
        on_leak,
    };
    tracing_subscriber::registry().with(telemetry::lines(&config, ear, false))
}

#[derive(Clone, Debug)]
struct Ear {
    watch: Arc<Watch>,
    on_leak: Leak,
}

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        // Gone when the thread is about to end.
        let _ = HEARD.try_with(|heard| {
            if let Some(heard) = &mut *heard.borrow_mut() {
                heard.push_str(&text);
            }
        });
        let leak = self.watch.hear(&text);
        if self.on_leak == Leak::EndsTheRun {
            end_if_any(leak.as_slice());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ear {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

mod tests {
    use super::*;

    /// What of this is told by a watch of its own that keeps these secrets.
    fn leaks(secrets: &[&str], say: impl Fn()) -> Vec<String> {
        let watch = Arc::new(Watch::default());
        watch.keep(secrets.iter().copied());
        for is_json in [false, true] {
            let listening = listening(&watch, Leak::IsNoted, is_json);
            tracing::subscriber::with_default(listening, &say);
        }
        watch.leaks()
    }

    #[test]
    fn a_secret_that_is_logged_is_heard_in_both_formats() {
        let secrets = ["aBcD12xY", "hunter2.token-x", "deadbeef00"];
        for secret in secrets {
            let said = [
                leaks(&secrets, || {
                    tracing::trace!("asked for /invites/{secret}?x=1");
                }),
                leaks(&secrets, || tracing::info!(token = secret, "sent")),
                leaks(
                    &secrets,
                    || tracing::warn!(header = ?format!("Bot {secret}"), "sent"),
                ),
                leaks(&secrets, || {
                    let span = tracing::error_span!("call", path = secret);
                    span.in_scope(|| tracing::debug!("done"));
                }),
                leaks(
                    &secrets,
                    || tracing::trace!(target: "library", "body: {:?}", Some(secret)),
                ),
            ];
            for leaks in said {
                assert_eq!(leaks.len(), 2, "{leaks:?}");
                assert!(leaks.iter().all(|leak| leak.contains(secret)), "{leaks:?}");
            }
        }
    }

    #[test]
    fn a_word_that_turns_out_to_be_a_secret_is_heard_as_well() {
        let watch = Arc::new(Watch::default());
        let listening = listening(&watch, Leak::IsNoted, true);
        tracing::subscriber::with_default(listening, || {
            tracing::trace!(target: "library", "made aBcD12xY");
        });
        assert_eq!(watch.leaks(), Vec::<String>::new());
        let leaked = watch.leaked_already(["aBcD12xY", "other12x"]);
        assert_eq!(leaked, ["\"aBcD12xY\" in some line before"]);
    }

    #[test]
    fn what_is_no_secret_may_be_logged() {
        let said = leaks(&["aBcD12xY", "short"], || {
            tracing::info!(guild.id = 7, "aBcD12x, short, and aBcD12xYz");
        });
        assert_eq!(said, Vec::<String>::new());
    }

    #[tokio::test]
    async fn what_is_logged_can_be_looked_at() {
        let ((), log) = heard(async { tracing::info!(n = 1, "here I am") }).await;
        assert!(log.contains("here I am") && log.contains("n=1"), "{log}");
        let ((), log) = heard(async {}).await;
        assert_eq!(log, "");
    }
}
