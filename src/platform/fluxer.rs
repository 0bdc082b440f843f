//! Fluxer's API, on reqwest.
//!
//! Facts: errors carry a `code` string (the `message` is translated), a 429 says in its body how
//! long to wait, in seconds with fractions; a front proxy may answer with something that is not
//! JSON. The secret part of a bot's token is checked by a slow hash on every call, so calls are few.

pub(super) mod changes;
pub(super) mod discovery;
mod door;
pub(crate) mod messages;
pub(crate) mod rights;
mod setup;

use gatehouse_commands::{
    Channel, Code, GuildId, Listing, MEMBERS_MAX, Members, Overview, PlatformErrorKind as Kind,
    PlatformName,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use self::discovery::LinkBase;
pub(crate) use self::door::Door;
use super::{
    failed::Failed,
    gate::Gate,
    rest::{Answered, Api, Ask, Said, with_grace},
    route::Route,
    wire::{self, Listed},
};
use crate::{clock::Clock, config::PlatformConfig, http, metrics::Calls};

/// Types of channels that an invite can lead into: text, voice, category.
pub(super) const CHANNEL_TYPES: [u64; 3] = [0, 2, 4];

/// A Fluxer instance.
#[derive(Debug)]
pub(crate) struct Fluxer {
    given: String,
    token: Option<SecretString>,
    /// Whether the operator gave a key for signed interactions.
    has_key: bool,
    clock: Clock,
    gate: Gate,
    calls: Calls,
    client: http::Client,
    base: OnceCell<String>,
    link_base: LinkBase,
}

impl Fluxer {
    /// Reaches the instance that the operator named; asks nothing yet.
    pub(crate) fn new(config: &PlatformConfig, clock: Clock, gate: Gate, calls: Calls) -> Self {
        Self {
            given: config.api.clone(),
            token: config.token.clone(),
            has_key: !config.public_keys.is_empty(),
            clock,
            gate,
            calls,
            client: http::Client::default(),
            base: OnceCell::new(),
            link_base: LinkBase::default(),
        }
    }

    /// All invites of a guild, with the guild's name and state.
    pub(super) async fn listing(&self, guild: GuildId) -> Result<Listing, Failed> {
        if self.token.is_none() {
            return Err(Failed::new(PlatformName::Fluxer, Kind::NoToken));
        }
        let base = self.base().await?;
        // The list is what was asked for: the rest is waited for only a little longer.
        let listed = CancellationToken::new();
        let list = async {
            let said = self.read(&Ask::to(Route::GuildInvites, &[&guild])).await?;
            listed.cancel();
            Ok(said)
        };
        let (list, link_base) = tokio::try_join!(list, with_grace(&listed, self.link_base(base)))?;
        let read_at = self.clock.now();
        let Listed {
            invites,
            unreadable,
            overview,
        } = list.read(wire::read_invites)?;
        let overview = match overview {
            Some(overview) => Some(overview),
            // There is no invite that would tell of the guild.
            None => with_grace(&listed, async { self.overview(guild).await.ok() }).await?,
        };
        Ok(Listing {
            invites,
            overview,
            unreadable,
            link_base,
            read_at,
        })
    }

    /// Counts what is sent past [`Self::send_once`].
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Bounds what is read past [`Self::send_once`].
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// A request below the API's base, without a token.
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, Failed> {
        let base = self.base().await?;
        Ok(self.client.request(method, &format!("{base}/{path}")))
    }

    /// The guild itself.
    pub(super) async fn overview(&self, guild: GuildId) -> Result<Overview, Failed> {
        let said = self.read(&Ask::to(Route::Guild, &[&guild])).await?;
        said.read(|body| wire::read_overview(body, self.clock.now()))
    }

    /// The channels that an invite can lead into.
    pub(super) async fn channels(&self, guild: GuildId) -> Result<Vec<Channel>, Failed> {
        let ask = Ask::to(Route::GuildChannels, &[&guild]);
        let said = self.read(&ask).await?;
        said.read(|body| wire::read_channels(body, &CHANNEL_TYPES))
    }

    /// Members who came through an invite, newest first, from the `offset`th on.
    pub(super) async fn members(
        &self,
        guild: GuildId,
        code: &Code,
        offset: u32,
    ) -> Result<Members, Failed> {
        let search = json!({
            "source_invite_code": [code.as_str()],
            "limit": MEMBERS_MAX,
            "offset": offset,
            "sort_by": "joinedAt",
            "sort_order": "desc",
        });
        let ask = Ask::to(Route::MembersSearch, &[&guild]).with(search);
        self.read(&ask).await?.read(wire::read_members)
    }

    /// Asks for something that changes nothing.
    async fn read(&self, ask: &Ask) -> Result<Said, Failed> {
        ask.read(&self.api(true).await?).await
    }

    /// Asks for something that changes nothing, and gives its answer, whatever the answer is.
    async fn look_up(&self, ask: &Ask) -> Result<Answered, Failed> {
        ask.send_patiently(&self.api(true).await?).await
    }

    /// Sends a request once.
    async fn send_once(&self, ask: &Ask, with_token: bool) -> Result<Answered, Failed> {
        ask.send(&self.api(with_token).await?).await
    }

    async fn api(&self, with_token: bool) -> Result<Api<'_>, Failed> {
        if with_token && self.token.is_none() {
            return Err(Failed::new(PlatformName::Fluxer, Kind::NoToken));
        }
        let token = self.token.as_ref().filter(|_| with_token);
        Ok(self.api_at(self.base().await?, token))
    }

    const fn api_at<'a>(&'a self, base: &'a str, token: Option<&'a SecretString>) -> Api<'a> {
        Api {
            calls: &self.calls,
            gate: &self.gate,
            client: &self.client,
            base,
            token,
            refused: refused_with,
        }
    }
}

