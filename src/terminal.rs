//! The terminal face: one command, printed as a table or as JSON.
//!
//! ```text
//! gatehouse invites list unused oldest page:2 --guild fluxer:1574297842476908553
//! ```
//!
//! JSON is one object on one line. Names and meanings stay as they are; keys may be added.
//!
//! ```text
//! list     {"guild", "read_at", "total", "matched", "page", "pages", "invites": [{…}]}
//! show     {"guild", "read_at", "invite": {…}}
//! review   {"guild", "read_at", "more", "findings": [{"rules": ["…"], "why", "next", "invite": {…}}]}
//! stats    {"guild", "read_at", "total", "uses", "by", "groups": [{"name", "invites", "uses"}]}
//! who      {"guild", "total", "page", "pages", "members": [{"id", "tag", "name", "joined_at", "account_created_at", "is_bot"}]}
//! clean    {"guild", "halt", "outcomes": [{"outcome", "why", "invite": {…}}]}
//! check    {"guild", "findings": [{"state", "label", "text"}]}
//! others   {"title", "paragraphs": ["…"]}
//! failure  {"error": {"kind", "message", "advice"}}
//! ```
//!
//! An invite's keys are those of [`Row`]. What `export` writes is a file's content already.
//!
//! What changes something shows first what it would do, and does it with `--yes` alone: what a
//! moderator confirms by pressing and filling in is filled in here.

mod report;
mod table;

use std::{pin::pin, time::Duration};

use gatehouse_commands::{
    Actor, Audience, Bot, Button, Card, Content, Control, FailureText, GuildRef, HelpText,
    Invocation, ListPage, Member, Outcome, Phrase, Place, Plan, Reply, Request, Role, RunId, Words,
    commands::Name,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

use crate::{
    export::{self, Row},
    service::{Chain, Service},
    shutdown::Shutdown,
};

/// The width of the table where the output is no terminal, in columns.
pub const DEFAULT_WIDTH: usize = 120;

/// What every command begins with here.
const COMMAND: &str = "gatehouse invites";

/// How output is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to print JSON.
    pub is_json: bool,
    /// The columns that there are.
    pub width: usize,
    /// Whether to stress headings, which only terminals show.
    pub is_terminal: bool,
}

/// What to print.
#[derive(Debug)]
pub struct Output {
    /// For standard output: text, or a file's bytes.
    pub bytes: Vec<u8>,
    /// For standard error: why there is no answer, or what did not go as asked.
    pub complaint: Option<String>,
    /// For standard error: how to go on.
    pub hint: Option<String>,
}

/// What the operator at the terminal has said beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Consent {
    /// Whether what changes something is to be done, and not only shown.
    pub is_given: bool,
}

/// The most presses and forms between a command and what it does.
const STEPS_MAX: usize = 4;

/// What is said where nothing was done, since nobody said that it is meant.
const HINT: &str = "Nothing was changed. To do it, say --yes.";

/// How often progress is told.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// Runs one command, with all rights: whoever is at the terminal holds the token. `tell` is given
/// lines of progress; `shutdown` ends a run after what it is doing right now.
pub async fn run(
    service: &Service,
    guild: GuildRef,
    words: &[String],
    style: Style,
    consent: Consent,
    shutdown: &Shutdown,
    mut tell: impl FnMut(&str),
) -> Output {
    let request = match Words::typed(words.iter().map(String::as_str)) {
        Ok(words) => Request::Command(words),
        Err(error) => Request::Misread(error),
    };
    let place = Place {
        here: guild,
        target: guild,
        bot: Bot::default(),
    };
    let now = service.clock().now();
    let announcement = plan(place, request.clone()).announcement(now);
    if let Some(announced) = announcement.filter(|_| !consent.is_given) {
        let draw = Draw {
            guild: Some(guild),
            style,
            now,
        };
        let mut output = draw.reply(&announced, consent);
        if output.complaint.is_none() {
            output.hint = Some(HINT.to_owned());
        }
        return output;
    }
    let mut outcome = perform(service, place, request, shutdown, &mut tell).await;
    // A command that is about to change something asks first: here the answer is given already.
    for _ in 0..STEPS_MAX {
        let next = consent.is_given.then(|| consented(&outcome.reply));
        let Some(request) = next.flatten() else { break };
        outcome = perform(service, place, request, shutdown, &mut tell).await;
    }
    complete_preview(&mut outcome.reply, async |request| {
        let outcome = perform(service, place, request, shutdown, &mut |_: &str| {}).await;
        outcome.reply
    })
    .await;
    complete_members(&mut outcome.reply, async |request| {
        let outcome = perform(service, place, request, shutdown, &mut |_: &str| {}).await;
        outcome.reply
    })
    .await;
    if let Some(error) = &outcome.error {
        debug!(error = %Chain(error), "the platform did not answer as asked");
    }
    let now = service.clock().now();
    let draw = Draw {
        guild: Some(guild),
        style,
        now,
    };
    draw.reply(&outcome.reply, consent)
}

