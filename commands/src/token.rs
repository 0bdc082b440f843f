//! A button's id: everything that a press needs, so that nothing has to be remembered.
//!
//! ```text
//! view     <page> : <state><sort> : <by> : <channel> : <search>
//! list     g1 <control> : <view>
//! card     g1 c : <key> : <view>
//! revoke   g1 v : <key> : <uses> : <view>
//! rotate   g1 x : <key> : <view>
//! members  g1 m : <key> : <page> : <view>
//! clean    g1 z <step> : <rule and preview, see clean> [ : <search> ]
//! cancel   g1 q : <run>
//! stats    g1 g <by>
//! help, review, check   g1 h, g1 i, g1 w
//! ```
//!
//! Ids and uses are written in base 36, an absent one as nothing. The search text stands last,
//! since it may hold any character. `g1` is the version: a later grammar gets another, and a
//! button of an unknown version is answered with a fresh list.

mod clean;

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::{
    clean::{Preview, Rule},
    code::Code,
    id::{ChannelId, UserId},
    query::{Filter, Search, Sort, State, View},
    stats,
};

/// The longest id that a button can carry.
/// See [Discord Docs/Component Reference].
///
/// [Discord Docs/Component Reference]: https://discord.com/developers/docs/components/reference
pub const CUSTOM_ID_MAX_CHARS: usize = 100;

const VERSION: &str = "g1";
const RADIX: u32 = 36;

/// Which button or menu of a list was used. Each has an id of its own, since ids must differ
/// within a message even where two buttons lead to the same page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Control {
    /// To the first page.
    First,
    /// One page back.
    Back,
    /// One page on.
    Next,
    /// To the last page.
    Last,
    /// Ask for a page; also the id of the form that asks.
    Jump,
    /// Read the list again from the platform.
    Refresh,
    /// The list as a file.
    Export,
    /// Open one of the page's invites.
    Open,
    /// Choose a state.
    Filter,
    /// Choose an order.
    Sort,
    /// Drop every filter.
    ShowAll,
    /// Back from an invite to its list.
    BackToList,
    /// Once more after a failure.
    TryAgain,
    /// End all that the list shows.
    Clean,
    /// Pause joining; also the id of the form that asks why.
    Pause,
    /// Let joining go on; also the id of the form that asks why.
    Resume,
    /// The list in a message of its own.
    Beside,
}

impl Control {
    const ALL: [(Self, char); 17] = [
        (Self::First, 'f'),
        (Self::Back, 'b'),
        (Self::Next, 'n'),
        (Self::Last, 'l'),
        (Self::Jump, 'j'),
        (Self::Refresh, 'r'),
        (Self::Export, 'e'),
        (Self::Open, 'o'),
        (Self::Filter, 's'),
        (Self::Sort, 't'),
        (Self::ShowAll, 'a'),
        (Self::BackToList, 'k'),
        (Self::TryAgain, 'y'),
        (Self::Clean, 'd'),
        (Self::Pause, 'p'),
        (Self::Resume, 'u'),
        (Self::Beside, 'w'),
    ];
}

/// The letter of a value, in a table that holds every value once.
fn letter_of<T: PartialEq>(all: &[(T, char)], value: &T) -> char {
    let entry = all.iter().find(|(other, _)| other == value);
    entry
        .map(|(_, letter)| *letter)
        .expect("the table holds every value")
}

/// The value of a letter.
fn of_letter<T: Copy>(all: &[(T, char)], letter: &str) -> Result<T, TokenError> {
    let mut chars = letter.chars();
    let (Some(first), None) = (chars.next(), chars.next()) else {
        return Err(TokenError);
    };
    let entry = all.iter().find(|(_, letter)| *letter == first);
    entry.map(|(value, _)| *value).ok_or(TokenError)
}

/// Which invite a menu entry or a card means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Key {
    /// The one with this code.
    Code(Code),
    /// The one made at this millisecond: where everyone can read the button, it must not hold
    /// the code, nor anything that the code could be computed from.
    Made(Timestamp),
}

