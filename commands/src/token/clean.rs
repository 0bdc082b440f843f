//! A clean's rule and preview in a button's id, which has little room: bytes in Base64.
//!
//! ```text
//! flags 1 · set 6 · count 3 · page 3 · [uses 4] · [by 8] · [channel 8] · [state 1]
//! · [older than, minutes 3] · [uses at most 3] · {keep 3}
//! ```
//!
//! What stands in brackets is there when its flag is set. A search text stands behind, after a
//! colon. Rules that were typed name invites to keep and hold no search; rules that come from a
//! list are the other way round: either fits, both together need not.

use data_encoding::BASE64URL_NOPAD;
use jiff::SignedDuration;

use super::{TokenError, state_letter};
use crate::{
    clean::{KEEP_MAX, Preview, Print, Rule, USES_MAX},
    id::{ChannelId, UserId},
    query::{Filter, Search, State},
};

const HAS_USES: u8 = 1;
const HAS_BY: u8 = 1 << 1;
const HAS_CHANNEL: u8 = 1 << 2;
const HAS_STATE: u8 = 1 << 3;
const HAS_AGE: u8 = 1 << 4;
const HAS_USES_AT_MOST: u8 = 1 << 5;

/// The greatest number that three bytes hold.
const THREE_BYTES_MAX: u32 = 0xFF_FFFF;

/// Writes a rule and what its preview showed. Counts, pages and ages beyond what three bytes hold
/// are written as the greatest that fits.
pub(super) fn pack(rule: &Rule, preview: Preview, page: u32) -> String {
    let Rule {
        filter,
        older_than,
        uses_at_most,
        keep,
    } = rule;
    let Filter {
        by,
        channel,
        state,
        search,
    } = filter;
    let Preview { set, count, uses } = preview;
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let mut bytes = vec![
        flag(uses.is_some(), HAS_USES)
            | flag(by.is_some(), HAS_BY)
            | flag(channel.is_some(), HAS_CHANNEL)
            | flag(state.is_some(), HAS_STATE)
            | flag(older_than.is_some(), HAS_AGE)
            | flag(uses_at_most.is_some(), HAS_USES_AT_MOST),
    ];
    bytes.extend(&set.to_be_bytes()[2..]);
    bytes.extend(three(count));
    bytes.extend(three(page));
    bytes.extend(uses.iter().flat_map(|uses| uses.to_be_bytes()));
    bytes.extend(by.iter().flat_map(|id| id.number().to_be_bytes()));
    bytes.extend(channel.iter().flat_map(|id| id.number().to_be_bytes()));
    let state = state.map(state_letter).and_then(|c| u8::try_from(c).ok());
    bytes.extend(state);
    let minutes = |age: &SignedDuration| u32::try_from(age.as_mins()).unwrap_or(u32::MAX);
    bytes.extend(older_than.iter().flat_map(|age| three(minutes(age))));
    bytes.extend(uses_at_most.iter().flat_map(|uses| three(*uses)));
    bytes.extend(keep.iter().flat_map(|print| print.bytes()));
    let packed = BASE64URL_NOPAD.encode(&bytes);
    match search {
        Some(search) => format!("{packed}:{}", search.as_str()),
        None => packed,
    }
}

fn three(number: u32) -> [u8; 3] {
    let [_, a, b, c] = number.min(THREE_BYTES_MAX).to_be_bytes();
    [a, b, c]
}

/// Reads what [`pack`] wrote.
pub(super) fn unpack(text: &str) -> Result<(Rule, Preview, u32), TokenError> {
    let (packed, search) = match text.split_once(':') {
        Some((packed, search)) => (packed, Search::new(search).map_err(|_| TokenError)?),
        None => (text, None),
    };
    let bytes = BASE64URL_NOPAD
        .decode(packed.as_bytes())
        .map_err(|_| TokenError)?;
    let mut bytes = Bytes(&bytes);
    let [flags] = bytes.take()?;
    let has = |flag| flags & flag != 0;
    let set = bytes.number::<6>()?;
    let count = bytes.small::<3>()?;
    let page = bytes.small::<3>()?;
    let uses = has(HAS_USES).then(|| bytes.small::<4>()).transpose()?;
    let by = has(HAS_BY).then(|| bytes.number::<8>()).transpose()?;
    let channel = has(HAS_CHANNEL).then(|| bytes.number::<8>()).transpose()?;
    let state = has(HAS_STATE).then(|| bytes.state()).transpose()?;
    let minutes = has(HAS_AGE).then(|| bytes.small::<3>()).transpose()?;
    let uses_at_most = has(HAS_USES_AT_MOST)
        .then(|| bytes.small::<3>())
        .transpose()?;
    let mut keep = Vec::new();
    while !bytes.0.is_empty() {
        keep.push(Print::from_bytes(bytes.take()?));
    }
    if keep.len() > KEEP_MAX || uses_at_most.is_some_and(|uses| uses > USES_MAX) {
        return Err(TokenError);
    }
    let rule = Rule {
        filter: Filter {
            by: by.map(|id| UserId::new(id).ok_or(TokenError)).transpose()?,
            channel: channel
                .map(|id| ChannelId::new(id).ok_or(TokenError))
                .transpose()?,
            state,
            search,
        },
        older_than: minutes.map(|minutes| SignedDuration::from_mins(minutes.into())),
        uses_at_most,
        keep,
    };
    Ok((rule, Preview { set, count, uses }, page))
}

