//! Words written in reply to a message of ours: what buttons, menus and forms are where nothing can
//! be pressed.
//!
//! ```text
//! a page       next · back · first · last · page 5 · refresh
//! a list       show CODE · unused, oldest, … · all · export · clean · pause · resume
//! an invite    revoke [reason] · rotate [reason] · who · list
//! a question   yes [reason], or what it is about: revoke · rotate · pause · resume; else cancel
//! a preview    revoke 37 [reason]
//! a run        cancel
//! ```
//!
//! Each stands for the press or the form that the message would have shown, so nothing means
//! anything else here than it does anywhere. A command can be given in reply as well.

use crate::{
    code::Code,
    invocation::{Audience, Request},
    options::ParseError,
    phrase::{Phrase, joined},
    query::{Sort, State, View},
    reply::{Content, Control, LINE, REASON_LINE, Reply, Role},
    stats::By,
    token::{self, Act, Key, Step, Token},
    tree::{Choices, Name},
    typed,
    words::Words,
};

/// What a message of ours is, for whoever goes on from it in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Anchor {
    /// What it shows, or asks.
    pub token: Token,
    /// Whether it asks something, and shows nothing else.
    pub is_form: bool,
}

/// What words in reply to a message come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// They ask for this.
    Asked {
        /// What.
        request: Request,
        /// Whether it is the answer to the question that the message asked: it can't be undone, and
        /// is only for whoever was asked.
        is_consent: bool,
    },
    /// They mean nothing here.
    Unknown {
        /// Why, with what they may have been meant for.
        error: ParseError,
        /// Whether they are nearly something: others may be no business of ours.
        is_near: bool,
    },
}

/// How pages are turned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Turn {
    /// To the first one.
    First,
    /// One back.
    Back,
    /// One on.
    Next,
    /// To the last one.
    Last,
}

impl Turn {
    /// Each, in the order in which they stand below a message.
    pub const ALL: [Self; 4] = [Self::First, Self::Back, Self::Next, Self::Last];

    const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Back => "back",
            Self::Next => "next",
            Self::Last => "last",
        }
    }

    /// The page that it leads to; what is past the end is the last one.
    const fn from(self, page: u32) -> u32 {
        match self {
            Self::First => 1,
            Self::Back => match page {
                0 | 1 => 1,
                page => page - 1,
            },
            Self::Next => page.saturating_add(1),
            Self::Last => u32::MAX,
        }
    }
}

/// Who reads the message, and the reason that it shows.
#[derive(Clone, Copy, Debug)]
struct Shown<'a> {
    audience: Audience,
    reason: Option<&'a str>,
}

impl Shown<'_> {
    fn press(self, token: &Token) -> Request {
        self.choose(token, Vec::new())
    }

    fn choose(self, token: &Token, values: Vec<String>) -> Request {
        Request::Press {
            id: token.to_string(),
            values,
            audience: self.audience,
            reason: self.reason.map(str::to_owned),
        }
    }

    fn submit(self, token: &Token, line: &str, reason: Option<&str>) -> Request {
        let lines = [(LINE, Some(line)), (REASON_LINE, reason.or(self.reason))];
        let filled = lines
            .into_iter()
            .filter_map(|(id, text)| Some((id.to_owned(), text?.to_owned())));
        Request::Submit {
            id: token.to_string(),
            lines: filled.collect(),
            audience: Some(self.audience),
            reason: self.reason.map(str::to_owned),
        }
    }
}

impl Anchor {
    /// What a reply leaves to go on from; `None` when there is nothing more to do with it.
    pub fn of(reply: &Reply) -> Option<Self> {
        let page = |token| Self {
            token,
            is_form: false,
        };
        Some(match &reply.content {
            Content::Form(form) => Self {
                token: form.token.clone(),
                is_form: true,
            },
            Content::Review(_) => page(Token::Review),
            Content::Stats(stats) => page(Token::Stats(stats.by)),
            Content::Help(_) => page(Token::Help),
            Content::Members(members) => page(buttons(reply).find_map(|(_, token)| {
                let Token::Invite(_, key, back) = token else {
                    return None;
                };
                let act = Act::Members { page: members.page };
                Some(Token::Invite(act, key.clone(), back.clone()))
            })?),
            _ => page(foremost(reply)?.clone()),
        })
    }