const KEY_CODE: char = '=';
const KEY_MADE: char = '@';

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{KEY_CODE}{}", code.as_str()),
            Self::Made(at) => write!(f, "{KEY_MADE}{}", at.as_millisecond()),
        }
    }
}

impl FromStr for Key {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        if let Some(code) = text.strip_prefix(KEY_CODE) {
            return Code::new(code).map(Self::Code).map_err(|_| TokenError);
        }
        text.strip_prefix(KEY_MADE)
            .and_then(|millis| millis.parse().ok())
            .and_then(|millis| Timestamp::from_millisecond(millis).ok())
            .map(Self::Made)
            .ok_or(TokenError)
    }
}

/// What a button, menu or form stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Token {
    /// Something on a list, and the view that it belongs to.
    List(Control, View),
    /// An invite read again, and the view to go back to.
    Card(Key, View),
    /// Something about one invite, and the view to go back to.
    Invite(Act, Key, View),
    /// A step of a clean: what it takes, what its preview showed, and at which page.
    Clean(Step, Rule, Preview, u32),
    /// End a run that is under way.
    Cancel(RunId),
    /// Statistics, by creator or by channel.
    Stats(stats::By),
    /// The help menu.
    Help,
    /// The few invites that matter.
    Review,
    /// Whether everything is set up right.
    Check,
}

impl Token {
    /// Whether it is part of something that takes a moderator.
    pub(crate) fn changes_something(&self) -> bool {
        match self {
            Self::List(control, _) => {
                matches!(control, Control::Clean | Control::Pause | Control::Resume)
            }
            Self::Invite(act, ..) => match act {
                Act::Revoke { .. } | Act::Rotate => true,
                Act::Members { .. } => false,
            },
            Self::Clean(..) | Self::Cancel(_) => true,
            Self::Card(..) | Self::Stats(_) | Self::Help | Self::Review | Self::Check => false,
        }
    }
}

/// Something about one invite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// End it; also the id of the form that asks why.
    Revoke {
        /// How often it had been used when it was shown; `None` = it does not matter.
        seen: Option<u32>,
    },
    /// Make another one like it, then end it; also the id of the form that asks why.
    Rotate,
    /// Who came through it, from this page on.
    Members {
        /// From 1.
        page: u32,
    },
}

/// A step of a clean. Each has an id of its own, since ids must differ within a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// To the first page of the preview.
    First,
    /// One page back.
    Back,
    /// One page on.
    Next,
    /// To the last page.
    Last,
    /// Ask for a page; also the id of the form that asks.
    Jump,
    /// Read the preview again.
    Refresh,
    /// Ask why, and whether it is meant; also the id of the form that asks.
    Confirm,
    /// The same for what a run left, with its outcome in a message of its own.
    Continue,
}

impl Step {
    const ALL: [(Self, char); 8] = [
        (Self::First, 'f'),
        (Self::Back, 'b'),
        (Self::Next, 'n'),
        (Self::Last, 'l'),
        (Self::Jump, 'j'),
        (Self::Refresh, 'r'),
        (Self::Confirm, 'c'),
        (Self::Continue, 'o'),
    ];
}

/// A run that is under way, by the number of the request that began it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RunId(pub u64);

/// The text is no token of this version.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a button of this version")]
pub struct TokenError;

impl fmt::Display for Token {
    /// Writes at most [`CUSTOM_ID_MAX_CHARS`] characters. A token of an invite whose code leaves
    /// no room for the view goes back to the whole list.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(control, view) => {
                let letter = letter_of(&Control::ALL, control);
                write!(f, "{VERSION}{letter}:{}", ViewText(view))
            }
            Self::Card(key, view) => with_room(f, &format!("c:{key}"), view),
            Self::Invite(act, key, view) => {
                let head = match act {
                    Act::Revoke { seen } => {
                        let seen = seen.map_or_else(String::new, |uses| base36(uses.into()));
                        format!("v:{key}:{seen}")
                    }
                    Act::Rotate => format!("x:{key}"),
                    Act::Members { page } => format!("m:{key}:{page}"),
                };
                with_room(f, &head, view)
            }
            Self::Clean(step, rule, preview, page) => {
                let letter = letter_of(&Step::ALL, step);
                let packed = clean::pack(rule, *preview, *page);
                write!(f, "{VERSION}z{letter}:{packed}")
            }
            Self::Cancel(RunId(run)) => write!(f, "{VERSION}q:{}", base36(*run)),
            Self::Stats(by) => write!(f, "{VERSION}g{}", letter_of(&STATS_BY, by)),
            Self::Help => write!(f, "{VERSION}h"),
            Self::Review => write!(f, "{VERSION}i"),
            Self::Check => write!(f, "{VERSION}w"),
        }
    }
}