/// Finds out whether everything is set up right: for this guild, or for every link, or else for
/// the host alone.
pub async fn check(
    service: &Service,
    guild: Option<GuildRef>,
    style: Style,
    shutdown: &Shutdown,
) -> Vec<Output> {
    let now = service.clock().now();
    let places = match guild {
        Some(guild) => vec![(guild, service.target(guild))],
        None => service.links(),
    };
    let consent = Consent { is_given: false };
    if places.is_empty() {
        let reply = service.check_host().await;
        let draw = Draw {
            guild: None,
            style,
            now,
        };
        return vec![draw.reply(&reply, consent)];
    }
    let mut outputs = Vec::new();
    for (here, target) in places {
        let place = Place {
            here,
            target,
            bot: Bot::default(),
        };
        let request = Request::Command(Words::of(Name::Check));
        let outcome = perform(service, place, request, shutdown, &mut |_: &str| {}).await;
        let draw = Draw {
            guild: Some(here),
            style,
            now,
        };
        outputs.push(draw.reply(&outcome.reply, consent));
    }
    outputs
}

/// What the operator asks for, with all rights.
fn plan(place: Place, request: Request) -> Plan {
    Plan::of(&Invocation {
        place: Some(place),
        member: Member::operator(),
        actor: Actor::operator(),
        request,
    })
}

/// Runs one request to its end, and tells how far it gets.
async fn perform(
    service: &Service,
    place: Place,
    request: Request,
    shutdown: &Shutdown,
    tell: &mut impl FnMut(&str),
) -> Outcome {
    let plan = plan(place, request);
    let backstage = service.backstage((Some(place.here), RunId(0)), shutdown, None);
    let shown = backstage.shown();
    let mut run = pin!(service.run(&plan, &backstage));
    let mut ticks = interval(PROGRESS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            outcome = &mut run => return outcome,
            _ = ticks.tick() => {}
        }
        if let Some(Reply {
            content: Content::Progress(progress),
            ..
        }) = &*shown.borrow()
        {
            let lines = progress.lines(service.clock().now());
            let lines: Vec<String> = lines
                .iter()
                .map(|line| line.plain(service.clock().now()))
                .collect();
            tell(&lines.join(" · "));
        }
    }
}

/// What a moderator would do to go on, where a reply asks whether it is meant.
fn consented(reply: &Reply) -> Option<Request> {
    match &reply.content {
        Content::Form(form) => Some(Request::Submit {
            id: form.token.to_string(),
            lines: form
                .lines
                .iter()
                .map(|line| {
                    let text = line.expects.clone().or_else(|| line.value.clone());
                    (line.id.to_owned(), text.unwrap_or_default())
                })
                .collect(),
            audience: None,
            reason: reply.reason.clone(),
        }),
        Content::List(_) => Some(Request::Press {
            id: danger(reply)?.token.to_string(),
            values: Vec::new(),
            audience: Audience::Private,
            reason: reply.reason.clone(),
        }),
        _ => None,
    }
}

/// Puts all pages of a preview together: here nothing can be pressed to turn them, and every
/// invite has to be seen before it is ended.
async fn complete_preview(reply: &mut Reply, press: impl AsyncFn(Request) -> Reply) {
    if danger(reply).is_none() {
        return;
    }
    let mut next = next_page(reply);
    let Content::List(whole) = &mut reply.content else {
        return;
    };
    while let Some(id) = next {
        let request = Request::Press {
            id,
            values: Vec::new(),
            audience: Audience::Private,
            reason: None,
        };
        let other = press(request).await;
        next = next_page(&other);
        let Content::List(page) = other.content else {
            return;
        };
        // The first page again, since what the others showed is no longer so.
        if page.page == 1 {
            *whole = page;
        } else {
            whole.entries.extend(page.entries);
        }
    }
    whole.page = 1;
    whole.pages = 1;
}

/// Puts all pages of members together. A page that can't be had takes the place of all: what is
/// only a part must not read as the whole.
async fn complete_members(reply: &mut Reply, press: impl AsyncFn(Request) -> Reply) {
    while let (Some(id), Content::Members(_)) = (next_page(reply), &reply.content) {
        let request = Request::Press {
            id,
            values: Vec::new(),
            audience: Audience::Private,
            reason: None,
        };
        let mut next = press(request).await;
        if let (Content::Members(whole), Content::Members(page)) =
            (&mut reply.content, &mut next.content)
        {
            whole.entries.append(&mut page.entries);
            std::mem::swap(&mut whole.entries, &mut page.entries);
            page.footer = "Newest first".into();
            page.page = 1;
        }
        *reply = next;
    }
    if let Content::Members(whole) = &mut reply.content {
        whole.pages = 1;
    }
}

/// The id of the button to the next page, if there is one.
fn next_page(reply: &Reply) -> Option<String> {
    reply.controls.iter().find_map(|control| match control {
        Control::Buttons(buttons) => buttons
            .iter()
            .find(|button| button.role == Role::Main && button.is_enabled)
            .map(|button| button.token.to_string()),
        Control::Menu { .. } => None,
    })
}