    /// Whether it holds an invite's whole code, so that it must not stand where others read.
    pub fn tells_a_code(&self) -> bool {
        match &self.token {
            Token::Card(key, _) | Token::Invite(_, key, _) => matches!(key, Key::Code(_)),
            Token::List(..)
            | Token::Clean(..)
            | Token::Cancel(_)
            | Token::Stats(_)
            | Token::Help
            | Token::Review
            | Token::Check => false,
        }
    }

    /// Whether it shows what would be ended, and asks whether it is meant.
    pub const fn is_preview(&self) -> bool {
        matches!(self.token, Token::Clean(..))
    }

    /// What a turn of the page asks for; `None` where there are no pages.
    pub fn turned(&self, turn: Turn, audience: Audience, reason: Option<&str>) -> Option<Request> {
        let token = self.turn(turn).filter(|_| !self.is_form)?;
        Some(Shown { audience, reason }.press(&token))
    }

    /// What words in reply to it ask for. `reason` is the one that it shows.
    pub fn said(&self, words: &str, audience: Audience, reason: Option<&str>) -> Said {
        let shown = Shown { audience, reason };
        let all: Vec<&str> = words.split_whitespace().map(typed::bare).collect();
        let Some((first, rest)) = all.split_first() else {
            return self.unknown(words);
        };
        let verb = first.trim_end_matches(['.', '!']).to_lowercase();
        if let Some(request) = self.consented(&verb, rest, shown) {
            return Said::Asked {
                request,
                is_consent: true,
            };
        }
        let asked = if self.is_form {
            self.declined(&verb, shown)
        } else {
            self.pressed(&verb, rest, first, shown)
        };
        let request = match asked.or_else(|| self.command(&all)) {
            Some(Request::Misread(error)) => {
                return Said::Unknown {
                    error,
                    is_near: true,
                };
            }
            Some(request) => request,
            None => return self.unknown(first),
        };
        Said::Asked {
            request,
            is_consent: false,
        }
    }

    /// A command that is given in reply.
    fn command(&self, all: &[&str]) -> Option<Request> {
        let (first, rest) = all.split_first()?;
        let mut names = Name::ALL.into_iter().map(|name| name.spec().name);
        let name = names.find(|name| name.eq_ignore_ascii_case(first))?;
        // What is to be said here begins with it, and this is only half of it.
        let is_half = rest.is_empty() && self.begun(name).is_some();
        (!is_half).then(|| match Words::typed(all.iter().copied()) {
            Ok(words) => Request::Command(words),
            Err(error) => Request::Misread(error),
        })
    }

    /// What can be said here that begins with this word and goes on.
    fn begun(&self, word: &str) -> Option<String> {
        let mut ways = self.ways(false).into_iter();
        ways.find(|way| way.split_once(' ').is_some_and(|(verb, _)| verb == word))
    }

