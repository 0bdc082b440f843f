//! Whether what is asked may be done, and where its reply will go.

use super::Task;
use crate::{
    command::Command,
    create,
    failure::Failure,
    invocation::{Audience, Invocation, Place, Request},
    platform::Freshness,
    press,
    query::View,
    reply::Placement,
    rights::Right,
    token::Key,
    tree::Name,
};

/// What an invocation asks for, and where the reply will go.
///
/// # Errors
///
/// It is not understood, or may not be done.
pub(crate) fn decide(invocation: &Invocation) -> Result<(Task, Placement), Failure> {
    let request = &invocation.request;
    if *request == Request::Unreadable {
        return Err(Failure::Unreadable);
    }
    let place = invocation.place.ok_or(Failure::NotInGuild)?;
    let platform = place.here.platform;
    if place.bot.is_installed == Some(false) {
        return Err(Failure::BotNotInstalled { platform });
    }
    let is_moderator = invocation.member.is_moderator();
    if invocation.audience() == Some(Audience::Shared) && !is_moderator {
        return Err(Failure::MemberLacksRight { platform });
    }
    let (task, placement) = asked(request)?;
    if task.changes_something() && !is_moderator {
        return Err(Failure::MemberMayNotAct { platform });
    }
    check_bot(&task, place)?;
    Ok((task, placement))
}

fn asked(request: &Request) -> Result<(Task, Placement), Failure> {
    match request {
        Request::Command(words) => Ok(command(Command::parse(words).map_err(Failure::Words)?)),
        Request::Message { texts } => {
            let texts = texts.clone();
            Ok((Task::Whose { texts }, Placement::Private))
        }
        Request::Misread(error) => Err(Failure::Words(error.clone())),
        Request::UnknownCommand { name } => Err(Failure::UnknownCommand { name: name.clone() }),
        Request::Press {
            id,
            values,
            audience,
            reason,
        } => Ok(press::pressed(id, values, *audience, reason.as_deref())),
        Request::Submit {
            id,
            lines,
            audience,
            reason,
        } => press::submitted(id, lines, *audience, reason.as_deref()),
        Request::Complete {
            words,
            option,
            typed,
        } => {
            let command = Command::name(words).map_err(Failure::Words)?;
            let typed = typed.clone();
            let task = match command.spec().suggested(option) {
                Some(option) if command == Name::Create && *option == create::CHANNEL => {
                    Task::SuggestChannel { typed }
                }
                Some(option) => Task::Suggest {
                    option: option.name,
                    typed,
                },
                None => Task::SuggestNothing,
            };
            Ok((task, Placement::Private))
        }
        Request::Unreadable => Err(Failure::Unreadable),
    }
}

/// Whether a request to the platform can work at all: a refusal counts against the bot there.
fn check_bot(task: &Task, place: Place) -> Result<(), Failure> {
    // In a linked guild the bot's permissions there say nothing of the community that is shown.
    if place.is_linked() {
        return Ok(());
    }
    let platform = place.here.platform;
    let needed = task.needs();
    if needed == Needs::Nothing {
        return Ok(());
    }
    if !place.bot.may_list_invites(platform) {
        return Err(Failure::BotLacksRight { platform });
    }
    let lacks = |right| !place.bot.may_have(right);
    let missing = match needed {
        Needs::Nothing | Needs::List => None,
        Needs::Right(right) => Some(right).filter(|right| lacks(*right)),
        Needs::Both => Right::ALL.into_iter().find(|right| lacks(*right)),
    };
    match missing {
        Some(right) => Err(Failure::BotMayNot { platform, right }),
        None => Ok(()),
    }
}

/// What the bot has to be allowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Needs {
    Nothing,
    /// To list invites.
    List,
    /// That, and this permission.
    Right(Right),
    /// That, and all permissions that it can use.
    Both,
}