/// The way to what cannot be undone, if there is one.
fn danger(reply: &Reply) -> Option<&Button> {
    reply.controls.iter().find_map(|control| match control {
        Control::Buttons(buttons) => buttons.iter().find(|button| button.role == Role::Danger),
        Control::Menu { .. } => None,
    })
}

struct Draw {
    /// Whose invites; `None` when it is about the host.
    guild: Option<GuildRef>,
    style: Style,
    now: Timestamp,
}

impl Draw {
    /// The reply, with word of what it would take to go on.
    fn reply(&self, reply: &Reply, consent: Consent) -> Output {
        let mut output = self.content(&reply.content);
        let asks = matches!(reply.content, Content::Form(_)) || danger(reply).is_some();
        let is_question = matches!(reply.content, Content::Form(_) | Content::List(_));
        if asks && is_question && consent.is_given {
            // Each time it was to be done, something else was there to be done.
            output.complaint = Some("Nothing was changed: the list goes on changing".to_owned());
        } else if asks && is_question {
            output.hint = Some(HINT.to_owned());
        }
        output
    }

    fn content(&self, content: &Content) -> Output {
        let is_json = self.style.is_json;
        let answer = match content {
            Content::Failure(failure) => return self.failure(failure),
            Content::Export(export) => export::file(export).bytes,
            Content::List(page) if is_json => line(&self.list_json(page)),
            Content::List(page) => self.list(page).into_bytes(),
            Content::Card(card) if is_json => line(&self.card_json(card)),
            Content::Card(card) => self.card(card).into_bytes(),
            Content::Help(help) if is_json => line(&self.help_json(help)),
            Content::Help(help) => self.help(help).into_bytes(),
            content if is_json => self
                .report_json(content)
                .as_ref()
                .map(line)
                .unwrap_or_default(),
            content => self.report(content).into_bytes(),
        };
        Output {
            bytes: answer,
            complaint: self.complaint(content),
            hint: None,
        }
    }

    fn failure(&self, failure: &FailureText) -> Output {
        let message = self.plain(&failure.title);
        let advice = self.plain(&failure.advice);
        let kind = failure.failure.outcome();
        let error = json!({"error": {"kind": kind, "message": message, "advice": advice}});
        Output {
            bytes: if self.style.is_json {
                line(&error)
            } else {
                Vec::new()
            },
            complaint: Some(format!("{message}. {advice}")),
            hint: None,
        }
    }

    fn list(&self, page: &ListPage) -> String {
        let mut lines = vec![
            self.strong(&self.plain(&page.title)),
            self.plain(&page.summary),
        ];
        lines.extend(page.notes.iter().map(|note| self.plain(note)));
        if !page.entries.is_empty() {
            lines.push(String::new());
            let invites = page.entries.iter().map(|entry| &entry.invite);
            let mut rows = table::draw(invites, self.style.width, self.now).into_iter();
            lines.extend(rows.next().map(|header| self.strong(&header)));
            lines.extend(rows);
        }
        lines.push(String::new());
        lines.push(self.plain(&page.footer));
        lines.join("\n") + "\n"
    }

    fn card(&self, card: &Card) -> String {
        let mut lines = vec![self.strong(&self.plain(&card.title))];
        lines.extend(card.notes.iter().map(|note| self.plain(note)));
        let widest = card.fields.iter().map(|(label, _)| label.len()).max();
        let width = widest.unwrap_or_default();
        lines.extend(
            card.fields
                .iter()
                .map(|(label, value)| format!("{label:width$}  {}", self.plain(value))),
        );
        lines.push(self.plain(&card.footer));
        lines.join("\n") + "\n"
    }

    fn help(&self, help: &HelpText) -> String {
        let mut lines = vec![self.strong(&self.plain(&help.title))];
        lines.extend(help.paragraphs.iter().map(|line| self.plain(line)));
        lines.join("\n") + "\n"
    }

    fn list_json(&self, page: &ListPage) -> Value {
        let link_base = page.link_base.as_deref();
        let invites = page
            .entries
            .iter()
            .map(|entry| Row::new(&entry.invite, link_base));
        json!({
            "guild": self.guild.map(|guild| guild.to_string()),
            "read_at": page.read_at.to_string(),
            "total": page.total,
            "matched": page.matched,
            "page": page.page,
            "pages": page.pages,
            "invites": invites.collect::<Vec<_>>(),
        })
    }

    fn card_json(&self, card: &Card) -> Value {
        let link_base = card.link_base.as_deref();
        json!({
            "guild": self.guild.map(|guild| guild.to_string()),
            "read_at": card.read_at.to_string(),
            "invite": Row::new(&card.invite, link_base),
        })
    }

    fn help_json(&self, help: &HelpText) -> Value {
        let paragraphs: Vec<String> = help
            .paragraphs
            .iter()
            .map(|line| self.plain(line))
            .collect();
        json!({"title": self.plain(&help.title), "paragraphs": paragraphs})
    }

    fn plain(&self, phrase: &Phrase) -> String {
        phrase.plain_with(self.now, COMMAND)
    }

    fn strong(&self, text: &str) -> String {
        if self.style.is_terminal {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn line(value: &Value) -> Vec<u8> {
    format!("{value}\n").into_bytes()
}