    /// The answer to what the message asks.
    fn consented(&self, verb: &str, rest: &[&str], shown: Shown<'_>) -> Option<Request> {
        let reason = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
        if let Token::Clean(Step::Confirm | Step::Continue, _, preview, _) = &self.token {
            let (number, rest) = match rest {
                [number, rest @ ..] if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    (*number, rest)
                }
                // A word is enough for one, and never for several.
                rest if preview.count == 1 => ("1", rest),
                _ => return None,
            };
            return (verb == REVOKE)
                .then(|| shown.submit(&self.token, number, reason(rest).as_deref()));
        }
        let about = self.is_form.then(|| self.about())?;
        let is_meant = verb == YES || Some(verb) == about;
        is_meant.then(|| shown.submit(&self.token, "", reason(rest).as_deref()))
    }

    /// What a question is about, in the word that answers it.
    fn about(&self) -> Option<&'static str> {
        match &self.token {
            Token::Invite(Act::Revoke { .. }, ..) => Some(REVOKE),
            Token::Invite(Act::Rotate, ..) => Some(ROTATE),
            Token::List(token::Control::Pause, _) => Some(PAUSE),
            Token::List(token::Control::Resume, _) => Some(RESUME),
            _ => None,
        }
    }

    /// A question that is not answered makes room for where it came from.
    fn declined(&self, verb: &str, shown: Shown<'_>) -> Option<Request> {
        let (Token::Invite(_, _, back) | Token::List(_, back)) = &self.token else {
            return None;
        };
        matches!(verb, CANCEL | "no" | LIST)
            .then(|| shown.press(&Token::List(token::Control::BackToList, back.clone())))
    }

    fn pressed(&self, verb: &str, rest: &[&str], first: &str, shown: Shown<'_>) -> Option<Request> {
        // Alone, since people say it in other sentences, too.
        let is_alone = matches!(rest, [] | ["page"]);
        let mut turns = Turn::ALL.into_iter().filter(|_| is_alone);
        let turn = turns.find(|turn| turn.word() == verb);
        if let Some(token) = turn.and_then(|turn| self.turn(turn)) {
            return Some(shown.press(&token));
        }
        if matches!(verb, REFRESH | "again")
            && let Some(token) = self.refreshed()
        {
            return Some(shown.press(&token));
        }
        match &self.token {
            Token::List(_, view) => on_list(view, verb, rest, first, shown),
            Token::Card(key, back) | Token::Invite(_, key, back) => {
                self.on_invite(key, back, verb, rest, shown)
            }
            Token::Clean(_, rule, preview, page) => match (verb, rest) {
                ("page", [number]) => {
                    let jump = Token::Clean(Step::Jump, rule.clone(), *preview, *page);
                    Some(shown.submit(&jump, number, None))
                }
                (LIST, []) => {
                    let view = View {
                        filter: rule.filter.clone(),
                        ..View::default()
                    };
                    Some(shown.press(&Token::List(token::Control::BackToList, view)))
                }
                _ => None,
            },
            Token::Cancel(_) => matches!(verb, CANCEL | "stop").then(|| shown.press(&self.token)),
            Token::Stats(_) => By::read(verb).map(|by| shown.press(&Token::Stats(by))),
            Token::Review => match opened(verb, rest, first) {
                Some(code) => {
                    let open = Token::List(token::Control::Open, View::default());
                    Some(shown.choose(&open, vec![Key::Code(code).to_string()]))
                }
                None => (verb == LIST && rest.is_empty()).then(|| to_list(View::default(), shown)),
            },
            Token::Help => crate::help::Topic::read(verb)
                .filter(|_| rest.is_empty())
                .map(|topic| {
                    let values = vec![topic.choice().value.to_owned()];
                    shown.choose(&Token::Help, values)
                }),
            Token::Check => None,
        }
    }

    fn on_invite(
        &self,
        key: &Key,
        back: &View,
        verb: &str,
        rest: &[&str],
        shown: Shown<'_>,
    ) -> Option<Request> {
        let act = |act| Token::Invite(act, key.clone(), back.clone());
        let reason = (!rest.is_empty()).then(|| rest.join(" "));
        let with_reason = Shown {
            reason: reason.as_deref().or(shown.reason),
            ..shown
        };
        match verb {
            REVOKE => {
                let seen = match &self.token {
                    Token::Invite(Act::Revoke { seen }, ..) => *seen,
                    _ => None,
                };
                Some(with_reason.press(&act(Act::Revoke { seen })))
            }
            ROTATE => Some(with_reason.press(&act(Act::Rotate))),
            "who" if rest.is_empty() => Some(shown.press(&act(Act::Members { page: 1 }))),
            "invite" | "show" if rest.is_empty() => {
                Some(shown.press(&Token::Card(key.clone(), back.clone())))
            }
            LIST | "back" if rest.is_empty() => Some(to_list(back.clone(), shown)),
            _ => None,
        }
    }

    /// The same page, read again.
    fn refreshed(&self) -> Option<Token> {
        Some(match &self.token {
            Token::List(_, view) => Token::List(token::Control::Refresh, view.clone()),
            Token::Invite(Act::Revoke { .. } | Act::Rotate, key, back) => {
                Token::Card(key.clone(), back.clone())
            }
            Token::Clean(_, rule, preview, page) => {
                Token::Clean(Step::Refresh, rule.clone(), *preview, *page)
            }
            Token::Cancel(_) | Token::Help => return None,
            same => same.clone(),
        })
    }

    fn turn(&self, turn: Turn) -> Option<Token> {
        match &self.token {
            Token::List(_, view) => {
                let control = match turn {
                    Turn::First => token::Control::First,
                    Turn::Back => token::Control::Back,
                    Turn::Next => token::Control::Next,
                    Turn::Last => token::Control::Last,
                };
                Some(Token::List(control, view.at(turn.from(view.page))))
            }
            Token::Invite(Act::Members { page }, key, back) => {
                let page = turn.from(*page);
                let act = Act::Members { page };
                Some(Token::Invite(act, key.clone(), back.clone()))
            }
            Token::Clean(Step::Continue, ..) => None,
            Token::Clean(_, rule, preview, page) => {
                let step = match turn {
                    Turn::First => Step::First,
                    Turn::Back => Step::Back,
                    Turn::Next => Step::Next,
                    Turn::Last => Step::Last,
                };
                let page = turn.from(*page);
                Some(Token::Clean(step, rule.clone(), *preview, page))
            }
            _ => None,
        }
    }

    /// What can be said here, as it is written. Pages are turned only where there are several.
    pub fn ways(&self, has_pages: bool) -> Vec<String> {
        let own: &[&str] = match &self.token {
            Token::List(token::Control::Pause, _) if self.is_form => &[PAUSE, CANCEL],
            Token::List(token::Control::Resume, _) if self.is_form => &[RESUME, CANCEL],
            Token::Invite(Act::Revoke { .. }, ..) if self.is_form => &[REVOKE, CANCEL],
            Token::Invite(..) if self.is_form => &[ROTATE, CANCEL],
            Token::List(token::Control::Resume, _) => &[RESUME, LIST],
            Token::List(token::Control::BackToList | token::Control::Beside, _) => &[LIST],
            Token::List(token::Control::TryAgain, _) => &["again"],
            Token::List(..) => &["show CODE", "unused", "oldest", "export", "clean", REFRESH],
            Token::Card(..) => &["show", LIST],
            Token::Invite(Act::Members { .. }, ..) => &["invite", REVOKE, LIST],
            Token::Invite(..) => &[REVOKE, ROTATE, "who", LIST, REFRESH],
            Token::Clean(Step::Confirm | Step::Continue, _, preview, _) => {
                let ways = vec![revoke_many(preview.count)];
                return with_pages(has_pages, ways, &[REFRESH, LIST]);
            }
            Token::Clean(..) => &[REFRESH, LIST],
            Token::Cancel(_) => &[CANCEL],
            Token::Stats(_) => &["creator", "channel", REFRESH],
            Token::Help => &["list", "revoke", "clean", "privacy"],
            Token::Review => &["show CODE", LIST, REFRESH],
            Token::Check => &[REFRESH],
        };
        with_pages(has_pages, Vec::new(), own)
    }

    /// How to go on, in a sentence or two.
    pub fn hint(&self, has_pages: bool) -> Phrase {
        let ways = self.ways(has_pages);
        let codes = |ways: &[String]| {
            let codes = ways.iter().map(|way| Phrase::new().code(way.as_str()));
            joined(codes, ", ")
        };
        let asks = matches!(
            &self.token,
            Token::Clean(Step::Confirm | Step::Continue, ..)
        ) || self.is_form;
        let (Some((first, rest)), true) = (ways.split_first(), asks) else {
            return Phrase::from("Reply with ").then(codes(&ways)).text(".");
        };
        Phrase::from("To go on, reply ")
            .code(first.as_str())
            .text(" within five minutes; a reason can stand behind it. Else: ")
            .then(codes(rest))
            .text(".")
    }

    /// Whether this word alone asks for something here.
    fn means_something(&self, verb: &str) -> bool {
        let shown = Shown {
            audience: Audience::Private,
            reason: None,
        };
        let asked = || {
            if self.is_form {
                self.declined(verb, shown)
            } else {
                self.pressed(verb, &[], verb, shown)
            }
        };
        self.consented(verb, &[], shown).is_some()
            || asked().or_else(|| self.command(&[verb])).is_some()
    }

    fn unknown(&self, given: &str) -> Said {
        let ways = self.ways(!self.is_form && self.turn(Turn::Next).is_some());
        let names = Name::ALL.into_iter().map(|name| name.spec().name);
        // Words of other messages would only lead to the next question.
        let others = VERBS.into_iter().chain(names);
        let verbs = ways
            .iter()
            .map(String::as_str)
            .chain(others.filter(|verb| self.means_something(verb)))
            .filter(|verb| !verb.eq_ignore_ascii_case(given));
        // A word that turns pages is not nearly another one: it begins a sentence.
        let is_turn = Turn::ALL
            .into_iter()
            .any(|turn| turn.word().eq_ignore_ascii_case(given));
        let nearest = self
            .begun(&given.to_lowercase())
            .or_else(|| typed::nearest_of(given, verbs).map(str::to_owned))
            .filter(|_| !is_turn);
        Said::Unknown {
            is_near: nearest.is_some(),
            error: ParseError::UnknownReply {
                given: given.to_owned(),
                nearest,
                ways,
            },
        }
    }
}

