//! Messages on Fluxer: what the face that speaks there sends and reads.
//!
//! Each is one request. A message is sent twice by nobody, since its nonce gives back the first one;
//! whoever calls decides whether to repeat it.

use gatehouse_commands::{ChannelId, PlatformErrorKind as Kind, UserId};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Answered, Ask, Failed, Fluxer, Route, refused_with};
pub(crate) use crate::platform::wire::Posted;
use crate::{export::File, platform::wire};

/// Whose reaction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// Our own.
    Own,
    /// Somebody else's.
    Of(UserId),
}

impl Fluxer {
    /// Sends a message and gives its id.
    pub(crate) async fn send_message(
        &self,
        channel: ChannelId,
        body: Value,
        file: Option<&File>,
    ) -> Result<u64, Failed> {
        let ask = Ask::to(Route::SendMessage, &[&channel]);
        let answered = self.asked(ask.with(body).beside(file)).await?;
        answered.said.read(wire::read_message_id)
    }

    /// Puts this in the place of what a message says.
    pub(crate) async fn edit_message(
        &self,
        channel: ChannelId,
        message: u64,
        body: Value,
        file: Option<&File>,
    ) -> Result<(), Failed> {
        let ask = Ask::to(Route::EditMessage, &[&channel, &message]);
        self.asked(ask.with(body).beside(file)).await.map(drop)
    }

    /// A message as it is now; `None` when it is not there.
    pub(crate) async fn message(
        &self,
        channel: ChannelId,
        message: u64,
    ) -> Result<Option<Posted>, Failed> {
        let ask = Ask::to(Route::Message, &[&channel, &message]);
        let answered = self.look_up(&ask).await?;
        match answered.status {
            status if status.is_success() => answered.said.read(wire::read_posted).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refused_with(&answered)),
        }
    }

    /// Puts a reaction of ours below a message.
    pub(crate) async fn react(
        &self,
        channel: ChannelId,
        message: u64,
        emoji: &str,
    ) -> Result<(), Failed> {
        let ask = Ask::to(Route::React, &[&channel, &message, &escaped(emoji)]);
        self.asked(ask).await.map(drop)
    }

    /// Takes a reaction away.
    pub(crate) async fn unreact(
        &self,
        channel: ChannelId,
        message: u64,
        emoji: &str,
        whose: Whose,
    ) -> Result<(), Failed> {
        let emoji = escaped(emoji);
        let ask = match whose {
            Whose::Own => Ask::to(Route::Unreact, &[&channel, &message, &emoji]),
            Whose::Of(user) => Ask::to(Route::UnreactOther, &[&channel, &message, &emoji, &user]),
        };
        self.asked(ask).await.map(drop)
    }

    /// The channel in which somebody is written to alone.
    pub(crate) async fn open_direct(&self, user: UserId) -> Result<ChannelId, Failed> {
        let ask = Ask::to(Route::OpenDirect, &[]);
        let body = json!({ "recipient_id": user.to_string() });
        let answered = self.asked(ask.with(body)).await?;
        answered.said.read(wire::read_channel_id)
    }

    /// The answer to a request that succeeded.
    async fn asked(&self, ask: Ask) -> Result<Answered, Failed> {
        let answered = self.send_once(&ask, true).await?;
        if answered.status.is_success() {
            Ok(answered)
        } else {
            Err(refused_with(&answered))
        }
    }
}

/// Whether the platform did not say that it took something, which it may have taken all the same.
pub(crate) const fn is_worth_repeating(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Broken | Kind::TimedOut | Kind::Unreachable | Kind::Unreadable
    )
}

fn escaped(emoji: &str) -> PercentEncode<'_> {
    utf8_percent_encode(emoji, NON_ALPHANUMERIC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::wire::captured_file;

    #[test]
    fn a_reaction_is_asked_for_as_it_was_captured() {
        let channel = ChannelId::new(1_574_297_842_476_908_556).unwrap();
        let path = Route::React.path(&[&channel, &1_574_299_926_219_718_656_u64, &escaped("➡️")]);
        let captured = captured_file("reaction_put_204");
        let captured = captured["request"]["path"].as_str().unwrap();
        assert_eq!(format!("/api/v1/{path}"), captured);
    }
}
