//! Values for unit tests.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    code::Code,
    id::{ChannelId, GuildId, UserId},
    invite::{Channel, Invite, Inviter, InviterKind, Usage},
    place::{GuildRef, PlatformName},
    platform::{Listing, Overview},
    query::newest_first,
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

pub(crate) fn listing(mut invites: Vec<Invite>) -> Listing {
    newest_first(&mut invites);
    Listing {
        invites,
        overview: Some(Overview {
            name: "Lantern Harbour".to_owned(),
            joins_paused: false,
        }),
        unreadable: 0,
        link_base: Some("https://fluxer.example/invite".to_owned()),
        read_at: NOW - SignedDuration::from_secs(4),
    }
}

impl Words {
    /// Words as a face hands them over, all values as texts.
    pub(crate) fn of(command: &str, options: &[(&str, &str)]) -> Self {
        Self {
            command: Some(command.to_owned()),
            options: options
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned())))
                .collect(),
        }
    }
}
