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
//! help     {"title", "paragraphs": ["…"]}
//! failure  {"error": {"kind", "message", "advice"}}
//! ```
//!
//! An invite's keys are those of [`Row`]. What `export` writes is a file's content already.

mod table;

use gatehouse_commands::{
    Bot, Card, Content, FailureText, GuildRef, HelpText, Invocation, ListPage, Member, Phrase,
    Place, Plan, Request, Words,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tracing::debug;

use crate::{
    export::{self, Row},
    service::{Chain, Service},
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
    /// For standard error: why there is no answer.
    pub complaint: Option<String>,
}

/// Runs one command, with all rights: whoever is at the terminal holds the token.
pub async fn run(service: &Service, guild: GuildRef, words: &[String], style: Style) -> Output {
    let request = match Words::typed(words.iter().map(String::as_str)) {
        Ok(words) => Request::Command(words),
        Err(error) => Request::Misread(error),
    };
    let invocation = Invocation {
        place: Some(Place {
            here: guild,
            target: guild,
            bot: Bot::default(),
        }),
        member: Member::operator(),
        request,
    };
    let outcome = service.run(&Plan::of(&invocation)).await;
    if let Some(error) = &outcome.error {
        debug!(error = %Chain(error), "the platform did not answer as asked");
    }
    let now = service.clock().now();
    Draw { guild, style, now }.content(&outcome.reply.content)
}

struct Draw {
    guild: GuildRef,
    style: Style,
    now: Timestamp,
}

impl Draw {
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
            // None can be asked for from here.
            Content::AskPage(_) | Content::Suggestions(_) | Content::Elsewhere(_) => Vec::new(),
        };
        Output {
            bytes: answer,
            complaint: None,
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
            "guild": self.guild.to_string(),
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
            "guild": self.guild.to_string(),
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