const STATS_BY: [(stats::By, char); 2] = [(stats::By::Creator, 'c'), (stats::By::Channel, 'h')];

/// Writes the view behind the head, if there is room for it.
fn with_room(f: &mut fmt::Formatter<'_>, head: &str, view: &View) -> fmt::Result {
    let text = format!("{VERSION}{head}:{}", ViewText(view));
    if text.chars().count() <= CUSTOM_ID_MAX_CHARS {
        f.write_str(&text)
    } else {
        write!(f, "{VERSION}{head}:{}", ViewText(&View::default()))
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let rest = text.strip_prefix(VERSION).ok_or(TokenError)?;
        let Some((head, rest)) = rest.split_once(':') else {
            return match rest {
                "h" => Ok(Self::Help),
                "i" => Ok(Self::Review),
                "w" => Ok(Self::Check),
                _ => {
                    let by = rest.strip_prefix('g').ok_or(TokenError)?;
                    of_letter(&STATS_BY, by).map(Self::Stats)
                }
            };
        };
        if let Some(step) = head.strip_prefix('z') {
            let (rule, preview, page) = clean::unpack(rest)?;
            let step = of_letter(&Step::ALL, step)?;
            return Ok(Self::Clean(step, rule, preview, page));
        }
        let part = || rest.split_once(':').ok_or(TokenError);
        match head {
            "c" => {
                let (key, view) = part()?;
                Ok(Self::Card(key.parse()?, read_view(view)?))
            }
            "v" => {
                let (key, rest) = part()?;
                let (seen, view) = rest.split_once(':').ok_or(TokenError)?;
                let seen = match seen {
                    "" => None,
                    seen => Some(u32::from_str_radix(seen, RADIX).map_err(|_| TokenError)?),
                };
                let act = Act::Revoke { seen };
                Ok(Self::Invite(act, key.parse()?, read_view(view)?))
            }
            "x" => {
                let (key, view) = part()?;
                Ok(Self::Invite(Act::Rotate, key.parse()?, read_view(view)?))
            }
            "m" => {
                let (key, rest) = part()?;
                let (page, view) = rest.split_once(':').ok_or(TokenError)?;
                let page = page.parse().map_err(|_| TokenError)?;
                let act = Act::Members { page };
                Ok(Self::Invite(act, key.parse()?, read_view(view)?))
            }
            "q" => {
                let run = u64::from_str_radix(rest, RADIX).map_err(|_| TokenError)?;
                Ok(Self::Cancel(RunId(run)))
            }
            control => {
                let control = of_letter(&Control::ALL, control)?;
                Ok(Self::List(control, read_view(rest)?))
            }
        }
    }
}

struct ViewText<'a>(&'a View);

impl fmt::Display for ViewText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let View { filter, sort, page } = self.0;
        let Filter {
            by,
            channel,
            state,
            search,
        } = filter;
        write!(
            f,
            "{page}:{}{}:{}:{}:{}",
            state.map_or('-', state_letter),
            sort_letter(*sort),
            by.map_or_else(String::new, |id| base36(id.number())),
            channel.map_or_else(String::new, |id| base36(id.number())),
            search.as_ref().map_or("", Search::as_str),
        )
    }
}

