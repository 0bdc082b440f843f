//! Values for unit tests.

use std::{future::Future, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use crate::{
    checkup::Checkup,
    code::Code,
    id::{ChannelId, GuildId, UserId},
    invite::{Channel, Invite, Inviter, InviterKind, Usage},
    invocation::{Invocation, Place},
    place::{GuildRef, PlatformName},
    plan::{Outcome, Plan},
    platform::{
        Freshness, Listing, Members, NewInvite, Overview, Pause, Platform, PlatformError,
        PlatformErrorKind, Revoked, Vanity,
    },
    query::newest_first,
    reason::Reason,
    reply::Reply,
    stage::{Halt, Stage},
    token::RunId,
    words::{Value, Words},
};

/// 2026-08-21T12:00:00Z, the moment at which unit tests take place.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_787_313_600, 0);

pub(crate) fn guild() -> GuildRef {
    GuildRef {
        platform: PlatformName::Fluxer,
        id: GuildId::new(1_574_297_842_476_908_553).unwrap(),
    }
}

pub(crate) fn channel(id: u64, name: &str) -> Arc<Channel> {
    Arc::new(Channel {
        id: ChannelId::new(id).unwrap(),
        name: Some(name.to_owned()),
    })
}

pub(crate) fn inviter(id: u64, username: &str, display_name: Option<&str>) -> Arc<Inviter> {
    Arc::new(Inviter {
        id: UserId::new(id).unwrap(),
        username: username.to_owned(),
        discriminator: Some("0001".to_owned()),
        display_name: display_name.map(str::to_owned),
        kind: InviterKind::Person,
    })
}

/// Made an hour ago by Ann in #welcome, endless, 3 uses.
pub(crate) fn invite(code: &str) -> Invite {
    Invite {
        code: Code::new(code).unwrap(),
        channel: Some(channel(10, "welcome")),
        inviter: Some(inviter(20, "ann", Some("Ann"))),
        expires_at: None,
        usage: Some(Usage {
            uses: 3,
            max_uses: None,
            max_age: None,
            temporary: false,
            created_at: Some(NOW - SignedDuration::from_hours(1)),
        }),
        extras: None,
    }
}

pub(crate) fn overview() -> Overview {
    Overview {
        name: "Lantern Harbour".to_owned(),
        pause: None,
        vanity: Vanity::None,
    }
}

pub(crate) fn listing(mut invites: Vec<Invite>) -> Listing {
    newest_first(&mut invites);
    Listing {
        invites,
        overview: Some(overview()),
        unreadable: 0,
        link_base: Some("https://fluxer.example/invite".to_owned()),
        read_at: NOW - SignedDuration::from_secs(4),
    }
}

impl Words {
    /// Words as a face hands them over, all values as texts.
    pub(crate) fn with(command: &str, options: &[(&str, &str)]) -> Self {
        Self {
            command: Some(command.to_owned()),
            options: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned())))
                .collect(),
        }
    }
}

/// Gives one list, or one error; changes nothing.
pub(crate) struct Fixed(pub(crate) Result<Listing, PlatformErrorKind>);

impl Fixed {
    fn error<T>(guild: GuildRef, kind: PlatformErrorKind) -> Result<T, PlatformError> {
        Err(PlatformError::new(guild.platform, kind))
    }
}

impl Platform for Fixed {
    async fn invites(
        &self,
        guild: GuildRef,
        _freshness: Freshness,
    ) -> Result<Arc<Listing>, PlatformError> {
        let listing = self.0.clone().map(Arc::new);
        listing.or_else(|kind| Self::error(guild, kind))
    }

    async fn overview(&self, guild: GuildRef) -> Result<Overview, PlatformError> {
        match &self.0 {
            Ok(_) => Ok(overview()),
            Err(kind) => Self::error(guild, *kind),
        }
    }

    async fn channels(&self, guild: GuildRef) -> Result<Arc<Vec<Channel>>, PlatformError> {
        match &self.0 {
            Ok(_) => Ok(Arc::new(vec![(*channel(10, "welcome")).clone()])),
            Err(kind) => Self::error(guild, *kind),
        }
    }

    async fn revoke(
        &self,
        guild: GuildRef,
        _code: &Code,
        _reason: &Reason,
    ) -> Result<Revoked, PlatformError> {
        Self::error(guild, PlatformErrorKind::Refused)
    }

    async fn create(
        &self,
        guild: GuildRef,
        _new: &NewInvite,
        _reason: &Reason,
    ) -> Result<Invite, PlatformError> {
        Self::error(guild, PlatformErrorKind::Refused)
    }

    async fn set_pause(
        &self,
        guild: GuildRef,
        _pause: Option<Pause>,
        _reason: &Reason,
    ) -> Result<(), PlatformError> {
        Self::error(guild, PlatformErrorKind::Refused)
    }

    async fn members(
        &self,
        _guild: GuildRef,
        _code: &Code,
        _offset: u32,
    ) -> Result<Members, PlatformError> {
        Ok(Members::default())
    }

    async fn checkup(&self, _place: Option<&Place>) -> Checkup {
        Checkup::default()
    }
}

/// A stage on which time stands still.
pub(crate) struct Still;

impl Stage for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn run(&self) -> RunId {
        RunId(1)
    }

    fn progress(&self, _reply: Reply) {}

    fn halt(&self) -> Option<Halt> {
        None
    }

    async fn wait(&self, _duration: SignedDuration) {}

    fn cancel(&self, _run: RunId) -> Option<Reply> {
        None
    }
}

/// What a future gives that never has to wait.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("there is nothing to wait for"),
    }
}

/// What an invocation comes to.
pub(crate) fn outcome(invocation: &Invocation, platform: &impl Platform) -> Outcome {
    at_once(Plan::of(invocation).run(platform, &Still))
}

/// Must not be asked.
pub(crate) struct Nobody;

impl Platform for Nobody {
    async fn invites(&self, _: GuildRef, _: Freshness) -> Result<Arc<Listing>, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn overview(&self, _: GuildRef) -> Result<Overview, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn channels(&self, _: GuildRef) -> Result<Arc<Vec<Channel>>, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn revoke(&self, _: GuildRef, _: &Code, _: &Reason) -> Result<Revoked, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn create(
        &self,
        _: GuildRef,
        _: &NewInvite,
        _: &Reason,
    ) -> Result<Invite, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn set_pause(
        &self,
        _: GuildRef,
        _: Option<Pause>,
        _: &Reason,
    ) -> Result<(), PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn members(&self, _: GuildRef, _: &Code, _: u32) -> Result<Members, PlatformError> {
        panic!("nobody is to be asked")
    }

    async fn checkup(&self, _: Option<&Place>) -> Checkup {
        panic!("nobody is to be asked")
    }
}
