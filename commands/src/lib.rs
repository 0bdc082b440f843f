//! What `/invites` means: the command tree, parsing, rights, filters, paging, and every sentence
//! that a moderator reads.
//!
//! This crate knows no HTTP, no JSON, no clock, no runtime and no platform's wire format. A face
//! (a webhook, a terminal) hands over an [`Invocation`]; a [`Plan`] of it says where the reply will
//! go; running the plan against a [`Platform`] gives a [`Reply`] that says what it means and not how
//! it looks.
//!
//! ```
//! use gatehouse_commands::{
//!     Actor, Bot, GuildRef, Invocation, Member, Place, Placement, Plan, Request, Words,
//! };
//!
//! let here: GuildRef = "fluxer:1574297842476908553".parse().unwrap();
//! let invocation = Invocation {
//!     place: Some(Place { here, target: here, bot: Bot::default() }),
//!     member: Member::operator(),
//!     actor: Actor::operator(),
//!     request: Request::Command(Words::typed(["list", "unused", "share"]).unwrap()),
//! };
//! let plan = Plan::of(&invocation);
//! assert_eq!((plan.name(), plan.placement()), ("list", Placement::Shared));
//! // let outcome = plan.run(&platform, &stage).await;
//! ```

mod check;
mod checkup;
mod clean;
mod code;
mod command;
mod create;
mod duration;
mod export;
mod failure;
mod help;
mod id;
mod invite;
mod invocation;
mod joins;
mod list;
mod names;
mod notice;
mod options;
mod paging;
mod phrase;
mod place;
mod plan;
mod platform;
mod press;
mod query;
mod reason;
mod reply;
mod review;
mod revoke;
mod rights;
mod risk;
mod rotate;
mod said;
#[cfg(test)]
mod samples;
mod show;
mod stage;
mod stats;
mod suggest;
mod text;
mod token;
mod tree;
mod typed;
mod who;
mod whose;
mod wish;
mod words;

pub use check::check_host;
pub use checkup::{Checkup, Fact, KeyState, Known};
pub use clean::{Cleaned, Fate, Preview, Print, Progress, Rule};
pub use code::{CODE_MAX_CHARS, Code, CodeError};
pub use command::Command;
pub use export::{Export, Format};
pub use failure::{Candidate, Failure, Severity};
pub use help::Topic;
pub use id::{ChannelId, GuildId, IdError, RoleId, UserId};
pub use invite::{Channel, Extras, Invite, Inviter, InviterKind, SOON, Target, Usage};
pub use invocation::{Audience, Invocation, Place, Request};
pub use names::{GUILD_NAME_MAX_CHARS, ISOLATION, NAME_MAX_CHARS, cut, isolated};
pub use options::ParseError;
pub use paging::Page;
pub use phrase::{CHAT_COMMAND, Phrase, Span, command, length, relative};
pub use place::{GuildRef, GuildRefError, PlatformName, split_platform};
pub use plan::{Effort, Outcome, Plan};
pub use platform::{
    Freshness, Joined, Listing, MEMBERS_MAX, Members, NewInvite, Overview, Pause, Platform,
    PlatformError, PlatformErrorKind, Revoked, Vanity,
};
pub use query::{
    Filter, PAGE_ENTRIES, SEARCH_MAX_CHARS, Search, SearchTooLong, Sort, State, View, newest_first,
};
pub use reason::{AUDIT_REASON_MAX_CHARS, Actor, REASON_MAX_CHARS, Reason};
pub use reply::{
    Button, Card, Concern, Content, Control, Entry, FailureText, Finding, FindingState, Findings,
    Form, HelpText, Line, ListPage, MembersPage, MenuOption, Notice, Placement, Reply, Review,
    Role, Suggestion, Tone,
};
pub use rights::{Bot, Member, Permissions, Right};
pub use said::{Anchor, Said, Turn, may_be_said};
pub use stage::{Halt, Stage};
pub use stats::{By, GROUPS_MAX, Group, Stats};
pub use suggest::SUGGESTIONS_MAX;
pub use token::{CUSTOM_ID_MAX_CHARS, Key, RunId, Token, TokenError};
pub use whose::MESSAGE_COMMAND;
pub use words::{Value, Words};

/// The command tree, for registration and help.
pub mod commands {
    pub use crate::tree::{
        Choice, Choices, Command, CommandOption, Name, OptionKind, ROOT, ROOT_DESCRIPTION,
    };
}

/// An invite's properties in words, for faces that arrange them in their own way.
pub mod describe {
    pub use crate::text::{channel, creator, ending, file_left_out, uses};
}
