//! `/invites clean`: from the preview to the outcome, as a moderator goes through it.
//!
//! ```text
//! preview() ── form() ── go() ──▶ Ran     progress on the way, the outcome, its file
//!                         └────▶ told()  the preview once more, when nothing was done
//! ```
//!
//! Where time is paused it goes by itself whenever nobody has anything to do.

mod confirming;
mod ending;
mod previews;
mod rights;
mod running;
mod side_by_side;

use std::collections::BTreeSet;

use gatehouse::sandbox::platform::{Community, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Gatehouse, Interaction, Message, On, Reply, Setup};

const PLATFORMS: [PlatformName; 2] = PlatformName::ALL;

/// The guild that is cleaned, unless a test says otherwise.
const GUILD: u64 = 1_510_000_000_000_000_700;

/// Unused invites of the same age, the newest first; the default rule takes all.
fn unused(count: usize) -> Vec<SampleInvite> {
    let oldest = Timestamp::now() - SignedDuration::from_hours(40 * 24);
    (0_i64..)
        .take(count)
        .map(|n| {
            SampleInvite::new(
                &format!("clean{n:03}"),
                oldest - SignedDuration::from_mins(n),
            )
        })
        .collect()
}

fn community(invites: Vec<SampleInvite>) -> Community {
    Community::of(GUILD, "Lantern Harbour").with_invites(invites)
}

/// The service over a guild with these invites, on this platform.
async fn over(face: PlatformName, invites: Vec<SampleInvite>) -> Gatehouse {
    let setup = Setup::new().face(face).community(community(invites));
    setup.start().await
}