/// Bytes that are read from the front.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], TokenError> {
        let (front, rest) = self.0.split_first_chunk().ok_or(TokenError)?;
        self.0 = rest;
        Ok(*front)
    }

    fn number<const COUNT: usize>(&mut self) -> Result<u64, TokenError> {
        let bytes = self.take::<COUNT>()?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn small<const COUNT: usize>(&mut self) -> Result<u32, TokenError> {
        u32::try_from(self.number::<COUNT>()?).map_err(|_| TokenError)
    }

    fn state(&mut self) -> Result<State, TokenError> {
        let [letter] = self.take()?;
        State::ALL
            .into_iter()
            .find(|state| state_letter(*state) == char::from(letter))
            .ok_or(TokenError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clean::KEEP_MAX,
        query::SEARCH_MAX_CHARS,
        token::{CUSTOM_ID_MAX_CHARS, Step, Token},
    };
    use proptest::prelude::*;

    fn filter() -> impl Strategy<Value = Filter> {
        (
            proptest::option::of(1..=u64::MAX),
            proptest::option::of(1..=u64::MAX),
            proptest::option::of(proptest::sample::select(&State::ALL[..])),
        )
            .prop_map(|(by, channel, state)| Filter {
                by: by.and_then(UserId::new),
                channel: channel.and_then(ChannelId::new),
                state,
                search: None,
            })
    }

    /// From a list: with a search. Typed: with what is kept.
    fn rule() -> impl Strategy<Value = Rule> {
        let search = prop_oneof![
            "\\PC{0,32}",
            Just("漢".repeat(SEARCH_MAX_CHARS)),
            "[:_=-]{1,32}",
        ];
        let listed = (filter(), search).prop_map(|(filter, search)| Rule {
            filter: Filter {
                search: Search::new(&search).unwrap(),
                ..filter
            },
            ..Rule::default()
        });
        let typed = (
            filter(),
            proptest::option::of(0..=THREE_BYTES_MAX),
            proptest::option::of(0..=USES_MAX),
            proptest::collection::vec(any::<[u8; 3]>(), 0..=KEEP_MAX),
        )
            .prop_map(|(filter, minutes, uses_at_most, keep)| Rule {
                filter,
                older_than: minutes.map(|minutes| SignedDuration::from_mins(minutes.into())),
                uses_at_most,
                keep: keep.into_iter().map(Print::from_bytes).collect(),
            });
        prop_oneof![listed, typed]
    }

    fn preview() -> impl Strategy<Value = Preview> {
        (
            0..1_u64 << Preview::SET_BITS,
            0..=THREE_BYTES_MAX,
            proptest::option::of(any::<u32>()),
        )
            .prop_map(|(set, count, uses)| Preview { set, count, uses })
    }

    fn step() -> impl Strategy<Value = Step> {
        proptest::sample::select(&Step::ALL[..]).prop_map(|(step, _)| step)
    }

    proptest! {
        #[test]
        fn cleans_round_trip_within_the_limit(
            step in step(), rule in rule(), preview in preview(), page in 0..=THREE_BYTES_MAX
        ) {
            let token = Token::Clean(step, rule, preview, page);
            let text = token.to_string();
            prop_assert!(text.chars().count() <= CUSTOM_ID_MAX_CHARS, "{}", text);
            prop_assert_eq!(text.parse(), Ok(token));
        }

        #[test]
        fn reading_never_panics(text in "g1z[a-z]:[0-9A-Za-z_-]{0,96}(:\\PC{0,40})?") {
            let _ = text.parse::<Token>();
        }
    }

    #[test]
    fn the_largest_rule_fits_to_the_character() {
        let print = Print::from_bytes([0xFF; 3]);
        let rule = |keep| Rule {
            filter: Filter {
                by: UserId::new(u64::MAX),
                channel: ChannelId::new(u64::MAX),
                state: Some(State::CreatorUnknown),
                search: None,
            },
            older_than: Some(SignedDuration::from_mins(THREE_BYTES_MAX.into())),
            uses_at_most: Some(USES_MAX),
            keep: vec![print; keep],
        };
        let preview = Preview {
            set: (1 << Preview::SET_BITS) - 1,
            count: THREE_BYTES_MAX,
            uses: Some(u32::MAX),
        };
        let chars = |keep| {
            let token = Token::Clean(Step::Confirm, rule(keep), preview, THREE_BYTES_MAX);
            token.to_string().chars().count()
        };
        assert!(chars(KEEP_MAX) <= CUSTOM_ID_MAX_CHARS);
        assert!(
            chars(KEEP_MAX + 1) > CUSTOM_ID_MAX_CHARS,
            "no room is wasted"
        );
    }

    #[test]
    fn cleans_of_this_version_are_read_for_ever() {
        let rule = Rule {
            filter: Filter {
                state: Some(State::Unused),
                ..Filter::default()
            },
            older_than: Some(SignedDuration::from_hours(720)),
            ..Rule::default()
        };
        let preview = Preview {
            set: 1,
            count: 37,
            uses: Some(0),
        };
        assert_eq!(
            "g1zc:GQAAAAAAAQAAJQAAAQAAAAB1AKjA".parse(),
            Ok(Token::Clean(Step::Confirm, rule, preview, 1))
        );
    }
}
