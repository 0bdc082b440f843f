//! A [`Reply`] as a plain message: headings, tables and lists in Markdown, how to go on in words,
//! and in the last line what the message is.
//!
//! Nothing drawn here can ping, and nothing that a stranger chose can act as markup.

mod sheet;
#[cfg(test)]
mod tests;

use gatehouse_commands::{
    Anchor, Card, Cleaned, Content, Entry, FindingState, Findings, Form, GuildId, HelpText,
    ListPage, MembersPage, Notice, Phrase, PlatformName, Reply, Review, Stats, UserId,
    describe::file_left_out,
};
use jiff::Timestamp;

use self::sheet::Sheet;
use super::state::{State, reason_line};
use crate::{
    export::{self, File},
    markup::{NAME_CUTS, markup, markup_with},
};

/// Whose message it is, and who reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The guild that it was asked for in; `None` outside guilds.
    pub(super) guild: Option<GuildId>,
    /// Who asked for it.
    pub(super) asker: UserId,
    /// Whether everyone reads it, and codes are masked in it.
    pub(super) is_masked: bool,
    /// What time it is.
    pub(super) now: Timestamp,
}

/// A reply, ready to be sent.
#[derive(Debug)]
pub(super) struct Drawn {
    /// What it says.
    pub(super) text: String,
    /// What goes beside it.
    pub(super) file: Option<File>,
    /// Whether it is one of several pages.
    pub(super) has_pages: bool,
}

/// Draws a reply.
pub(super) fn message(reply: &Reply, frame: Frame) -> Drawn {
    Drawn {
        text: text(reply, frame, true),
        file: file(&reply.content),
        has_pages: has_pages(&reply.content),
    }
}

/// Draws a reply that has a file where none may be attached.
pub(super) fn message_without_file(reply: &Reply, frame: Frame) -> Drawn {
    Drawn {
        text: text(reply, frame, false),
        file: None,
        has_pages: has_pages(&reply.content),
    }
}

fn text(reply: &Reply, frame: Frame, may_attach: bool) -> String {
    let mut sheet = Sheet::default();
    for name_max_chars in NAME_CUTS {
        sheet = drawn(reply, frame, may_attach, name_max_chars);
        if sheet.fits() {
            break;
        }
    }
    sheet.text()
}

/// Whether a reply is one of several pages.
fn has_pages(content: &Content) -> bool {
    match content {
        Content::List(page) => page.pages > 1,
        Content::Members(page) => page.pages > 1,
        _ => false,
    }
}

fn file(content: &Content) -> Option<File> {
    match content {
        Content::Export(export) => Some(export::file(export)),
        Content::Cleaned(cleaned) => Some(export::outcome(cleaned)),
        Content::Stats(stats) => (!stats.groups.is_empty()).then(|| export::picture(stats)),
        _ => None,
    }
}

fn drawn(reply: &Reply, frame: Frame, may_attach: bool, name_max_chars: usize) -> Sheet {
    let mut draw = Draw {
        sheet: Sheet::default(),
        now: frame.now,
        name_max_chars,
    };
    draw.content(&reply.content);
    let mut sheet = draw.sheet;
    if !may_attach {
        sheet.end(markup(&file_left_out(PlatformName::Fluxer)));
    }
    let anchor = Anchor::of(reply)
        // Others could read the code in it.
        .filter(|anchor| !(frame.is_masked && anchor.tells_a_code()));
    let Some((anchor, guild)) = anchor.zip(frame.guild) else {
        return sheet;
    };
    let hint = anchor.hint(has_pages(&reply.content));
    sheet.end(format!("-# {}", markup(&hint)));
    if let Some(reason) = &reply.reason {
        sheet.end(reason_line(reason));
    }
    let state = State {
        anchor,
        is_masked: frame.is_masked,
        guild,
        asker: frame.asker,
    };
    sheet.end(state.to_string());
    sheet
}

struct Draw {
    sheet: Sheet,
    /// What time it is, which only progress needs: elsewhere the reader's own client tells the time.
    now: Timestamp,
    name_max_chars: usize,
}

impl Draw {
    fn content(&mut self, content: &Content) {
        match content {
            Content::List(page) => self.list(page),
            Content::Card(card) => self.card(card),
            Content::Help(help) => self.help(help),
            Content::Failure(failure) => {
                self.title(&failure.title);
                self.line(&failure.advice);
            }
            Content::Elsewhere(phrase) => self.line(phrase),
            Content::Export(export) => self.line(&export.summary),
            Content::Notice(notice) => self.notice(notice),
            Content::Members(page) => self.members(page),
            Content::Review(review) => self.review(review),
            Content::Stats(stats) => self.stats(stats),
            Content::Findings(findings) => self.findings(findings),
            Content::Progress(progress) => {
                self.title(&progress.title());
                self.lines(&progress.lines(self.now));
            }
            Content::Cleaned(cleaned) => self.cleaned(cleaned),
            Content::Form(form) => self.form(form),
            // No message; no plan asks for them as one.
            Content::Suggestions(_) => {}
        }
    }