const YES: &str = "yes";
const CANCEL: &str = "cancel";
const REVOKE: &str = "revoke";
const ROTATE: &str = "rotate";
const PAUSE: &str = "pause";
const RESUME: &str = "resume";
const LIST: &str = "list";
const REFRESH: &str = "refresh";

/// Words that mean something below some message.
const VERBS: [&str; 18] = [
    "next", "back", "first", "last", "page", "show", REFRESH, "again", YES, "no", CANCEL, "stop",
    "all", "any", "invite", "creator", "channel", LIST,
];

/// Whether words may be meant for a message of ours, as far as their first one tells. What a
/// message was replied to says is asked for only then.
pub fn may_be_said(words: &str) -> bool {
    let Some(first) = words.split_whitespace().next() else {
        return false;
    };
    let verb = typed::bare(first)
        .trim_end_matches(['.', '!'])
        .to_lowercase();
    VERBS.contains(&verb.as_str())
        || Name::ALL.into_iter().any(|name| name.spec().name == verb)
        || State::read(&verb).is_some()
        || Sort::read(&verb).is_some()
        || crate::help::Topic::read(&verb).is_some()
        || typed::is_plainly_a_code(typed::bare(first))
}

fn with_pages(has_pages: bool, mut ways: Vec<String>, own: &[&str]) -> Vec<String> {
    if has_pages {
        ways.extend(["next", "back", "page 5"].map(str::to_owned));
    }
    ways.extend(own.iter().map(|way| (*way).to_owned()));
    ways
}

