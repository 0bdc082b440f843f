//! What is asked of a platform's API: a closed set of methods and paths.

use std::fmt::{Display, Write};

use gatehouse_commands::PlatformName;
use reqwest::Method;

use crate::metrics::{Closed, closed};

closed! {
    /// A method and a path below the API's base, without what tells one guild, invite or
    /// interaction from another.
    pub(crate) enum Route {
        /// A guild's invites.
        GuildInvites = "GET /guilds/{id}/invites",
        /// A guild.
        Guild = "GET /guilds/{id}",
        /// A guild's channels.
        GuildChannels = "GET /guilds/{id}/channels",
        /// A guild's roles.
        GuildRoles = "GET /guilds/{id}/roles",
        /// A member of a guild.
        GuildMember = "GET /guilds/{id}/members/{id}",
        /// Members of a guild by what is asked for.
        MembersSearch = "POST /guilds/{id}/members-search",
        /// Ends an invite.
        DeleteInvite = "DELETE /invites/{code}",
        /// Makes an invite.
        CreateInvite = "POST /channels/{id}/invites",
        /// Pauses joining for a time.
        IncidentActions = "PUT /guilds/{id}/incident-actions",
        /// Changes a guild.
        ChangeGuild = "PATCH /guilds/{id}",
        /// Pauses joining, or lets it go on.
        InvitesDisabled = "PATCH /guilds/{id}/invites-disabled",
        /// Whose token it is.
        Me = "GET /users/@me",
        /// Which application's token it is.
        Application = "GET /applications/@me",
        /// The commands that are registered everywhere.
        Commands = "GET /applications/{id}/commands",
        /// Adds a command everywhere.
        PutCommand = "POST /applications/{id}/commands",
        /// Takes a command away everywhere.
        RemoveCommand = "DELETE /applications/{id}/commands/{id}",
        /// The commands that are registered in a guild.
        GuildCommands = "GET /applications/{id}/guilds/{id}/commands",
        /// Adds a command in a guild.
        PutGuildCommand = "POST /applications/{id}/guilds/{id}/commands",
        /// Takes a command away in a guild.
        RemoveGuildCommand = "DELETE /applications/{id}/guilds/{id}/commands/{id}",
        /// Where the gateway is: the cheapest request there is.
        Gateway = "GET /gateway",
        /// Where the gateway is, and how it is to be connected to.
        GatewayBot = "GET /gateway/bot",
        /// Sends a message.
        SendMessage = "POST /channels/{id}/messages",
        /// Changes a message.
        EditMessage = "PATCH /channels/{id}/messages/{id}",
        /// A message.
        Message = "GET /channels/{id}/messages/{id}",
        /// Adds a reaction.
        React = "PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me",
        /// Takes a reaction of ours away.
        Unreact = "DELETE /channels/{id}/messages/{id}/reactions/{emoji}/@me",
        /// Takes somebody else's reaction away.
        UnreactOther = "DELETE /channels/{id}/messages/{id}/reactions/{emoji}/{id}",
        /// Where somebody is written to alone.
        OpenDirect = "POST /users/@me/channels",
        /// What an instance tells of itself.
        WellKnown = "GET /.well-known/fluxer",
        /// Replaces an answer that was deferred.
        Edit = "PATCH /webhooks/{id}/{token}/messages/@original",
        /// Adds a message to an answer.
        FollowUp = "POST /webhooks/{id}/{token}",
    }
}

impl Route {
    /// Every one.
    pub(crate) const ALL: [Self; 31] = [
        Self::GuildInvites,
        Self::Guild,
        Self::GuildChannels,
        Self::GuildRoles,
        Self::GuildMember,
        Self::MembersSearch,
        Self::DeleteInvite,
        Self::CreateInvite,
        Self::IncidentActions,
        Self::ChangeGuild,
        Self::InvitesDisabled,
        Self::Me,
        Self::Application,
        Self::Commands,
        Self::PutCommand,
        Self::RemoveCommand,
        Self::GuildCommands,
        Self::PutGuildCommand,
        Self::RemoveGuildCommand,
        Self::Gateway,
        Self::GatewayBot,
        Self::SendMessage,
        Self::EditMessage,
        Self::Message,
        Self::React,
        Self::Unreact,
        Self::UnreactOther,
        Self::OpenDirect,
        Self::WellKnown,
        Self::Edit,
        Self::FollowUp,
    ];

    /// Whether this platform is asked for it.
    pub(crate) const fn is_of(self, platform: PlatformName) -> bool {
        let is_discords = !matches!(
            self,
            Self::MembersSearch
                | Self::InvitesDisabled
                | Self::GatewayBot
                | Self::SendMessage
                | Self::EditMessage
                | Self::Message
                | Self::React
                | Self::Unreact
                | Self::UnreactOther
                | Self::OpenDirect
                | Self::WellKnown
        );
        let is_fluxers = !matches!(
            self,
            Self::IncidentActions
                | Self::ChangeGuild
                | Self::Application
                | Self::Commands
                | Self::PutCommand
                | Self::RemoveCommand
                | Self::GuildCommands
                | Self::PutGuildCommand
                | Self::RemoveGuildCommand
                | Self::Gateway
        );
        match platform {
            PlatformName::Discord => is_discords,
            PlatformName::Fluxer => is_fluxers,
        }
    }

    /// Its method.
    pub(crate) fn method(self) -> Method {
        let (method, _) = self.halves();
        Method::from_bytes(method.as_bytes()).expect("a route begins with a method")
    }

    /// Its path without a slash before it, with these for what is left open.
    pub(crate) fn path(self, parts: &[&(dyn Display + Sync)]) -> String {
        let (_, path) = self.halves();
        let mut pieces = path.split(['{', '}']);
        let mut text = pieces.next().unwrap_or_default().to_owned();
        // From here on they are by turns the name of what is left open, and what follows it.
        for part in parts {
            pieces.next();
            let after = pieces.next().unwrap_or_default();
            write!(text, "{part}{after}").expect("a text takes all that is written");
        }
        debug_assert_eq!(pieces.next(), None, "something of {path} is left open");
        text
    }

    fn halves(self) -> (&'static str, &'static str) {
        self.word()
            .split_once(" /")
            .expect("a blank and a slash stand between method and path")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_open_is_filled_in_from_left_to_right() {
        assert_eq!(Route::Guild.path(&[&7]), "guilds/7");
        assert_eq!(Route::GuildInvites.path(&[&7]), "guilds/7/invites");
        assert_eq!(Route::GuildMember.path(&[&7, &8]), "guilds/7/members/8");
        assert_eq!(Route::Me.path(&[]), "users/@me");
        assert_eq!(Route::DeleteInvite.method(), Method::DELETE);
    }

    #[test]
    fn every_route_is_of_a_platform_and_at_its_place() {
        for (place, route) in Route::ALL.into_iter().enumerate() {
            assert_eq!(route as usize, place);
            assert!(PlatformName::ALL.iter().any(|on| route.is_of(*on)));
            let (method, path) = route.halves();
            assert!(route.method().as_str() == method && !path.starts_with('/'));
        }
        assert_eq!(Route::ALL.len(), Route::WORDS.len());
    }
}
