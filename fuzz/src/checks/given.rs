//! A platform that holds what it was given and does whatever it is told, and the surroundings of a
//! command that never waits.

use std::sync::{Arc, LazyLock};

use futures_util::FutureExt;
use gatehouse::parts::{Listed, Readings};
use gatehouse_commands::{
    Actor, Bot, Channel, Checkup, Code, Freshness, GuildId, GuildRef, Halt, Invite, Invocation,
    Listing, Member, Members, NewInvite, Outcome, Overview, Pause, Permissions, Place, Plan,
    Platform, PlatformError, PlatformErrorKind, PlatformName, Reason, Reply, Request, Revoked,
    RunId, Stage, UserId, Value, Words, newest_first,
};
use jiff::{SignedDuration, Timestamp};

use super::{NOW, fixtures, looks};

/// What the platform knows.
#[derive(Clone, Default)]
pub(super) struct Given {
    pub(super) invites: Vec<Invite>,
    pub(super) overview: Option<Overview>,
    pub(super) members: Members,
    pub(super) channels: Vec<Channel>,
    pub(super) unreadable: usize,
    pub(super) link_base: Option<String>,
}

impl Given {
    /// The captured community.
    pub(super) fn captured() -> Self {
        static CAPTURED: LazyLock<Given> = LazyLock::new(Given::read);
        CAPTURED.clone()
    }

    fn read() -> Self {
        let listed = Readings::of(&fixtures::invites(), NOW).invites;
        let Listed {
            invites,
            unreadable,
            overview,
        } = listed.expect("the captured list can be read");
        let channels = invites.iter().filter_map(|invite| invite.channel.clone());
        Self {
            channels: channels.map(|channel| Channel::clone(&channel)).collect(),
            invites,
            unreadable,
            overview,
            link_base: Some("https://fluxer.example/invite".to_owned()),
            ..Self::default()
        }
    }

    /// A moderator's invocation in the one guild that there is.
    pub(super) fn invocation(request: Request) -> Invocation {
        let here = GuildRef {
            platform: PlatformName::Fluxer,
            id: GuildId::new(1_103_730_309_070_848_131).expect("not zero"),
        };
        let everything = Permissions::from_decimal("41");
        Invocation {
            place: Some(Place {
                here,
                target: here,
                bot: Bot {
                    is_installed: Some(true),
                    permissions: everything,
                },
            }),
            member: Member {
                permissions: everything.unwrap_or_default(),
                has_moderator_role: false,
            },
            actor: Actor {
                id: UserId::new(u64::MAX),
                name: "ann".to_owned(),
            },
            request,
        }
    }

    /// What a moderator is answered, after everything that goes out has been looked at.
    pub(super) fn answer(&self, request: Request) -> Reply {
        self.outcome(&Self::invocation(request))
    }

    /// The same, whoever asks.
    pub(super) fn outcome(&self, invocation: &Invocation) -> Reply {
        let plan = Plan::of(invocation);
        let Outcome { reply, .. } = plan
            .run(self, &Still)
            .now_or_never()
            .expect("nothing here waits");
        looks::look_at(&reply, &invocation.request);
        reply
    }

    /// A command about the first invite that there is, where it takes one.
    pub(super) fn about_the_first(&self, name: &str, options: &[(&str, &str)]) -> Words {
        let mut words = command(name, options);
        let takes_code = matches!(name, "show" | "who" | "rotate" | "revoke");
        if let Some(first) = self.invites.first().filter(|_| takes_code) {
            let code = Value::Text(first.code.as_str().to_owned());
            words.options.push(("code".to_owned(), code));
        }
        words
    }

    fn listing(&self) -> Listing {
        let mut invites = self.invites.clone();
        newest_first(&mut invites);
        Listing {
            invites,
            overview: self.overview.clone(),
            unreadable: self.unreadable,
            link_base: self.link_base.clone(),
            read_at: NOW - SignedDuration::from_secs(4),
        }
    }

    fn unknown<T>(guild: GuildRef) -> Result<T, PlatformError> {
        let kind = PlatformErrorKind::Unreadable;
        Err(PlatformError::new(guild.platform, kind))
    }
}

impl Platform for Given {
    async fn invites(
        &self,
        _guild: GuildRef,
        _freshness: Freshness,
    ) -> Result<Arc<Listing>, PlatformError> {
        Ok(Arc::new(self.listing()))
    }

    async fn overview(&self, guild: GuildRef) -> Result<Overview, PlatformError> {
        self.overview.clone().map_or(Self::unknown(guild), Ok)
    }

    async fn channels(&self, _guild: GuildRef) -> Result<Arc<Vec<Channel>>, PlatformError> {
        Ok(Arc::new(self.channels.clone()))
    }

    async fn revoke(
        &self,
        _guild: GuildRef,
        _code: &Code,
        reason: &Reason,
    ) -> Result<Revoked, PlatformError> {
        looks::look_at_reason(reason);
        Ok(Revoked::Done)
    }

    async fn create(
        &self,
        guild: GuildRef,
        _new: &NewInvite,
        reason: &Reason,
    ) -> Result<Invite, PlatformError> {
        looks::look_at_reason(reason);
        self.invites
            .first()
            .cloned()
            .map_or(Self::unknown(guild), Ok)
    }

    async fn set_pause(
        &self,
        _guild: GuildRef,
        _pause: Option<Pause>,
        reason: &Reason,
    ) -> Result<(), PlatformError> {
        looks::look_at_reason(reason);
        Ok(())
    }

    async fn members(
        &self,
        _guild: GuildRef,
        _code: &Code,
        _offset: u32,
    ) -> Result<Members, PlatformError> {
        Ok(self.members.clone())
    }

    async fn checkup(&self, _place: Option<&Place>) -> Checkup {
        Checkup::default()
    }
}

/// A command with options, all values as texts.
pub(super) fn command(name: &str, options: &[(&str, &str)]) -> Words {
    let option = |(name, value): &(&str, &str)| {
        let value = Value::Text((*value).to_owned());
        ((*name).to_owned(), value)
    };
    Words {
        command: Some(name.to_owned()),
        options: options.iter().map(option).collect(),
    }
}

/// A reason as one of our messages shows it.
pub(super) fn shown_reason(typed: &str) -> Option<String> {
    let reason = Reason::new(Some(typed), &Actor::default());
    reason.given().map(str::to_owned)
}

/// Time stands still.
struct Still;

impl Stage for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn run(&self) -> RunId {
        RunId(u64::MAX)
    }

    fn progress(&self, reply: Reply) {
        looks::look_at_edit(&reply);
    }

    fn halt(&self) -> Option<Halt> {
        None
    }

    async fn wait(&self, _duration: SignedDuration) {}

    fn cancel(&self, _run: RunId) -> Option<Reply> {
        None
    }
}
