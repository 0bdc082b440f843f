//! What changes something on Discord. Each request is sent once.

use std::time::Duration;

use gatehouse_commands::{
    Code, GuildId, Invite, NewInvite, Pause, PlatformErrorKind as Kind, PlatformName, Reason,
    Revoked,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Answered, Ask, Discord, Failed, Route, code, refused_with};
use crate::platform::wire;

impl Discord {
    /// Ends an invite; tells also how long no more may be ended after it, where that is said.
    pub(in crate::platform) async fn revoke(
        &self,
        code: &Code,
        reason: &Reason,
    ) -> Result<(Revoked, Option<Duration>), Failed> {
        let ask = Ask::to(Route::DeleteInvite, &[&code.as_str()]);
        let answered = self.send_once(&ask.because(&written(reason)), true).await?;
        if answered.status.is_success() {
            return Ok((Revoked::Done, answered.exhausted()));
        }
        let said = wire::Refusal::read(answered.said.bytes()).code;
        if answered.status == StatusCode::NOT_FOUND && said.as_deref() == Some(code::UNKNOWN_INVITE)
        {
            return Ok((Revoked::AlreadyGone, answered.exhausted()));
        }
        Err(refused_with(&answered))
    }

    /// Makes an invite.
    pub(in crate::platform) async fn create(
        &self,
        new: &NewInvite,
        reason: &Reason,
    ) -> Result<Invite, Failed> {
        let ask = Ask::to(Route::CreateInvite, &[&new.channel]);
        let ask = ask.with(wire::new_invite(new)).because(&written(reason));
        let answered = self.done(&ask).await?;
        answered.said.read(wire::read_invite)
    }

    /// Pauses joining for a time, or lets it go on.
    ///
    /// A pause without an end is refused: it is one of the guild's own settings, and those who
    /// set it end it. Letting joining go on ends both.
    pub(in crate::platform) async fn set_pause(
        &self,
        guild: GuildId,
        pause: Option<Pause>,
        reason: &Reason,
    ) -> Result<(), Failed> {
        let reason = written(reason);
        let Some(pause) = pause else {
            return self.resume(guild, &reason).await;
        };
        let Some(until) = pause.until else {
            return Err(Failed::new(PlatformName::Discord, Kind::Refused));
        };
        self.pause_until(guild, json!(until.to_string()), &reason)
            .await
    }

    async fn resume(&self, guild: GuildId, reason: &str) -> Result<(), Failed> {
        // Read first: what fails here has changed nothing yet.
        let as_it_is = self.done(&Ask::to(Route::Guild, &[&guild])).await?;
        let features = as_it_is.said.read(wire::features_without_pause)?;
        self.pause_until(guild, Value::Null, reason).await?;
        let Some(features) = features else {
            return Ok(());
        };
        let ask = Ask::to(Route::ChangeGuild, &[&guild]);
        let ask = ask.with(json!({ "features": features })).because(reason);
        self.done(&ask).await.map(drop)
    }

    /// See [Discord Docs/Modify Guild Incident Actions].
    ///
    /// [Discord Docs/Modify Guild Incident Actions]: https://discord.com/developers/docs/resources/guild#modify-guild-incident-actions
    async fn pause_until(&self, guild: GuildId, end: Value, reason: &str) -> Result<(), Failed> {
        let ask = Ask::to(Route::IncidentActions, &[&guild]);
        let ask = ask.with(json!({ "invites_disabled_until": end }));
        self.done(&ask.because(reason)).await.map(drop)
    }

    /// The answer to a request that succeeded.
    async fn done(&self, ask: &Ask) -> Result<Answered, Failed> {
        let answered = self.send_once(ask, true).await?;
        if answered.status.is_success() {
            Ok(answered)
        } else {
            Err(refused_with(&answered))
        }
    }
}

/// The reason as Discord reads it.
/// See [Discord Docs/Audit Logs].
///
/// [Discord Docs/Audit Logs]: https://discord.com/developers/docs/resources/audit-log
pub(in crate::platform) fn written(reason: &Reason) -> String {
    utf8_percent_encode(&reason.audit(str::to_owned), NON_ALPHANUMERIC).to_string()
}