impl Task {
    /// Whether a moderator has to ask for it. The forms on the way are part of it.
    fn changes_something(&self) -> bool {
        match self {
            Self::AskRevoke { .. }
            | Self::Revoke { .. }
            | Self::AskRotate { .. }
            | Self::Rotate { .. }
            | Self::Create { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::PreviewClean { .. }
            | Self::Clean { .. }
            | Self::Cancel(_)
            | Self::SuggestChannel { .. } => true,
            Self::Ask(form) => form.token.changes_something(),
            Self::List { .. }
            | Self::Show { .. }
            | Self::Whose { .. }
            | Self::Review { .. }
            | Self::Stats(_)
            | Self::Who { .. }
            | Self::Export { .. }
            | Self::Check
            | Self::Help(_)
            | Self::Suggest { .. }
            | Self::SuggestNothing
            | Self::Refuse(_) => false,
        }
    }

    /// Whether working on it changes something on the platform.
    pub(super) fn acts(&self) -> bool {
        matches!(
            self,
            Self::Revoke { .. }
                | Self::Rotate { .. }
                | Self::Create { .. }
                | Self::Pause { .. }
                | Self::Resume { .. }
                | Self::Clean { .. }
        )
    }

    fn needs(&self) -> Needs {
        match self {
            Self::Help(_)
            | Self::Ask(_)
            | Self::SuggestNothing
            | Self::Refuse(_)
            | Self::Cancel(_)
            // It tells what is missing.
            | Self::Check => Needs::Nothing,
            Self::List { .. }
            | Self::Show { .. }
            | Self::Whose { .. }
            | Self::Review { .. }
            | Self::Stats(_)
            | Self::Who { .. }
            | Self::Export { .. }
            | Self::Suggest { .. } => Needs::List,
            Self::AskRevoke { .. }
            | Self::Revoke { .. }
            | Self::PreviewClean { .. }
            | Self::Clean { .. }
            | Self::Pause { .. }
            | Self::Resume { .. } => Needs::Right(Right::ManageGuild),
            Self::Create { .. } | Self::SuggestChannel { .. } => Needs::Right(Right::CreateInvite),
            Self::AskRotate { .. } | Self::Rotate { .. } => Needs::Both,
        }
    }
}

fn command(command: Command) -> (Task, Placement) {
    let placement = |share| {
        if share {
            Placement::Shared
        } else {
            Placement::Private
        }
    };
    let private = |task| (task, Placement::Private);
    match command {
        Command::List { wish, share } => (Task::list(wish), placement(share)),
        Command::Show { code, share } => {
            let task = Task::Show {
                key: Key::Code(code),
                back: View::default(),
                freshness: Freshness::Recent,
            };
            (task, placement(share))
        }
        Command::Review { share } => {
            let freshness = Freshness::Recent;
            (Task::Review { freshness }, placement(share))
        }
        Command::Stats { by, share } => (Task::Stats(by), placement(share)),
        Command::Who { code } => private(Task::Who {
            key: Key::Code(code),
            page: 1,
            back: View::default(),
        }),
        Command::Revoke { code, reason } => private(Task::AskRevoke {
            key: Key::Code(code),
            reason,
        }),
        Command::Clean { wish, reason } => private(Task::PreviewClean {
            wish,
            page: 1,
            seen: None,
            freshness: Freshness::Recent,
            reason,
        }),
        Command::Create { wish, reason } => private(Task::Create { wish, reason }),
        Command::Rotate { code, reason } => private(Task::AskRotate {
            key: Key::Code(code),
            reason,
        }),
        Command::Pause { duration, reason } => private(Task::Pause {
            duration,
            back: View::default(),
            reason,
        }),
        Command::Resume { reason } => private(Task::Resume {
            back: View::default(),
            reason,
        }),
        Command::Check => private(Task::Check),
        Command::Export { wish, format } => private(Task::Export { wish, format }),
        Command::Help { topic } => private(Task::Help(topic)),
    }
}
