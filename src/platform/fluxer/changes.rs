//! What changes something on Fluxer. Each request is sent once.

use std::time::Duration;

use gatehouse_commands::{
    Code, GuildId, Invite, NewInvite, Pause, PlatformErrorKind as Kind, PlatformName, Reason,
    Revoked,
};
use reqwest::StatusCode;
use serde_json::json;

use super::{Answered, Ask, Failed, Fluxer, Route, refused_with};
use crate::platform::{ascii, wire};

const UNKNOWN_INVITE: &str = "UNKNOWN_INVITE";

impl Fluxer {
    /// Ends an invite; tells also how long no more may be ended after it. Fluxer limits how often
    /// one code is asked for, which says nothing of the next one.
    pub(in crate::platform) async fn revoke(
        &self,
        code: &Code,
        reason: &Reason,
    ) -> Result<(Revoked, Option<Duration>), Failed> {
        let ask = Ask::to(Route::DeleteInvite, &[&code.as_str()]);
        let answered = self.send_once(&ask.because(&written(reason)), true).await?;
        if answered.status.is_success() {
            return Ok((Revoked::Done, None));
        }
        let said = wire::Refusal::read(answered.said.bytes()).code;
        if answered.status == StatusCode::NOT_FOUND && said.as_deref() == Some(UNKNOWN_INVITE) {
            return Ok((Revoked::AlreadyGone, None));
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

    /// Pauses joining until somebody lets it go on, or lets it go on.
    ///
    /// A pause with an end is refused: the platform has none.
    pub(in crate::platform) async fn set_pause(
        &self,
        guild: GuildId,
        pause: Option<Pause>,
        reason: &Reason,
    ) -> Result<(), Failed> {
        if pause.is_some_and(|pause| pause.until.is_some()) {
            return Err(Failed::new(PlatformName::Fluxer, Kind::Refused));
        }
        let ask = Ask::to(Route::InvitesDisabled, &[&guild]);
        let ask = ask.with(json!({ "disabled": pause.is_some() }));
        self.done(&ask.because(&written(reason))).await.map(drop)
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

/// The reason as Fluxer can keep it: it reads the header as it is, and byte by byte, so that
/// escapes would stay escapes and any other character would become several wrong ones.
pub(in crate::platform) fn written(reason: &Reason) -> String {
    // What was cut ends with a mark that is no ASCII.
    ascii::dotted(&reason.audit(ascii::transliterated))
}
