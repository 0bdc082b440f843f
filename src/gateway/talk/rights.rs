//! What whoever speaks may do, as the platform says it: read afresh, and good for some seconds.

use std::{sync::Arc, time::Duration};

use gatehouse_commands::{Actor, GuildId, GuildRef, Member, PlatformError, PlatformName, UserId};
use tokio::{sync::OnceCell, time::timeout};

use super::memory::Memory;
use crate::{
    platform::{
        Failed, PLATFORM_TIMEOUT,
        fluxer::{
            Fluxer,
            rights::{Roles, Standing},
        },
    },
    service::Service,
};

/// How long what was read is good for: whoever loses a right keeps it for no longer.
pub(super) const LIFETIME: Duration = Duration::from_secs(10);

/// Members, and guilds, of whom it is remembered.
const REMEMBERED_MAX: usize = 10_000;

/// What is asked for once, however many wait for it.
type Once<T> = Arc<OnceCell<T>>;

/// Who may do what, as far as it was read lately. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Rights {
    roles: Memory<GuildId, Once<Arc<Roles>>>,
    members: Memory<(GuildId, UserId), Once<Option<Arc<Standing>>>>,
}

/// Who speaks, and what they may do.
#[derive(Clone, Debug, Default)]
pub(super) struct Speaker {
    pub(super) member: Member,
    pub(super) actor: Actor,
}

impl Default for Rights {
    fn default() -> Self {
        Self {
            roles: Memory::new(REMEMBERED_MAX, LIFETIME),
            members: Memory::new(REMEMBERED_MAX, LIFETIME),
        }
    }
}

impl Rights {
    /// What somebody may do in a guild; nothing for whoever is no member or timed out.
    pub(super) async fn of(
        &self,
        fluxer: &Fluxer,
        service: &Service,
        guild: GuildId,
        user: UserId,
    ) -> Result<Speaker, PlatformError> {
        // Whoever asks meanwhile waits for the same answer.
        let roles = self.roles.get_or(guild, Arc::default);
        let roles = roles.get_or_try_init(async || fluxer.roles(guild).await.map(Arc::new));
        let roles = Box::pin(in_time(roles));
        let member = self.members.get_or((guild, user), Arc::default);
        let member =
            member.get_or_try_init(async || Ok(fluxer.member(guild, user).await?.map(Arc::new)));
        let member = Box::pin(in_time(member));
        let (roles, member) = tokio::try_join!(roles, member).map_err(|failed| failed.error)?;
        let Some(member) = member else {
            return Ok(Speaker::default());
        };
        let actor = Actor {
            id: Some(user),
            name: member.tag.clone(),
        };
        let now = service.clock().now();
        if member.silenced_until.is_some_and(|until| until > now) {
            return Ok(Speaker {
                actor,
                ..Speaker::default()
            });
        }
        let named = service.has_moderator_role(PlatformName::Fluxer, member.roles.iter().copied());
        Ok(Speaker {
            member: Member {
                permissions: roles.permissions(guild, user, &member.roles),
                has_moderator_role: named,
            },
            actor,
        })
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let late = Failed::new(
        PlatformName::Fluxer,
        gatehouse_commands::PlatformErrorKind::TimedOut,
    );
    timeout(PLATFORM_TIMEOUT, asked).await.unwrap_or(Err(late))
}

/// The guild on this platform.
pub(super) const fn here(id: GuildId) -> GuildRef {
    GuildRef {
        platform: PlatformName::Fluxer,
        id,
    }
}