pub(crate) fn refused_with(answered: &Answered) -> Failed {
    refused(
        answered.status,
        answered.retry_after(),
        answered.said.bytes(),
    )
}

/// An answer that is no success. `retry_after` as its header says, in seconds.
pub(super) fn refused(status: StatusCode, retry_after: Option<f64>, body: &[u8]) -> Failed {
    let refusal = wire::Refusal::read(body);
    let code = refusal.code.as_deref();
    let kind = match (status, code) {
        (_, Some("UNAUTHORIZED" | "MISSING_AUTHORIZATION")) | (StatusCode::UNAUTHORIZED, _) => {
            Kind::TokenRefused
        }
        (_, Some("RATE_LIMITED")) | (StatusCode::TOO_MANY_REQUESTS, _) => Kind::RateLimited {
            retry_after: refusal.wait(retry_after),
        },
        (_, Some("UNKNOWN_GUILD")) => Kind::UnknownGuild,
        (_, Some("UNKNOWN_CHANNEL")) => Kind::UnknownChannel,
        (_, Some("MAX_INVITES")) => Kind::TooManyInvites,
        (StatusCode::FORBIDDEN, Some("MISSING_PERMISSIONS" | "MISSING_ACCESS")) => {
            Kind::MissingPermission
        }
        // Not the API: a proxy in front of it, or something else altogether.
        (
            StatusCode::FORBIDDEN,
            None
            // Nothing that granting a permission would mend.
            | Some(
                "ACCESS_DENIED"
                | "ACCOUNT_SUSPICIOUS_ACTIVITY"
                | "COMMUNICATION_DISABLED"
                | "FEATURE_TEMPORARILY_DISABLED"
                | "GLOBAL_IP_BANNED"
                | "GLOBAL_IP_TEMPORARILY_BANNED"
                | "INVITES_DISABLED",
            ),
        ) => Kind::Refused,
        (StatusCode::FORBIDDEN, Some(_)) => Kind::MissingPermission,
        (status, _) if status.is_server_error() => Kind::Broken,
        _ => Kind::Refused,
    };
    Failed::new(PlatformName::Fluxer, kind)
        .of_everything(refusal.global)
        .answered(status.as_u16(), refusal.code)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn captured_refusals_are_told_apart() {
        let told = |name: &str| {
            let file = wire::captured_file(name);
            let status = u16::try_from(file["response"]["status"].as_u64().unwrap()).unwrap();
            let body = serde_json::to_vec(&file["response"]["body"]).unwrap();
            refused(StatusCode::from_u16(status).unwrap(), None, &body)
                .error
                .kind
        };
        let limited = |millis| Kind::RateLimited {
            retry_after: Some(SignedDuration::from_millis(millis)),
        };
        for (name, kind) in [
            ("guild_invites_list_400_bad_snowflake", Kind::Refused),
            ("guild_invites_list_401_bad_token", Kind::TokenRefused),
            ("guild_invites_list_401_malformed_token", Kind::TokenRefused),
            ("guild_invites_list_401_no_auth", Kind::TokenRefused),
            (
                "guild_invites_list_403_bot_not_a_member",
                Kind::MissingPermission,
            ),
            (
                "guild_invites_list_403_missing_permissions",
                Kind::MissingPermission,
            ),
            ("guild_get_403_bot_not_a_member", Kind::MissingPermission),
            ("guild_invites_list_404_unknown_guild", Kind::UnknownGuild),
            ("guild_invites_list_429", limited(141)),
            ("global_429_no_auth", limited(5)),
            ("guild_invites_list_503_gateway_down", Kind::Broken),
            ("route_404", Kind::Refused),
            ("invite_create_400_validation", Kind::Refused),
            ("invite_create_404_unknown_channel", Kind::UnknownChannel),
            ("invite_create_429", limited(2_528)),
            (
                "invite_delete_403_missing_permissions",
                Kind::MissingPermission,
            ),
            ("invites_disabled_patch_400", Kind::Refused),
            ("invites_disabled_patch_403", Kind::MissingPermission),
            ("members_search_400", Kind::Refused),
            ("members_search_403", Kind::MissingPermission),
        ] {
            assert_eq!(told(name), kind, "{name}");
        }
    }

    #[test]
    fn bodies_that_are_not_json_are_told_by_their_status() {
        let told = |status| refused(status, None, b"<html>").error.kind;
        assert_eq!(told(StatusCode::BAD_GATEWAY), Kind::Broken);
        assert_eq!(told(StatusCode::FORBIDDEN), Kind::Refused);
        assert_eq!(told(StatusCode::FOUND), Kind::Refused);
        assert_eq!(
            told(StatusCode::TOO_MANY_REQUESTS),
            Kind::RateLimited { retry_after: None }
        );
        let waits = refused(StatusCode::TOO_MANY_REQUESTS, Some(7.0), b"<html>");
        assert_eq!(waits.wait(), Some(Duration::from_secs(7)));
    }
}
