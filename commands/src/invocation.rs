//! One use of a command, button, menu or form: what a face hands over.

use std::fmt;

use crate::{
    options::ParseError,
    place::GuildRef,
    reason::Actor,
    rights::{Bot, Member},
    words::Words,
};

/// Who asks for what, and where.
#[derive(Clone, PartialEq)]
pub struct Invocation {
    /// Where; `None` outside a guild, in a direct message for example.
    pub place: Option<Place>,
    /// Who, as far as it decides what they may do.
    pub member: Member,
    /// Who, for audit logs.
    pub actor: Actor,
    /// What.
    pub request: Request,
}

impl fmt::Debug for Invocation {
    /// Without who asks for what: that names people and invites.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("place", &self.place)
            .field("member", &self.member)
            .finish_non_exhaustive()
    }
}

impl Invocation {
    /// Who sees the message that was pressed, or that the form was opened from.
    pub(crate) fn audience(&self) -> Option<Audience> {
        match &self.request {
            Request::Press { audience, .. } => Some(*audience),
            Request::Submit { audience, .. } => *audience,
            Request::Command(_)
            | Request::Message { .. }
            | Request::Misread(_)
            | Request::UnknownCommand { .. }
            | Request::Complete { .. }
            | Request::Unreadable => None,
        }
    }
}

/// Where a command is used, and whose invites it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// The guild that it is used in.
    pub here: GuildRef,
    /// The guild whose invites it shows: the same, or the one that the operator linked.
    pub target: GuildRef,
    /// What the bot may do here.
    pub bot: Bot,
}

impl Place {
    /// Whether the operator linked this guild to another one.
    pub fn is_linked(&self) -> bool {
        self.here != self.target
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A command.
    Command(Words),
    /// The command on a message that asks whose invite is in it.
    Message {
        /// Everything that was written there.
        texts: Vec<String>,
    },
    /// Typed words that are no command.
    Misread(ParseError),
    /// A command of another name, or none that a face can put into words.
    UnknownCommand {
        /// Its name, as sent.
        name: String,
    },
    /// A button or a menu.
    Press {
        /// The id that we once gave it.
        id: String,
        /// What was chosen in a menu.
        values: Vec<String>,
        /// Who sees the message that it is on.
        audience: Audience,
        /// The reason that the message shows, see [`Reply::reason`](crate::Reply::reason).
        reason: Option<String>,
    },
    /// A form that was sent off.
    Submit {
        /// The id that we once gave it.
        id: String,
        /// What was written into its lines, by their ids.
        lines: Vec<(String, String)>,
        /// Who sees the message that it was opened from; `None` when from none.
        audience: Option<Audience>,
        /// The reason that that message shows, see [`Reply::reason`](crate::Reply::reason).
        reason: Option<String>,
    },
    /// Suggestions while a command is being typed.
    Complete {
        /// What is typed so far.
        words: Words,
        /// The option that is being typed.
        option: String,
        /// Its text so far.
        typed: String,
    },
    /// Something that the face could not read.
    Unreadable,
}

/// Who sees a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Audience {
    /// The person who asks, alone.
    Private,
    /// Everyone in the channel.
    Shared,
}
