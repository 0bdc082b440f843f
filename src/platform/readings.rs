//! One body, read as everything that a platform's answer can be. For whoever tries the readers
//! alone, see [`parts`](crate::parts).

use gatehouse_commands::{Channel, Invite, Members, Overview, PlatformErrorKind, Reason};
use jiff::Timestamp;
use reqwest::StatusCode;

use super::{
    discord, fluxer,
    wire::{self, Listed},
};

/// What each reader makes of a body; `None` where it refuses it.
#[derive(Debug)]
pub struct Readings {
    /// A list of invites.
    pub invites: Option<Listed>,
    /// An invite.
    pub invite: Option<Invite>,
    /// A guild.
    pub overview: Option<Overview>,
    /// A guild's channels, on either platform.
    pub channels: Option<Vec<Channel>>,
    /// What a search for members found.
    pub members: Option<Members>,
    /// The bot's own name.
    pub bot: Option<String>,
    /// What codes can be put behind to make a link.
    pub link_base: Option<String>,
    /// Whether it can be read as something of which nothing is shown: roles, a member, what a
    /// guild's roles allow, its features, a key.
    pub is_more: bool,
    /// What it means with a status that is no success, on either platform.
    pub refusals: Vec<PlatformErrorKind>,
}

impl Readings {
    /// Reads a body that arrived at this moment.
    pub fn of(body: &[u8], now: Timestamp) -> Self {
        let channels = |kinds: &[u64]| wire::read_channels(body, kinds).ok();
        let refused = |status: StatusCode| {
            [
                discord::refused(status.as_u16(), None, body).error.kind,
                fluxer::refused(status, None, body).error.kind,
            ]
        };
        let statuses = [
            StatusCode::BAD_REQUEST,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        Self {
            invites: wire::read_invites(body).ok(),
            invite: wire::read_invite(body).ok(),
            overview: wire::read_overview(body, now).ok(),
            channels: channels(&discord::CHANNEL_TYPES).or(channels(&fluxer::CHANNEL_TYPES)),
            members: wire::read_members(body).ok(),
            bot: wire::read_me(body).ok().map(|me| me.name),
            link_base: fluxer::discovery::read_link_base(body),
            is_more: wire::read_roles(body).is_ok()
                | wire::read_member(body).is_ok()
                | wire::read_guild_rights(body).is_ok()
                | wire::features_without_pause(body).is_ok()
                | wire::read_verify_key(body).is_ok(),
            refusals: statuses.into_iter().flat_map(refused).collect(),
        }
    }
}

/// A reason as it goes into the header for the audit log: on Discord, on Fluxer.
pub(crate) fn audit_entries(reason: &Reason) -> [String; 2] {
    [
        discord::changes::written(reason),
        fluxer::changes::written(reason),
    ]
}