    fn markup(&self, phrase: &Phrase) -> String {
        markup_with(phrase, self.name_max_chars)
    }

    fn title(&mut self, phrase: &Phrase) {
        let title = format!("### {}", self.markup(phrase));
        self.sheet.line(title);
    }

    fn line(&mut self, phrase: &Phrase) {
        let line = self.markup(phrase);
        self.sheet.line(line);
    }

    fn lines(&mut self, phrases: &[Phrase]) {
        for phrase in phrases {
            self.line(phrase);
        }
    }

    fn paragraphs(&mut self, phrases: &[Phrase]) {
        for phrase in phrases {
            let paragraph = self.markup(phrase);
            self.sheet.paragraph(paragraph);
        }
    }

    /// How old it is, and on which page.
    fn footer(&mut self, phrase: &Phrase) {
        let footer = self.markup(phrase);
        self.sheet.paragraph(format!("-# {footer}"));
    }

    fn fields(&mut self, fields: &[(&'static str, Phrase)]) {
        for (label, value) in fields {
            let value = self.markup(value);
            self.sheet.line(format!("**{label}** {value}"));
        }
    }

    fn list(&mut self, page: &ListPage) {
        self.title(&page.title);
        self.line(&page.summary);
        self.lines(&page.notes);
        if !page.entries.is_empty() {
            let row = |cells: [String; 4]| format!("| {} |", cells.join(" | "));
            let rule = ["---"; 4].join(" | ");
            let head = row(Entry::COLUMNS.map(str::to_owned));
            // Both lines or none: a head alone is no table.
            self.sheet.paragraph(format!("{head}\n| {rule} |"));
            for entry in &page.entries {
                let cells = entry.cells().map(|cell| self.markup(&cell));
                self.sheet.line(row(cells));
            }
        }
        self.footer(&page.footer);
    }

    fn card(&mut self, card: &Card) {
        self.title(&card.title);
        self.lines(&card.notes);
        self.fields(&card.fields);
        self.footer(&card.footer);
    }

    fn help(&mut self, help: &HelpText) {
        self.title(&help.title);
        self.lines(&help.paragraphs);
    }

    fn notice(&mut self, notice: &Notice) {
        self.title(&notice.title);
        self.paragraphs(&notice.paragraphs);
    }

    fn members(&mut self, page: &MembersPage) {
        self.title(&page.title);
        self.line(&page.summary);
        self.lines(&page.notes);
        for (_, line) in &page.entries {
            let line = self.markup(line);
            self.sheet.line(format!("- {line}"));
        }
        self.footer(&page.footer);
    }

    fn review(&mut self, review: &Review) {
        self.title(&review.title);
        self.line(&review.summary);
        self.lines(&review.notes);
        for finding in &review.findings {
            let lines = finding.lines.each_ref().map(|line| self.markup(line));
            self.sheet.paragraph(lines.join("\n"));
        }
        if review.more > 0 {
            let more = review.more;
            self.sheet
                .paragraph(format!("and {more} more of less weight"));
        }
        self.footer(&review.footer);
    }

    fn stats(&mut self, stats: &Stats) {
        self.title(&stats.title);
        self.lines(&stats.notes);
        self.fields(&stats.fields);
        if !stats.groups.is_empty() {
            self.sheet.paragraph(format!("**{}**", stats.heading));
            self.lines(&stats.lines());
            self.sheet.paragraph(format!("**{}**", stats.other_heading));
            self.lines(&stats.other_lines());
        }
        self.footer(&stats.footer);
    }

    fn findings(&mut self, findings: &Findings) {
        self.title(&findings.title);
        for finding in &findings.findings {
            let mark = match finding.state {
                FindingState::Good => "✅",
                FindingState::Open => "➖",
                FindingState::Worse => "⚠️",
                FindingState::Wrong => "❌",
            };
            let text = self.markup(&finding.text);
            let label = &finding.label;
            self.sheet.line(format!("{mark} **{label}** {text}"));
        }
    }

    fn cleaned(&mut self, cleaned: &Cleaned) {
        self.title(&cleaned.title());
        self.lines(&cleaned.lines());
    }

    fn form(&mut self, form: &Form) {
        self.title(&Phrase::from(form.title.clone()));
        self.lines(&form.about);
    }
}
