//! What it means that the gateway closed a connection.

use std::fmt;

/// What can be done after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AfterClose {
    /// The session may go on in a new connection.
    Resume,
    /// Only a new session helps.
    Begin,
    /// The same would happen again.
    Refused(Refusal),
}

/// Why no new attempt is worth it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refusal {
    /// The token is no bot's.
    Token,
    /// The gateway does not have the shard that we named.
    Shard,
    /// The gateway wants more shards than it said.
    Sharding,
    /// The gateway does not speak our version.
    Version,
}

impl AfterClose {
    /// By the close code; `None` when there was none.
    pub(super) fn of(code: Option<u16>) -> Self {
        match code {
            Some(4004) => Self::Refused(Refusal::Token),
            Some(4010) => Self::Refused(Refusal::Shard),
            Some(4011) => Self::Refused(Refusal::Sharding),
            Some(4012) => Self::Refused(Refusal::Version),
            // Not identified, and a number that is not the session's.
            Some(4003 | 4007) => Self::Begin,
            _ => Self::Resume,
        }
    }
}

impl fmt::Display for Refusal {
    /// One sentence for the operator: what it is, and what to do about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => {
                "Messages on Fluxer are not read any more, since it refuses the bot's token: set \
                 FLUXER_TOKEN to the one on the application's page and start Gatehouse again."
            }
            Self::Shard => {
                "Messages on Fluxer are not read any more, since its gateway does not know the \
                 shard that it was told of: ask whoever runs it about its shards, then start \
                 Gatehouse again."
            }
            Self::Sharding => {
                "Messages on Fluxer are not read any more, since the bot is in more communities \
                 than one shard may have and GET /gateway/bot does not ask for more: ask whoever \
                 runs the instance, then start Gatehouse again."
            }
            Self::Version => {
                "Messages on Fluxer are not read any more, since its gateway has left version 1 \
                 behind: update Gatehouse."
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_codes_end_it() {
        let refused: Vec<u16> = (1000..5000)
            .filter(|code| matches!(AfterClose::of(Some(*code)), AfterClose::Refused(_)))
            .collect();
        assert_eq!(refused, [4004, 4010, 4011, 4012]);
    }

    #[test]
    fn the_others_go_on() {
        for code in [1000, 1001, 1006, 4000, 4001, 4002, 4005, 4008, 4009, 4013] {
            assert_eq!(AfterClose::of(Some(code)), AfterClose::Resume, "{code}");
        }
        assert_eq!(AfterClose::of(None), AfterClose::Resume);
        for code in [4003, 4007] {
            assert_eq!(AfterClose::of(Some(code)), AfterClose::Begin, "{code}");
        }
    }

    #[test]
    fn captured_close_codes_are_known() {
        let codes = include_str!("../../tests/fixtures/fluxer/gateway_close_codes.json");
        let codes: serde_json::Value = serde_json::from_str(codes).unwrap();
        for (name, refusal) in [
            ("bad_token", Refusal::Token),
            ("api_version_9", Refusal::Version),
        ] {
            let code = u16::try_from(codes[name]["code"].as_u64().unwrap()).unwrap();
            assert_eq!(AfterClose::of(Some(code)), AfterClose::Refused(refusal));
        }
    }

    #[test]
    fn a_refusal_is_one_sentence_that_says_what_to_do() {
        for refusal in [
            Refusal::Token,
            Refusal::Shard,
            Refusal::Sharding,
            Refusal::Version,
        ] {
            let sentence = refusal.to_string();
            assert!(sentence.ends_with('.'), "{sentence}");
            assert_eq!(sentence.matches(". ").count(), 0, "{sentence}");
        }
    }
}
