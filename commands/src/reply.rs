//! What a command answers: meaning, not markup. Each face draws it in its own way.

use jiff::Timestamp;

use crate::{
    export::Export,
    failure::Failure,
    invite::Invite,
    phrase::Phrase,
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
}

impl Reply {
    /// What others see in place of a failure that is told to one person alone.
    pub fn elsewhere() -> Self {
        Self {
            content: Content::Elsewhere(text::told_elsewhere()),
            controls: Vec::new(),
            placement: Placement::Shared,
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
    /// A form that asks for a page.
    AskPage(Form),
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
    /// Two short lines.
    pub lines: [Phrase; 2],
    /// The invite itself; a face that others see shows nothing of it but the lines.
    pub invite: Invite,
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

/// A form with one line to fill in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Form {
    /// Its id.
    pub token: Token,
    /// At most 45 characters.
    pub title: String,
    /// At most 45 characters.
    pub label: String,
    /// At most 100 characters.
    pub placeholder: String,
    /// The most characters that the line takes.
    pub max_chars: u16,
}

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
    /// Whether it is what most people press next.
    pub is_main: bool,
    /// Whether it does anything.
    pub is_enabled: bool,
}

/// A value of a menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MenuOption {
    /// What is sent, 1 to 100 characters, unlike the menu's others.
    pub value: String,
    /// What people read, 1 to 100 characters.
    pub label: String,
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
            is_main: false,
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
