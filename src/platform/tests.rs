//! The adapters against a platform over real HTTP.

mod changes;
mod checkups;
mod debug;
mod pauses;
mod reading;
mod reasons;
mod trouble;

use std::collections::HashMap;

use gatehouse_commands::{Actor, ChannelId, GuildId, UserId};
use jiff::Timestamp;
use secrecy::SecretString;

use super::*;
use crate::{
    config::PlatformConfig,
    sandbox::platform::{
        Community, DISCORD_TOKEN, FLUXER_TOKEN, Recorded, Route, SampleChannel, SampleInvite,
        SamplePlatform,
    },
};

const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

const GUILD: u64 = 1_510_000_000_000_010_001;
const OTHER_GUILD: u64 = 1_510_000_000_000_020_001;

/// A sample platform, and the adapters that talk to it.
struct Bench {
    sample: SamplePlatform,
    platforms: Platforms,
}

impl Bench {
    /// With the [`community`] of one guild.
    async fn start() -> Self {
        Self::of(community(GUILD)).await
    }

    async fn of(community: Community) -> Self {
        Self::configured(community, |_| {}).await
    }

    async fn configured(community: Community, change: impl FnOnce(&mut Config)) -> Self {
        let sample = SamplePlatform::start(community).await.unwrap();
        let mut config = config(&sample);
        change(&mut config);
        let platforms = Platforms::new(&config, &Clock::system(), &Metrics::new());
        Self { sample, platforms }
    }

    async fn revoke(&self, guild: GuildRef, code: &str) -> Result<Revoked, PlatformErrorKind> {
        let (code, reason) = (self::code(code), reason());
        let revoked = self.platforms.revoke(guild, &code, &reason);
        revoked.await.map_err(|error| error.kind)
    }

    async fn create(&self, guild: GuildRef) -> Result<Invite, PlatformErrorKind> {
        self.create_so(guild, &new_invite()).await
    }

    async fn create_so(
        &self,
        guild: GuildRef,
        new: &NewInvite,
    ) -> Result<Invite, PlatformErrorKind> {
        let reason = reason();
        let created = self.platforms.create(guild, new, &reason);
        created.await.map_err(|error| error.kind)
    }

    async fn pause(&self, guild: GuildRef, pause: Option<Pause>) -> Result<(), PlatformErrorKind> {
        let reason = reason();
        let paused = self.platforms.set_pause(guild, pause, &reason);
        paused.await.map_err(|error| error.kind)
    }

    async fn codes(&self, guild: GuildRef, freshness: Freshness) -> Vec<String> {
        let listing = self.platforms.invites(guild, freshness).await.unwrap();
        let codes = listing.invites.iter().map(|one| one.code.as_str());
        codes.map(str::to_owned).collect()
    }

    /// Every request of this route so far.
    fn asked(&self, route: Route) -> Vec<Recorded> {
        let mut requests = self.sample.requests();
        requests.retain(|request| request.is(route));
        requests
    }
}

fn config(sample: &SamplePlatform) -> Config {
    let platform = |api, token| PlatformConfig {
        api,
        token: Some(SecretString::from(token)),
        public_keys: Vec::new(),
    };
    Config {
        listen: sample.address(),
        metrics_listen: None,
        links: HashMap::new(),
        moderator_roles: Vec::new(),
        discord: platform(sample.discord_api(), DISCORD_TOKEN),
        fluxer: platform(sample.fluxer_api(), FLUXER_TOKEN),
        fluxer_gateway: None,
    }
}

/// A guild with three invites, `a…`, `b…` and `c…`, into a channel of its own.
fn community(id: u64) -> Community {
    let invites = ["a", "b", "c"].map(|letter| SampleInvite {
        channel: channel(id),
        ..SampleInvite::new(&format!("{letter}{id}"), NOW)
    });
    Community::of(id, "Kite club").with_invites(invites.to_vec())
}

fn channel(guild: u64) -> SampleChannel {
    SampleChannel::text(guild + 100, "general")
}

fn at(platform: PlatformName, id: u64) -> GuildRef {
    let id = GuildId::new(id).unwrap();
    GuildRef { platform, id }
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

/// The code of one of a guild's invites.
fn code_of(letter: &str, guild: GuildRef) -> String {
    format!("{letter}{}", guild.id)
}

fn new_invite() -> NewInvite {
    NewInvite {
        channel: ChannelId::new(channel(GUILD).id).unwrap(),
        max_age: Some(SignedDuration::from_hours(12)),
        max_uses: Some(7),
        temporary: true,
    }
}

fn actor(name: &str) -> Actor {
    Actor {
        id: UserId::new(42),
        name: name.to_owned(),
    }
}

fn reason() -> Reason {
    Reason::new(Some("Spam link"), &actor("ann"))
}