fn read_view(text: &str) -> Result<View, TokenError> {
    let mut parts = text.splitn(5, ':');
    let mut part = || parts.next().ok_or(TokenError);
    let page = part()?.parse().map_err(|_| TokenError)?;
    let letters: Vec<char> = part()?.chars().collect();
    let [state, sort] = letters[..] else {
        return Err(TokenError);
    };
    let state = match state {
        '-' => None,
        letter => Some(
            State::ALL
                .into_iter()
                .find(|state| state_letter(*state) == letter)
                .ok_or(TokenError)?,
        ),
    };
    let sort = Sort::ALL
        .into_iter()
        .find(|order| sort_letter(*order) == sort)
        .ok_or(TokenError)?;
    let by = read_id(part()?, UserId::new)?;
    let channel = read_id(part()?, ChannelId::new)?;
    let search = Search::new(part()?).map_err(|_| TokenError)?;
    Ok(View {
        filter: Filter {
            by,
            channel,
            state,
            search,
        },
        sort,
        page,
    })
}

fn read_id<Id>(text: &str, id: impl Fn(u64) -> Option<Id>) -> Result<Option<Id>, TokenError> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = u64::from_str_radix(text, RADIX).map_err(|_| TokenError)?;
    id(number).map(Some).ok_or(TokenError)
}

const fn state_letter(state: State) -> char {
    match state {
        State::Unused => 'u',
        State::Used => 'w',
        State::NeverExpires => 'n',
        State::ExpiresSoon => 's',
        State::AlmostUsedUp => 'a',
        State::Temporary => 't',
        State::CreatorUnknown => 'c',
    }
}

const fn sort_letter(sort: Sort) -> char {
    match sort {
        Sort::Newest => 'n',
        Sort::Oldest => 'o',
        Sort::MostUsed => 'm',
        Sort::LeastUsed => 'l',
        Sort::ExpiresFirst => 'e',
        Sort::Creator => 'c',
        Sort::Channel => 'h',
    }
}

