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
//!     Bot, Content, Freshness, GuildRef, Invocation, Listing, Member, Place, Plan, Platform,
//!     PlatformError, Request, Words,
//! };
//! use jiff::Timestamp;
//! use std::sync::Arc;
//!
//! struct Empty;
//!
//! impl Platform for Empty {
//!     async fn invites(
//!         &self,
//!         _guild: GuildRef,
//!         _freshness: Freshness,
//!     ) -> Result<Arc<Listing>, PlatformError> {
//!         Ok(Arc::new(Listing {
//!             invites: Vec::new(),
//!             overview: None,
//!             unreadable: 0,
//!             link_base: None,
//!             read_at: Timestamp::UNIX_EPOCH,
//!         }))
//!     }
//! }
//!
//! let here: GuildRef = "fluxer:1574297842476908553".parse().unwrap();
//! let invocation = Invocation {
//!     place: Some(Place { here, target: here, bot: Bot::default() }),
//!     member: Member::operator(),
//!     request: Request::Command(Words::typed(["list", "unused"]).unwrap()),
//! };
//! let plan = Plan::of(&invocation);
//! let run = plan.run(&Empty, Timestamp::UNIX_EPOCH);
//! # let mut run = std::pin::pin!(run);
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # let std::task::Poll::Ready(outcome) = run.as_mut().poll(&mut context) else { panic!() };
//! // let outcome = run.await;
//! assert!(matches!(outcome.reply.content, Content::List(page) if page.matched == 0));
//! ```

mod code;
mod command;
mod export;
mod failure;
mod help;
mod id;
mod invite;
mod invocation;
mod list;
mod names;
mod options;
mod phrase;
mod place;
mod plan;
mod platform;
mod press;
mod query;
mod reply;
mod rights;
#[cfg(test)]
mod samples;
mod show;
mod suggest;
mod text;
mod token;
mod tree;
mod typed;
mod wish;
mod words;

pub use code::{CODE_MAX_CHARS, Code, CodeError};
pub use command::Command;
pub use export::{Export, Format};
pub use failure::{Candidate, Failure, Severity};
pub use help::Topic;
pub use id::{ChannelId, GuildId, IdError, RoleId, UserId};
pub use invite::{Channel, Extras, Invite, Inviter, InviterKind, SOON, Target, Usage};
pub use invocation::{Audience, Invocation, Place, Request};
pub use names::{GUILD_NAME_MAX_CHARS, NAME_MAX_CHARS, cut, isolated};
pub use options::ParseError;
pub use phrase::{CHAT_COMMAND, Phrase, Span, command, length, relative};
pub use place::{GuildRef, GuildRefError, PlatformName, split_platform};
pub use plan::{Outcome, Plan};
pub use platform::{Freshness, Listing, Overview, Platform, PlatformError, PlatformErrorKind};
pub use query::{
    Filter, PAGE_ENTRIES, Page, SEARCH_MAX_CHARS, Search, SearchTooLong, Sort, State, View,
    newest_first,
};
pub use reply::{
    Button, Card, Content, Control, Entry, FailureText, Form, HelpText, ListPage, MenuOption,
    Placement, Reply, Suggestion,
};
pub use rights::{Bot, Member, Permissions};
pub use suggest::SUGGESTIONS_MAX;
pub use token::{CUSTOM_ID_MAX_CHARS, Key, Token, TokenError};
pub use words::{Value, Words};

/// The command tree, for registration and help.
pub mod commands {
    pub use crate::tree::{
        Choice, Choices, Command, CommandOption, Name, OptionKind, ROOT, ROOT_DESCRIPTION,
    };
}

/// An invite's properties in words, for faces that arrange them in their own way.
pub mod describe {
    pub use crate::text::{channel, creator, ending, uses};
}
