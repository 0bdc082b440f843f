//! Names of the sample community's channels and people, for mentions and for menus of them.

use std::collections::BTreeMap;

use super::super::{
    client::{CHANNEL_ID, CHANNEL_NAME},
    persona::Persona,
    platform::{Community, FLUXER_BOT_ID, SampleInviter},
};

/// Names by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// Channels.
    pub(super) channels: BTreeMap<u64, String>,
    /// People and bots.
    pub(super) people: BTreeMap<u64, String>,
}

impl Directory {
    /// Everybody and everything that the community's invites name, and whoever is at the keyboard.
    pub(super) fn of(community: &Community) -> Self {
        let channels = community.channels.iter();
        let mut channels: BTreeMap<_, _> = channels
            .map(|channel| (channel.id, channel.name.clone()))
            .collect();
        channels.insert(CHANNEL_ID, CHANNEL_NAME.to_owned());
        let makers = community
            .invites
            .iter()
            .filter_map(|invite| match &invite.inviter {
                SampleInviter::Known(user) => Some(user),
                SampleInviter::Null | SampleInviter::Absent => None,
            });
        let name = |user: &super::super::platform::SampleUser| {
            let name = user.global_name.as_ref().unwrap_or(&user.username);
            (user.id, name.clone())
        };
        let mut people: BTreeMap<_, _> = makers.map(name).collect();
        people.insert(FLUXER_BOT_ID, "Gatehouse".to_owned());
        people.extend(Persona::ALL.map(|persona| (persona.id(), persona.name().to_owned())));
        Self { channels, people }
    }
}