fn base36(mut number: u64) -> String {
    if number == 0 {
        return "0".to_owned();
    }
    let mut digits = Vec::new();
    while number > 0 {
        let digit = u32::try_from(number % u64::from(RADIX)).expect("a remainder below 36");
        digits.push(char::from_digit(digit, RADIX).expect("a digit below 36"));
        number /= u64::from(RADIX);
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::SEARCH_MAX_CHARS;
    use proptest::prelude::*;

    fn view() -> impl Strategy<Value = View> {
        let search = prop_oneof![
            "\\PC{0,32}",
            Just("漢".repeat(SEARCH_MAX_CHARS)),
            Just("👩".repeat(SEARCH_MAX_CHARS)),
            "[:@=-]{1,32}",
        ];
        (
            proptest::option::of(1..=u64::MAX),
            proptest::option::of(1..=u64::MAX),
            proptest::option::of(proptest::sample::select(&State::ALL[..])),
            proptest::sample::select(&Sort::ALL[..]),
            any::<u32>(),
            search,
        )
            .prop_map(|(by, channel, state, sort, page, search)| View {
                filter: Filter {
                    by: by.and_then(UserId::new),
                    channel: channel.and_then(ChannelId::new),
                    state,
                    search: Search::new(&search).unwrap(),
                },
                sort,
                page,
            })
    }

    fn control() -> impl Strategy<Value = Control> {
        proptest::sample::select(&Control::ALL[..]).prop_map(|(control, _)| control)
    }

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            "[A-Za-z0-9-]{1,64}".prop_map(|code| Key::Code(Code::new(&code).unwrap())),
            (0_i64..4_000_000_000_000)
                .prop_map(|millis| Key::Made(Timestamp::from_millisecond(millis).unwrap())),
        ]
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            proptest::option::of(any::<u32>()).prop_map(|seen| Act::Revoke { seen }),
            Just(Act::Rotate),
            any::<u32>().prop_map(|page| Act::Members { page }),
        ]
    }

    proptest! {
        #[test]
        fn tokens_of_an_invite_keep_it_within_the_limit(act in act(), key in key(), view in view()) {
            let text = Token::Invite(act, key.clone(), view.clone()).to_string();
            prop_assert!(text.chars().count() <= CUSTOM_ID_MAX_CHARS, "{}", text);
            let Ok(Token::Invite(read_act, read_key, back)) = text.parse() else {
                return Err(TestCaseError::fail(text));
            };
            prop_assert_eq!((read_act, read_key), (act, key));
            prop_assert!(back == view || back == View::default());
        }

        #[test]
        fn list_tokens_round_trip_within_the_limit(control in control(), view in view()) {
            let token = Token::List(control, view);
            let text = token.to_string();
            prop_assert!(text.chars().count() <= CUSTOM_ID_MAX_CHARS, "{}", text);
            prop_assert_eq!(text.parse(), Ok(token));
        }

        #[test]
        fn card_tokens_keep_their_invite_within_the_limit(key in key(), view in view()) {
            let text = Token::Card(key.clone(), view.clone()).to_string();
            prop_assert!(text.chars().count() <= CUSTOM_ID_MAX_CHARS, "{}", text);
            let Ok(Token::Card(read, back)) = text.parse() else {
                return Err(TestCaseError::fail(text));
            };
            prop_assert_eq!(read, key);
            prop_assert!(back == view || back == View::default());
        }

        #[test]
        fn cards_of_server_made_codes_keep_their_view(code in "[A-Za-z0-9]{8,10}", view in view()) {
            let token = Token::Card(Key::Code(Code::new(&code).unwrap()), view);
            prop_assert_eq!(token.to_string().parse(), Ok(token));
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,120}", tail in "g1[a-z]{1,2}:[0-9A-Za-z:@=_-]{0,90}") {
            let _ = text.parse::<Token>();
            let _ = tail.parse::<Token>();
        }
    }

    #[test]
    fn every_control_has_a_letter_of_its_own() {
        for (control, letter) in Control::ALL {
            assert_eq!(of_letter(&Control::ALL, &letter.to_string()), Ok(control));
            assert_eq!(letter_of(&Control::ALL, &control), letter);
            assert!(!"cvxmqz".contains(letter), "taken by what is no list");
        }
        for (step, letter) in Step::ALL {
            assert_eq!(of_letter(&Step::ALL, &letter.to_string()), Ok(step));
            assert_eq!(letter_of(&Step::ALL, &step), letter);
        }
    }

    #[test]
    fn tokens_without_a_view_round_trip() {
        for token in [
            Token::Help,
            Token::Review,
            Token::Check,
            Token::Stats(stats::By::Creator),
            Token::Stats(stats::By::Channel),
            Token::Cancel(RunId(0)),
            Token::Cancel(RunId(u64::MAX)),
        ] {
            assert_eq!(token.to_string().parse(), Ok(token));
        }
    }

    #[test]
    fn buttons_of_this_version_are_read_for_ever() {
        // Buttons live as long as their message: these texts must go on being read.
        let view = View {
            filter: Filter {
                by: UserId::new(553_879_653_580_800_011),
                channel: None,
                state: Some(State::Unused),
                search: Search::new("a:b").unwrap(),
            },
            sort: Sort::MostUsed,
            page: 3,
        };
        assert_eq!(
            "g1n:3:um:47hpy85d534b::a:b".parse(),
            Ok(Token::List(Control::Next, view.clone()))
        );
        assert_eq!(
            "g1c:=aBcD12xY:3:um:47hpy85d534b::a:b".parse(),
            Ok(Token::Card(Key::Code(Code::new("aBcD12xY").unwrap()), view))
        );
    }

    #[test]
    fn other_texts_are_no_token() {
        for wrong in [
            "",
            "g1",
            "g2n:1:-n:::",
            "g1n:1:-n::",
            "g1n:x:-n:::",
            "g1n:1:n:::",
            "g1n:1:zn:::",
            "g1n:1:-z:::",
            "g1n:1:-n:0::",
            "g1n:1:-n:!::",
            "g1c:aBcD:1:-n:::",
            "inv:1:list:2:n",
        ] {
            assert_eq!(wrong.parse::<Token>(), Err(TokenError), "{wrong}");
        }
    }
}