/// The codes of a preview's page, as shown.
fn codes(preview: &Message) -> Vec<String> {
    let lines = preview.description().lines();
    lines
        .filter_map(|line| line.strip_prefix('`')?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// What a reader sees: without the marks around names and before what could be markup.
fn read(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{2068}' | '\u{2069}' | '\\'))
        .collect()
}

/// The label of the button that cannot be taken back, if there is one.
pub(crate) fn danger(message: &Message) -> Option<String> {
    let rows = message.json()["components"].as_array()?;
    let buttons = rows.iter().filter_map(|row| row["components"].as_array());
    let mut buttons = buttons.flatten();
    // Style 4 is red.
    let danger = buttons.find(|button| button["style"] == 4)?;
    danger["label"].as_str().map(str::to_owned)
}

/// The lines of a form: ids, and what stands in them already.
fn lines(form: &Message) -> Vec<(String, String)> {
    let labels = form.json()["components"].as_array().unwrap();
    let inputs = labels.iter().filter_map(|label| label.get("component"));
    inputs
        .map(|input| {
            let text = |key: &str| input[key].as_str().unwrap_or_default().to_owned();
            (text("custom_id"), text("value"))
        })
        .collect()
}

/// The value of a line of a form.
#[track_caller]
fn line(form: &Message, id: &str) -> String {
    let found = lines(form).into_iter().find(|(other, _)| other == id);
    found
        .unwrap_or_else(|| panic!("no line {id:?}: {form:?}"))
        .1
}

/// Every invite that a file names, with its outcome and why.
type Outcomes = Vec<(String, String, String)>;

/// A run that has ended.
#[derive(Debug)]
struct Ran {
    /// When what was shown came, the promise and the outcome included.
    times: Vec<Instant>,
    /// How far it said it was, in the order it said so.
    progress: Vec<Message>,
    /// What it says in the end.
    outcome: Message,
    /// The file beside it.
    outcomes: Outcomes,
}

impl Ran {
    /// The codes with this outcome, in the order of the file.
    fn with(&self, outcome: &str) -> Vec<&str> {
        let rows = self.outcomes.iter().filter(|(_, had, _)| had == outcome);
        rows.map(|(code, ..)| code.as_str()).collect()
    }

    /// The file names each of these once, and nothing else.
    #[track_caller]
    fn assert_names_each_once(&self, expected: &[String]) {
        let mut named: Vec<&str> = self.outcomes.iter().map(|(code, ..)| &**code).collect();
        let mut expected: Vec<&str> = expected.iter().map(|code| &**code).collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
    }

    /// An invite that the file calls gone is gone, and the others are there.
    #[track_caller]
    fn assert_agrees_with(&self, gatehouse: &Gatehouse, guild: u64) {
        let there = standing(gatehouse, guild);
        for (code, outcome, why) in &self.outcomes {
            let is_gone = matches!(outcome.as_str(), "revoked" | "already_gone");
            assert_eq!(is_gone, !there.contains(code), "{code}: {outcome} {why}");
        }
    }

    /// Nobody waits for word of it for longer than five seconds.
    #[track_caller]
    fn assert_never_silent(&self) {
        for two in self.times.windows(2) {
            let silence = two[1] - two[0];
            assert!(silence.as_secs_f64() <= 5.0, "silent for {silence:?}");
        }
    }
}

/// The codes that a guild has now.
fn standing(gatehouse: &Gatehouse, guild: u64) -> BTreeSet<String> {
    let community = gatehouse.platform().community(guild).unwrap();
    let invites = community.invites.into_iter();
    invites.map(|invite| invite.code).collect()
}

impl Gatehouse {
    /// What comes in the end: the direct answer, or what replaces the promise of one.
    async fn comes_of(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        match reply.kind {
            Reply::DEFERRED_MESSAGE | Reply::DEFERRED_UPDATE => {
                self.edit(interaction).await.message
            }
            _ => reply.message,
        }
    }

    /// The first page of the preview that this command leads to.
    async fn preview(&self, options: &[(&str, Value)]) -> Message {
        let command = self.command("clean", options);
        let reply = self.send(&command).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{reply:#?}");
        assert!(reply.is_private(), "{reply:#?}");
        reply.message
    }

    /// A press on a button of this message, which is sent along with it.
    fn press_on(&self, message: &Message, label: &str) -> Interaction {
        let button = message.button(label);
        assert!(!button.is_disabled, "{label}");
        let embeds = message.json()["embeds"].clone();
        self.press(&button.custom_id, On::Private, &[])
            .set("/message/embeds", embeds)
    }

    /// What a press on this button leads to.
    async fn click_on(&self, message: &Message, label: &str) -> Message {
        self.comes_of(&self.press_on(message, label)).await
    }

    /// All pages from this one on, by the button to the next.
    async fn turn_through(&self, first: Message) -> Vec<Message> {
        let mut pages = vec![first];
        loop {
            let last = &pages[pages.len() - 1];
            if !last.has_button("Next") || last.button("Next").is_disabled {
                return pages;
            }
            let next = self.click_on(last, "Next").await;
            pages.push(next);
        }
    }

    /// All codes of a preview, over its pages.
    async fn previewed(&self, first: Message) -> Vec<String> {
        let pages = self.turn_through(first).await;
        pages.iter().flat_map(codes).collect()
    }

    /// The form that the preview's red button opens.
    async fn form(&self, preview: &Message) -> Message {
        let label = danger(preview).unwrap_or_else(|| panic!("no way on: {:?}", preview.rows()));
        let reply = self.send(&self.press_on(preview, &label)).await;
        assert_eq!(reply.kind, Reply::MODAL, "{reply:#?}");
        reply.message
    }

    /// The form as it is sent off with these lines filled in, from below this message.
    fn filled_in(&self, form: &Message, over: &Message, filled: &[(&str, &str)]) -> Interaction {
        let components: Vec<Value> = filled
            .iter()
            .map(|(id, text)| {
                let input = json!({"type": 4, "id": 2, "custom_id": id, "value": text});
                json!({"type": 18, "id": 1, "component": input})
            })
            .collect();
        let data = json!({"custom_id": form.form_id(), "components": components});
        self.submit(&form.form_id(), "", On::Private)
            .set("/data", data)
            .set("/message/embeds", over.json()["embeds"].clone())
    }

    /// The preview's form, filled in as it should be.
    async fn confirmation(&self, preview: &Message) -> Interaction {
        let form = self.form(preview).await;
        let filled: Vec<(String, String)> = lines(&form)
            .into_iter()
            .map(|(id, value)| match id.as_str() {
                "line" => (id, number_in(&form)),
                _ => (id, value),
            })
            .collect();
        let filled: Vec<(&str, &str)> = filled.iter().map(|(a, b)| (&**a, &**b)).collect();
        self.filled_in(&form, preview, &filled)
    }

    /// Sends a form off that starts a run, and waits for its outcome.
    async fn go(&self, confirmation: &Interaction) -> Ran {
        let reply = self.send(confirmation).await;
        assert_eq!(reply.kind, Reply::DEFERRED_UPDATE, "{reply:#?}");
        self.outcome(confirmation).await
    }

    /// Waits for the outcome of a run that was promised.
    async fn outcome(&self, confirmation: &Interaction) -> Ran {
        let mut times = vec![Instant::now()];
        let mut progress = Vec::new();
        loop {
            let later = self.edit(confirmation).await;
            times.push(Instant::now());
            let [(name, bytes)] = later.files.as_slice() else {
                progress.push(later.message);
                continue;
            };
            assert!(name.starts_with("outcome-"), "{name}");
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let rows = reader.records().map(Result::unwrap);
            return Ran {
                times,
                progress,
                outcomes: rows
                    .map(|row| (row[0].to_owned(), row[2].to_owned(), row[3].to_owned()))
                    .collect(),
                outcome: later.message,
            };
        }
    }
}

/// The number that the form asks for, read from what it says.
fn number_in(form: &Message) -> String {
    let label = form.json()["components"]
        .as_array()
        .unwrap()
        .iter()
        .find(|label| label["component"]["custom_id"] == "line");
    let label = label.unwrap()["label"].as_str().unwrap();
    label.chars().filter(char::is_ascii_digit).collect()
}

/// Asserts that nothing was asked to be revoked so far.
#[track_caller]
fn assert_nothing_revoked(gatehouse: &Gatehouse) {
    use gatehouse::sandbox::platform::Route;
    assert_eq!(gatehouse.platform().count(Route::Revoke), 0);
}
