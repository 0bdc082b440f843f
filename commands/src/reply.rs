//! What a command answers: meaning, not markup. Each face draws it in its own way.

mod masked;

use std::borrow::Cow;

use jiff::Timestamp;

use crate::{
    clean::{Cleaned, Progress},
    export::Export,
    failure::Failure,
    invite::Invite,
    phrase::Phrase,
    platform::Joined,
    stats::Stats,
    text,
    token::{Key, Token},
};

/// An answer and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// What is said.
    pub content: Content,
    /// What can be pressed below it, from top to bottom.
    pub controls: Vec<Control>,
    /// Where it goes.
    pub placement: Placement,
    /// A reason that a moderator has given already. Faces show it as a line of its own and hand
    /// it back with a press, so that nobody has to write it twice and nothing has to be
    /// remembered.
    pub reason: Option<String>,
}

impl Reply {
    /// A private reply without anything to press.
    pub fn private(content: Content) -> Self {
        Self {
            content,
            controls: Vec::new(),
            placement: Placement::Private,
            reason: None,
        }
    }

    /// What others see in place of a failure that is told to one person alone.
    pub fn elsewhere() -> Self {
        Self {
            placement: Placement::Shared,
            ..Self::private(Content::Elsewhere(text::told_elsewhere()))
        }
    }

    /// What takes the place of a reply that the platform does not take.
    pub fn undeliverable() -> Self {
        Self {
            content: Content::Elsewhere(text::undeliverable()),
            ..Self::elsewhere()
        }
    }
}

/// Where a reply goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placement {
    /// A new message that only the person who asked sees.
    Private,
    /// A new message that everyone in the channel sees; it holds no whole code.
    Shared,
    /// In place of the message that was pressed, seen by whoever saw that.
    Replace,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A page of the list.
    List(Box<ListPage>),
    /// One invite.
    Card(Box<Card>),
    /// The list as a file.
    Export(Box<Export>),
    /// Help.
    Help(HelpText),
    /// Why there is no answer.
    Failure(FailureText),
    /// A sentence that stands in for a reply that cannot stand here.
    Elsewhere(Phrase),
    /// A form to fill in.
    Form(Box<Form>),
    /// What was done, or what is to be known or decided.
    Notice(Notice),
    /// Who came through an invite.
    Members(Box<MembersPage>),
    /// The few invites that matter.
    Review(Box<Review>),
    /// Totals, with a chart.
    Stats(Box<Stats>),
    /// Whether everything is set up right.
    Findings(Box<Findings>),
    /// How far a run got.
    Progress(Box<Progress>),
    /// What became of every invite of a run.
    Cleaned(Box<Cleaned>),
    /// Suggestions while a command is typed.
    Suggestions(Vec<Suggestion>),
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPage {
    /// Whose invites.
    pub title: Phrase,
    /// What to know before reading the list: joins are paused, for example.
    pub notes: Vec<Phrase>,
    /// How many, filtered by what, in which order.
    pub summary: Phrase,
    /// The page's invites.
    pub entries: Vec<Entry>,
    /// From 1 to `pages`.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    /// How many the filter lets through.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
    /// How full the list is, and how old.
    pub footer: Phrase,
    /// When the list was read.
    pub read_at: Timestamp,
    /// What stands before a code in a link, without the slash.
    pub link_base: Option<String>,
}

/// An invite in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The invite itself; a face that others see shows nothing of it but the lines or the cells.
    pub invite: Invite,
    /// Whether others see it: then its words hold no code.
    pub is_masked: bool,
}

impl Entry {
    /// What stands above its cells.
    pub const COLUMNS: [&str; 4] = ["Invite", "Uses", "Ends", "Into · by"];

    /// Two short lines.
    pub fn lines(&self) -> [Phrase; 2] {
        text::entry(&self.invite, self.is_masked)
    }

    /// The same in a table's row, below [`Entry::COLUMNS`].
    pub fn cells(&self) -> [Phrase; 4] {
        text::cells(&self.invite, self.is_masked)
    }
}

/// One invite in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Which invite.
    pub title: Phrase,
    /// What to know before reading on.
    pub notes: Vec<Phrase>,
    /// Label and value, in order.
    pub fields: Vec<(&'static str, Phrase)>,
    /// How old this is.
    pub footer: Phrase,
    /// The invite itself; a face that others see shows nothing of it but the fields.
    pub invite: Invite,
    /// When it was read.
    pub read_at: Timestamp,
    /// What stands before a code in a link, without the slash.
    pub link_base: Option<String>,
}

/// Help.
#[derive(Clone, Debug, PartialEq)]
pub struct HelpText {
    /// Its heading.
    pub title: Phrase,
    /// Its paragraphs.
    pub paragraphs: Vec<Phrase>,
}

/// Why there is no answer, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureText {
    /// The failure, for logs and exit codes.
    pub failure: Failure,
    /// What happened.
    pub title: Phrase,
    /// What to do about it.
    pub advice: Phrase,
}

/// What was done, or what is to be known or decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// In one line.
    pub title: Phrase,
    /// In full.
    pub paragraphs: Vec<Phrase>,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tone {
    /// It was done.
    Done,
    /// It is so.
    Plain,
    /// Something did not go as wished, or is to be decided.
    Careful,
}

