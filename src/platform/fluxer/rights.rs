//! What a member may do in a community, as its roles there say.

use gatehouse_commands::{GuildId, Permissions, RoleId, UserId};
use jiff::Timestamp;
use reqwest::StatusCode;

use super::{Ask, Failed, Fluxer, Route, refused_with};
use crate::platform::{
    rights::RightsInGuild,
    wire::{self, GuildRights, RolePermissions},
};

const UNKNOWN_MEMBER: &str = "UNKNOWN_MEMBER";

/// Who owns a community, and what its roles allow.
#[derive(Clone, Debug)]
pub(crate) struct Roles {
    rights: GuildRights,
    roles: Vec<RolePermissions>,
}

impl Roles {
    /// What a member with these roles may do.
    pub(crate) fn permissions(
        &self,
        guild: GuildId,
        member: UserId,
        own: &[RoleId],
    ) -> Permissions {
        RightsInGuild::of(member, guild, &self.rights, &self.roles, own).permissions()
    }
}

/// A member as far as it decides what they may do.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Roles beside the one that everyone has.
    pub(crate) roles: Vec<RoleId>,
    /// Until when the member is timed out.
    pub(crate) silenced_until: Option<Timestamp>,
    /// The account's name with its digits.
    pub(crate) tag: String,
}

impl Fluxer {
    /// Who owns a community, and its roles.
    pub(crate) async fn roles(&self, guild: GuildId) -> Result<Roles, Failed> {
        let said = self.read(&Ask::to(Route::Guild, &[&guild])).await?;
        let rights = said.read(wire::read_guild_rights)?;
        let roles = if let Some(roles) = &rights.roles {
            roles.clone()
        } else {
            let ask = Ask::to(Route::GuildRoles, &[&guild]);
            self.read(&ask).await?.read(wire::read_roles)?
        };
        Ok(Roles { rights, roles })
    }

    /// A member; `None` for somebody who is none.
    pub(crate) async fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> Result<Option<Standing>, Failed> {
        let ask = Ask::to(Route::GuildMember, &[&guild, &user]);
        let answered = self.look_up(&ask).await?;
        if answered.status.is_success() {
            let member = answered.said.read(wire::read_member)?;
            return Ok(Some(Standing {
                roles: member.roles,
                silenced_until: member.silenced_until,
                tag: member.tag,
            }));
        }
        let said = wire::Refusal::read(answered.said.bytes()).code;
        if answered.status == StatusCode::NOT_FOUND && said.as_deref() == Some(UNKNOWN_MEMBER) {
            return Ok(None);
        }
        Err(refused_with(&answered))
    }
}