/// What is written to end that many.
fn revoke_many(count: u32) -> String {
    format!("{REVOKE} {count}")
}

fn to_list(view: View, shown: Shown<'_>) -> Request {
    shown.press(&Token::List(token::Control::BackToList, view))
}

fn on_list(
    view: &View,
    verb: &str,
    rest: &[&str],
    first: &str,
    shown: Shown<'_>,
) -> Option<Request> {
    let list = |control| Token::List(control, view.clone());
    if let Some(code) = opened(verb, rest, first) {
        let values = vec![Key::Code(code).to_string()];
        return Some(shown.choose(&list(token::Control::Open), values));
    }
    if let ("page", [number]) = (verb, rest) {
        return Some(shown.submit(&list(token::Control::Jump), number, None));
    }
    if !rest.is_empty() {
        return None;
    }
    let top = view.at(1);
    let chosen = |control, value: &str| {
        let token = Token::List(control, top.clone());
        Some(shown.choose(&token, vec![value.to_owned()]))
    };
    match verb {
        "all" => Some(shown.press(&list(token::Control::ShowAll))),
        "any" => chosen(token::Control::Filter, verb),
        LIST => Some(to_list(view.clone(), shown)),
        "export" => Some(shown.press(&list(token::Control::Export))),
        "clean" => Some(shown.press(&list(token::Control::Clean))),
        PAUSE => Some(shown.press(&list(token::Control::Pause))),
        RESUME => Some(shown.press(&list(token::Control::Resume))),
        word if State::read(word).is_some() => chosen(token::Control::Filter, word),
        word if Sort::read(word).is_some() => chosen(token::Control::Sort, word),
        _ => None,
    }
}

