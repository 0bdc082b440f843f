//! A message of ours that somebody goes on from.

use std::sync::Arc;

use gatehouse_commands::{Anchor, Audience, ChannelId, GuildId, PlatformErrorKind as Kind, UserId};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OwnedMutexGuard;

use super::{
    Talk,
    state::{State, reason_in},
};

/// How long a question can be answered: what was looked at longer ago has changed since.
const QUESTION_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The moment from which the platform's ids count, in milliseconds since 1970.
const EPOCH_MILLIS: i64 = 1_420_070_400_000;

/// Bits of an id below its milliseconds.
const SEQUENCE_BITS: u32 = 22;

/// A message of ours, as it stands there now.
pub(super) struct Page {
    pub(super) id: u64,
    pub(super) channel: ChannelId,
    pub(super) state: State,
    /// The reason that it shows.
    pub(super) reason: Option<String>,
    /// Who reads it.
    pub(super) audience: Audience,
    /// Whether our reactions stand below it.
    pub(super) has_turns: bool,
    shown_at: Timestamp,
    /// Held while nothing else is to be done with it.
    turn: Option<OwnedMutexGuard<()>>,
}

impl Page {
    /// Reads a message, once whatever else is done with it is done; `None` when it is no message of
    /// ours, or nothing can be done with it. `guild` is the channel's.
    pub(super) async fn read(
        talk: &Talk,
        channel: ChannelId,
        guild: Option<GuildId>,
        id: u64,
    ) -> Result<Option<Self>, Kind> {
        let shared = &talk.shared;
        let turn = shared.turns.renewed(id, Arc::default);
        let turn = turn.lock_owned().await;
        let Some(posted) = shared.courier.read(channel, id).await? else {
            return Ok(None);
        };
        if Some(posted.author) != talk.me() {
            shared.others.insert(id, ());
            return Ok(None);
        }
        let state = State::read(&posted.content)
            .filter(|state| guild.is_none_or(|guild| guild == state.guild));
        let Some(state) = state else {
            return Ok(None);
        };
        let is_open = guild.is_none() || shared.mod_channels.contains(&channel);
        Ok(Some(Self {
            id,
            channel,
            audience: if is_open && !state.is_masked {
                Audience::Private
            } else {
                Audience::Shared
            },
            reason: reason_in(&posted.content).map(str::to_owned),
            state,
            has_turns: !posted.own_reactions.is_empty(),
            shown_at: posted.shown_at,
            turn: Some(turn),
        }))
    }

    /// Lets others do something with it as well.
    pub(super) fn release(&mut self) {
        self.turn = None;
    }

    /// Whether what it asks was asked too long ago, for a message of this id.
    pub(super) fn is_too_old_for(&self, answer: u64) -> bool {
        made_at(answer).duration_since(self.shown_at) > QUESTION_LIFETIME
    }

    /// Whom it is for once it shows this: a preview stays that of whoever asked for it.
    pub(super) fn asker_of(&self, anchor: Option<&Anchor>, user: UserId) -> UserId {
        let asks = |anchor: &Anchor| anchor.is_preview();
        if asks(&self.state.anchor) && anchor.is_some_and(asks) {
            self.state.asker
        } else {
            user
        }
    }
}

/// When the message of this id was made, by the platform's clock.
fn made_at(id: u64) -> Timestamp {
    let millis = i64::try_from(id >> SEQUENCE_BITS).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis.saturating_add(EPOCH_MILLIS)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use gatehouse_commands::Token;

    use super::*;

    fn page(shown_at: Timestamp) -> Page {
        let token: Token = "g1r:1:-n:::".parse().unwrap();
        Page {
            id: 1,
            channel: ChannelId::new(1).unwrap(),
            state: State {
                anchor: Anchor {
                    token,
                    is_form: false,
                },
                is_masked: false,
                guild: GuildId::new(1).unwrap(),
                asker: UserId::new(1).unwrap(),
            },
            reason: None,
            audience: Audience::Private,
            has_turns: false,
            shown_at,
            turn: None,
        }
    }

    #[test]
    fn a_captured_id_tells_when_its_message_was_made() {
        let made = made_at(1_574_299_943_479_279_616);
        assert_eq!(made.to_string(), "2026-11-23T05:45:55.604Z");
    }

    #[test]
    fn a_question_can_be_answered_for_five_minutes() {
        let answer = 1_574_299_943_479_279_616;
        let at_the_limit = made_at(answer) - QUESTION_LIFETIME;
        assert!(!page(at_the_limit).is_too_old_for(answer));
        let past_it = at_the_limit - SignedDuration::from_millis(1);
        assert!(page(past_it).is_too_old_for(answer));
    }
}