/// Who came through an invite.
#[derive(Clone, Debug, PartialEq)]
pub struct MembersPage {
    /// Through which.
    pub title: Phrase,
    /// What to know before reading the list.
    pub notes: Vec<Phrase>,
    /// How many.
    pub summary: Phrase,
    /// The page's members, newest first, each with its line.
    pub entries: Vec<(Joined, Phrase)>,
    /// From 1 to `pages`.
    pub page: u32,
    /// At least 1.
    pub pages: u32,
    /// How many came through it and are still here.
    pub total: u32,
    /// How old this is.
    pub footer: Phrase,
}

/// The few invites that matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Whose invites.
    pub title: Phrase,
    /// What to know before reading on.
    pub notes: Vec<Phrase>,
    /// How many, out of how many.
    pub summary: Phrase,
    /// What matters most, first.
    pub findings: Vec<Concern>,
    /// How many more there are.
    pub more: usize,
    /// How old this is.
    pub footer: Phrase,
    /// When the list was read.
    pub read_at: Timestamp,
    /// What stands before a code in a link, without the slash.
    pub link_base: Option<String>,
}

/// An invite that matters, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Concern {
    /// The invite in short, why it matters, what to do next.
    pub lines: [Phrase; 3],
    /// Short constant words for why, the weightiest first.
    pub rules: Vec<&'static str>,
    /// The invite itself; a face that others see shows nothing of it but the lines.
    pub invite: Invite,
}

/// Whether everything is set up right.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// In one line.
    pub title: Phrase,
    /// One for each thing that was looked at.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Whether it is right.
    pub state: FindingState,
    /// What it is, in a word or two.
    pub label: String,
    /// How it stands, and what to do about it.
    pub text: Phrase,
}

/// Whether something is right.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum FindingState {
    /// It is.
    Good,
    /// It is not known, or does not matter.
    Open,
    /// It works, but not as well as it could.
    Worse,
    /// Something would not work.
    Wrong,
}

/// A form to fill in. Where it cannot be shown at once, a face shows what it is about with a
/// button that opens it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Form {
    /// Its id; also that of the button that opens it.
    pub token: Token,
    /// At most 45 characters.
    pub title: String,
    /// What sending it does.
    pub about: Vec<Phrase>,
    /// One to three lines to fill in.
    pub lines: Vec<Line>,
    /// What the button says that opens it.
    pub opener: &'static str,
    /// Whether sending it cannot be undone.
    pub is_final: bool,
}

/// A line to fill in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Its id in the form.
    pub id: &'static str,
    /// At most 45 characters.
    pub label: String,
    /// At most 100 characters.
    pub placeholder: String,
    /// What stands there already.
    pub value: Option<String>,
    /// The most characters that it takes.
    pub max_chars: u16,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// What has to be written, exactly; `None` = anything.
    pub expects: Option<String>,
}

/// Where a reason is written.
pub(crate) const REASON_LINE: &str = "reason";

/// Where anything else is written.
pub(crate) const LINE: &str = "line";

/// A value to choose while typing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Suggestion {
    /// What people read, 1 to 100 characters.
    pub label: String,
    /// What is sent, 1 to 100 characters.
    pub value: String,
}

/// Something that can be pressed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Control {
    /// Up to five buttons in a row.
    Buttons(Vec<Button>),
    /// A menu of up to 25 values, of which one is chosen.
    Menu {
        /// Its id.
        token: Token,
        /// What it says while nothing is chosen.
        placeholder: &'static str,
        /// What can be chosen.
        options: Vec<MenuOption>,
    },
}

/// A button.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Button {
    /// Its id.
    pub token: Token,
    /// Words, at most 80 characters.
    pub label: String,
    /// What pressing it means.
    pub role: Role,
    /// Whether it does anything.
    pub is_enabled: bool,
}

/// What pressing a button means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Something among others.
    Plain,
    /// What most people press next.
    Main,
    /// The way to something that cannot be undone.
    Danger,
}

/// A value of a menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MenuOption {
    /// What is sent, 1 to 100 characters, unlike the menu's others.
    pub value: Cow<'static, str>,
    /// What people read, 1 to 100 characters.
    pub label: Cow<'static, str>,
    /// A second line, at most 100 characters.
    pub description: Option<String>,
    /// Whether it is what is in force.
    pub is_chosen: bool,
}

impl Button {
    /// A button that works.
    pub fn new(token: Token, label: impl Into<String>) -> Self {
        Self {
            token,
            label: label.into(),
            role: Role::Plain,
            is_enabled: true,
        }
    }
}

impl Key {
    /// The key of an invite in a message that is masked or not; `None` when it has none.
    pub(crate) fn of(invite: &Invite, masked: bool) -> Option<Self> {
        if masked {
            invite.created_at().map(Self::Made)
        } else {
            Some(Self::Code(invite.code.clone()))
        }
    }

    /// The one invite that is meant; `None` when none is, or when two are.
    pub(crate) fn find<'a>(&self, invites: &'a [Invite]) -> Option<&'a Invite> {
        let is_meant = |invite: &&Invite| match self {
            Self::Code(code) => invite.code == *code,
            Self::Made(at) => invite
                .created_at()
                .is_some_and(|made| made.as_millisecond() == at.as_millisecond()),
        };
        let mut found = invites.iter().filter(is_meant);
        match (found.next(), found.next()) {
            (Some(invite), None) => Some(invite),
            _ => None,
        }
    }
}