/// The invite that is to be opened: `show aBcD12xY`, or its code alone.
fn opened(verb: &str, rest: &[&str], first: &str) -> Option<Code> {
    match (verb, rest) {
        ("show", [code]) => code.parse().ok(),
        (_, []) if typed::is_plainly_a_code(first) && !is_a_word(verb) => first.parse().ok(),
        _ => None,
    }
}

fn is_a_word(verb: &str) -> bool {
    VERBS.contains(&verb)
        || State::read(verb).is_some()
        || Sort::read(verb).is_some()
        || Name::ALL.into_iter().any(|name| name.spec().name == verb)
}

fn buttons(reply: &Reply) -> impl Iterator<Item = (Role, &Token)> {
    reply.controls.iter().flat_map(|control| match control {
        Control::Buttons(buttons) => buttons
            .iter()
            .map(|button| (button.role, &button.token))
            .collect(),
        Control::Menu { .. } => Vec::new(),
    })
}

/// The button that everything else can be told from: the way to what can't be undone, else the one
/// that reads the same page again, else the first.
fn foremost(reply: &Reply) -> Option<&Token> {
    let is_page = |token: &Token| {
        matches!(
            token,
            Token::List(token::Control::Refresh, _)
                | Token::Clean(Step::Refresh, ..)
                | Token::Check
                | Token::Cancel(_)
        )
    };
    let danger = buttons(reply)
        .find(|(role, token)| *role == Role::Danger && !matches!(token, Token::Cancel(_)));
    danger
        .or_else(|| buttons(reply).find(|(_, token)| is_page(token)))
        .or_else(|| buttons(reply).next())
        .map(|(_, token)| token)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        invite::Invite,
        invocation::{Invocation, Place},
        reason::Actor,
        rights::{Bot, Member, Permissions},
        samples::{Fixed, guild, invite, listing, outcome},
        tree::CODE,
    };

    fn several() -> Fixed {
        let all: Vec<Invite> = (0..37).map(|n| invite(&format!("aBcD12{n:02}"))).collect();
        Fixed(Ok(listing(all)))
    }

    fn asked_for(words: &str) -> Reply {
        let words = Words::typed(words.split_whitespace()).unwrap();
        answered(Request::Command(words))
    }

    fn answered(request: Request) -> Reply {
        let invocation = Invocation {
            place: Some(Place {
                here: guild(),
                target: guild(),
                bot: Bot::default(),
            }),
            member: Member {
                permissions: Permissions::MANAGE_GUILD,
                ..Member::default()
            },
            actor: Actor::default(),
            request,
        };
        outcome(&invocation, &several()).reply
    }

    fn anchor(words: &str) -> Anchor {
        Anchor::of(&asked_for(words)).expect("a way to go on")
    }

    fn asked(anchor: &Anchor, words: &str) -> (Request, bool) {
        match anchor.said(words, Audience::Private, None) {
            Said::Asked {
                request,
                is_consent,
            } => (request, is_consent),
            Said::Unknown { error, .. } => panic!("{words}: {error:?}"),
        }
    }

    fn pressed(request: &Request) -> (Token, Vec<String>) {
        let Request::Press { id, values, .. } = request else {
            panic!("no press: {request:?}");
        };
        (id.parse().unwrap(), values.clone())
    }

    /// The tokens of a reply's buttons, by what stands on them.
    fn labelled(reply: &Reply, label: &str) -> Token {
        let all = reply.controls.iter().flat_map(|control| match control {
            Control::Buttons(buttons) => buttons.clone(),
            Control::Menu { .. } => Vec::new(),
        });
        let mut found = all.filter(|button| button.label.starts_with(label));
        found.next().unwrap_or_else(|| panic!("no {label}")).token
    }

    #[test]
    fn a_word_is_the_press_on_the_button_of_the_same_meaning() {
        for (command, pairs) in [
            (
                "list page:2",
                &[
                    ("first", "First"),
                    ("Back", "Back"),
                    ("next.", "Next"),
                    ("refresh", "Refresh"),
                    ("export", "Export"),
                    ("clean", "Clean these"),
                ][..],
            ),
            (
                "show aBcD1201",
                &[
                    ("list", "Back to list"),
                    ("refresh", "Refresh"),
                    ("who", "Who joined"),
                    ("rotate", "Rotate"),
                    ("revoke", "Revoke"),
                ],
            ),
            (
                "clean used older_than:1m",
                &[
                    ("next", "Next"),
                    ("refresh", "Refresh"),
                    ("list", "Back to list"),
                ],
            ),
            ("stats", &[("channel", "By channel")]),
            ("review", &[("refresh", "Refresh")]),
        ] {
            let reply = asked_for(command);
            let anchor = Anchor::of(&reply).unwrap();
            for (word, label) in pairs {
                let (request, is_consent) = asked(&anchor, word);
                assert!(!is_consent, "{word}");
                assert_eq!(
                    pressed(&request).0,
                    labelled(&reply, label),
                    "{command}: {word}"
                );
            }
        }
    }

    #[test]
    fn the_last_page_is_where_the_button_leads_to() {
        let (request, _) = asked(&anchor("list"), "last");
        let Content::List(page) = answered(request).content else {
            panic!("no list");
        };
        assert_eq!((page.page, page.pages), (4, 4));
    }

    #[test]
    fn a_page_an_invite_a_filter_and_an_order_are_asked_for_by_their_names() {
        let list = anchor("list");
        let (jump, _) = asked(&list, "page 3");
        assert!(matches!(jump, Request::Submit { lines, .. }
            if lines == [(LINE.to_owned(), "3".to_owned())]));
        for words in ["show aBcD1207", "aBcD1207", "show `aBcD1207`"] {
            let (open, values) = pressed(&asked(&list, words).0);
            assert!(
                matches!(open, Token::List(token::Control::Open, _)),
                "{words}"
            );
            assert_eq!(values, ["=aBcD1207"], "{words}");
        }
        let (filter, values) = pressed(&asked(&list, "Unused").0);
        assert!(matches!(filter, Token::List(token::Control::Filter, _)));
        assert_eq!(values, ["unused"]);
        let (sort, values) = pressed(&asked(&list, "oldest").0);
        assert!(matches!(sort, Token::List(token::Control::Sort, _)));
        assert_eq!(values, ["oldest"]);
    }

    #[test]
    fn a_command_can_be_given_in_reply() {
        let (request, _) = asked(&anchor("list"), "revoke aBcD1207 moved away");
        let words = Words::typed(["revoke", "aBcD1207", "moved", "away"]).unwrap();
        assert_eq!(request, Request::Command(words));
    }

    #[test]
    fn a_question_is_answered_by_what_it_is_about() {
        let question = anchor("revoke aBcD1207 moved");
        assert!(question.is_form);
        for (words, reason) in [
            ("revoke", "moved"),
            ("yes", "moved"),
            ("Revoke another reason", "another reason"),
        ] {
            let said = question.said(words, Audience::Private, Some("moved"));
            let Said::Asked {
                request: Request::Submit { lines, .. },
                is_consent: true,
            } = said
            else {
                panic!("{words}: {said:?}");
            };
            let reason = (REASON_LINE.to_owned(), reason.to_owned());
            assert!(lines.contains(&reason), "{words}: {lines:?}");
        }
        let (back, is_consent) = asked(&question, "cancel");
        let (token, _) = pressed(&back);
        assert!(matches!(token, Token::List(token::Control::BackToList, _)));
        assert!(!is_consent);
        // What another question would be answered by is no answer to this one.
        let other = question.said("rotate", Audience::Private, None);
        assert!(
            !matches!(
                other,
                Said::Asked {
                    is_consent: true,
                    ..
                }
            ),
            "{other:?}"
        );
    }

    #[test]
    fn many_are_ended_by_their_number_alone() {
        let preview = anchor("clean used older_than:1m");
        let said = preview.said("revoke 37 spring cleaning", Audience::Private, None);
        let Said::Asked {
            request: Request::Submit { id, lines, .. },
            is_consent: true,
        } = said
        else {
            panic!("{said:?}");
        };
        assert!(matches!(id.parse(), Ok(Token::Clean(Step::Confirm, ..))));
        let expected = [(LINE, "37"), (REASON_LINE, "spring cleaning")];
        assert_eq!(
            lines,
            expected.map(|(id, text)| (id.to_owned(), text.to_owned()))
        );
        for words in ["revoke", "yes", "revoke all", "37"] {
            let said = preview.said(words, Audience::Private, None);
            assert!(
                !matches!(
                    said,
                    Said::Asked {
                        is_consent: true,
                        ..
                    }
                ),
                "{words}: {said:?}"
            );
        }
    }

    #[test]
    fn a_nearly_right_word_is_told_and_others_are_no_business_of_ours() {
        let list = anchor("list");
        let nearest =
            |anchor: &Anchor, words: &str| match anchor.said(words, Audience::Private, None) {
                Said::Unknown {
                    error: ParseError::UnknownReply { nearest, .. },
                    is_near,
                } => {
                    assert_eq!(nearest.is_some(), is_near);
                    nearest
                }
                other => panic!("{words}: {other:?}"),
            };
        assert_eq!(nearest(&list, "nxt").as_deref(), Some("next"));
        assert_eq!(nearest(&list, "thanks everyone"), None);
        assert_eq!(nearest(&list, "next time we should meet"), None);
        assert_eq!(nearest(&list, "last one, thanks"), None);
        assert_eq!(nearest(&list, "back in 5 min"), None);
        let preview = anchor("clean used older_than:1m");
        assert_eq!(nearest(&preview, "revoke").as_deref(), Some("revoke 37"));
    }

    #[test]
    fn the_nearest_word_is_another_one_that_means_something_there() {
        let mut told = 0;
        for command in [
            "list",
            "show aBcD1201",
            "review",
            "stats",
            "help",
            "revoke aBcD1201",
            "clean used older_than:1m",
            "pause",
        ] {
            let anchor = anchor(command);
            let given = VERBS
                .into_iter()
                .chain(["cancl", "nxt", "stpo", "refersh", "pag"]);
            for given in given {
                let said = anchor.said(given, Audience::Private, None);
                let Said::Unknown {
                    error:
                        ParseError::UnknownReply {
                            nearest: Some(nearest),
                            ..
                        },
                    ..
                } = said
                else {
                    continue;
                };
                told += 1;
                assert_ne!(nearest, given, "{command}");
                let way = nearest.replace("CODE", CODE.example);
                let said = anchor.said(&way, Audience::Private, None);
                assert!(
                    matches!(said, Said::Asked { .. }),
                    "{command}, {given}: {nearest}"
                );
            }
        }
        assert!(told > 0);
    }

    #[test]
    fn words_that_begin_a_sentence_are_no_codes() {
        for chatter in ["Thanks", "Because", "Perfect!", "Awesome", "Nothing"] {
            assert!(!may_be_said(chatter), "{chatter}");
            for command in ["list", "review"] {
                let said = anchor(command).said(chatter, Audience::Private, None);
                assert!(matches!(said, Said::Unknown { .. }), "{chatter}: {said:?}");
            }
        }
        for code in ["aBcD12xY", "abcdefg1", "1bcdefgh", "AbcdefgH", "abcdefgH"] {
            assert!(may_be_said(code), "{code}");
            let said = anchor("list").said(code, Audience::Private, None);
            assert!(matches!(said, Said::Asked { .. }), "{code}: {said:?}");
        }
    }

    #[test]
    fn only_invites_by_their_code_tell_one() {
        assert!(anchor("show aBcD1207").tells_a_code());
        assert!(!anchor("list").tells_a_code());
        assert!(!anchor("show aBcD1207 share").tells_a_code());
    }

    #[test]
    fn every_way_that_is_offered_is_understood() {
        for command in [
            "list",
            "show aBcD1201",
            "review",
            "stats",
            "help",
            "revoke aBcD1201",
            "rotate aBcD1201",
            "clean used older_than:1m",
            "pause",
            "resume",
        ] {
            let anchor = anchor(command);
            for way in anchor.ways(anchor.turned(Turn::Next, Audience::Private, None).is_some()) {
                let way = way.replace("CODE", CODE.example);
                let said = anchor.said(&way, Audience::Private, None);
                assert!(matches!(said, Said::Asked { .. }), "{command}: {way}");
                assert!(may_be_said(&way), "{way}");
            }
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(words in "\\PC*") {
            let _ = may_be_said(&words);
            for command in ["list", "revoke aBcD1201", "clean used older_than:1m"] {
                let _ = anchor(command).said(&words, Audience::Shared, None);
            }
        }
    }
}
