//! `/invites clean`: ends all invites that a rule takes, after showing every one of them.
//!
//! ```text
//! /invites clean [state] [by] [channel] [older_than] [uses_at_most] [keep] [reason]
//! rule ─ preview, page by page ─ reason, and the number where it is large ─ run ─ outcome
//! ```
//!
//! Nothing is remembered between the steps: buttons carry the rule, and enough of what the preview
//! showed to know whether a later list still says the same. If it does not, the new preview is
//! shown and nothing is ended.

mod outcome;
mod rule;
mod run;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use self::rule::{Kept, Selection};
pub use self::{
    outcome::{Cleaned, Fate, Progress},
    rule::{Preview, Print, Rule},
};
pub(crate) use self::{
    rule::{KEEP_MAX, USES_MAX},
    run::run,
};
use crate::{
    code::Code,
    failure::Failure,
    list,
    notice::{back_to, notice, reason_line},
    options::{Options, ParseError},
    paging::{self, Page, Turn},
    phrase::{Phrase, joined, length},
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Overview, Platform, Vanity},
    query::{PAGE_ENTRIES, View},
    reply::{Button, Content, Control, Form, LINE, Line, ListPage, Role, Tone},
    show,
    stage::Stage,
    text,
    token::{self, Key, RunId, Step, Token},
    tree::{self, CommandOption, OptionKind},
    wish::Wish,
};

/// From this many invites on the number has to be typed.
pub(crate) const TYPED_FROM: u32 = 25;

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "clean",
    description: "Revoke many invites at once, after a preview; unused ones older than 30 days if not told otherwise",
    options: &[
        tree::STATE,
        tree::BY,
        tree::CHANNEL,
        OLDER_THAN,
        USES_AT_MOST,
        KEEP,
        tree::REASON,
    ],
    example: "clean unused older_than:30d",
};

const OLDER_THAN: CommandOption = CommandOption {
    name: "older_than",
    description: "Only invites made longer ago than this: 30m, 12h, 30d or 2w",
    kind: OptionKind::Duration,
    required: false,
    example: "30d",
};

const USES_AT_MOST: CommandOption = CommandOption {
    name: "uses_at_most",
    description: "Only invites that were used at most this often",
    kind: OptionKind::Whole {
        min: 0,
        max: USES_MAX,
    },
    required: false,
    example: "0",
};

const KEEP: CommandOption = CommandOption {
    name: "keep",
    description: "Up to ten codes or links to leave alone, with commas between them",
    kind: OptionKind::Words {
        max_chars: KEEP_TEXT_MAX_CHARS,
    },
    required: false,
    example: "aBcD12xY, welcome",
};

/// Ten whole links.
const KEEP_TEXT_MAX_CHARS: u16 = 1000;

/// What is to be cleaned, as a moderator asks for it: creators and channels may still be names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CleanWish {
    wish: Wish,
    /// All but the filter.
    rest: Rule,
    /// What is to be kept, as typed.
    keep: Vec<Code>,
}

impl CleanWish {
    pub(crate) fn read(options: &Options<'_>) -> Result<Self, ParseError> {
        let keep = options.text(KEEP.name)?.unwrap_or_default();
        let keep = read_codes(keep).ok_or(Options::wrong(&KEEP))?;
        Ok(Self {
            wish: Wish::read_filter(options)?,
            rest: Rule {
                older_than: options.duration(OLDER_THAN.name)?,
                uses_at_most: options.whole(USES_AT_MOST.name)?,
                keep: keep.iter().map(Print::of).collect(),
                ..Rule::default()
            },
            keep,
        })
    }

    /// Everything that a list shows.
    pub(crate) fn listed(view: View) -> Self {
        Self {
            wish: view.into(),
            ..Self::default()
        }
    }

    /// The rule again that a button carries.
    pub(crate) fn of(rule: Rule) -> Self {
        let Rule { filter, .. } = rule.clone();
        Self {
            wish: View {
                filter,
                ..View::default()
            }
            .into(),
            rest: rule,
            keep: Vec::new(),
        }
    }

    /// The button that shows the preview again; `None` where a name has to be looked up first.
    pub(crate) fn again(&self, page: u32) -> Option<Token> {
        let rule = Rule {
            filter: self.wish.without_names()?.filter,
            ..self.rest.clone()
        };
        let nothing = Preview::of([]);
        Some(Token::Clean(
            Step::Refresh,
            rule.or_default(),
            nothing,
            page,
        ))
    }

    fn resolve(&self, listing: &Listing) -> Result<Rule, Problem> {
        let mut rule = Rule {
            filter: self.wish.resolve(listing)?.filter,
            ..self.rest.clone()
        };
        if !self.keep.is_empty() {
            // People retype codes: one that is meant but for its case is kept.
            let meant = |code: &Code| {
                let found = show::find(listing, &Key::Code(code.clone()));
                Print::of(found.map_or(code, |invite| &invite.code))
            };
            rule.keep = self.keep.iter().map(meant).collect();
        }
        Ok(rule.or_default())
    }

    /// What was to be kept and is not there.
    fn unknown(&self, listing: &Listing) -> Option<Phrase> {
        let is_unknown = |code: &&Code| show::find(listing, &Key::Code((*code).clone())).is_none();
        let unknown = self.keep.iter().filter(is_unknown);
        let codes: Vec<Phrase> = unknown
            .map(|code| Phrase::new().code(code.as_str()))
            .collect();
        (!codes.is_empty()).then(|| {
            Phrase::new()
                .strong("Not among the invites, so not kept:")
                .text(" ")
                .then(joined(codes, ", "))
        })
    }
}

/// Codes with commas or spaces between them; `None` when one is no code, or there are too many.
fn read_codes(text: &str) -> Option<Vec<Code>> {
    let codes: Vec<Code> = text
        .split([',', ';', ' ', '\n'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    (codes.len() <= KEEP_MAX).then_some(codes)
}

/// Shows what a clean would end. `seen` is what its other pages showed before this one was turned
/// to: what they say must still be true, or all are to be looked at again.
pub(crate) async fn preview<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    wish: &CleanWish,
    page: u32,
    seen: Option<Preview>,
    freshness: Freshness,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let (listing, overview) = read(work, freshness).await?;
    let rule = wish.resolve(&listing)?;
    let looked = Looked {
        listing: &listing,
        overview: &overview,
        rule: &rule,
    };
    let selection = looked.select(work.stage.now());
    let current = Preview::of(selection.taken.iter().copied());
    let mut answer = match seen {
        Some(seen) if !seen.is_same_set(&current) => {
            looked.draw(work, 1, Some(Again::Changed), None, reason)
        }
        seen => looked.draw(work, page, None, seen, reason),
    };
    if let (Some(note), Content::List(page)) = (wish.unknown(&listing), &mut answer.content) {
        page.notes.insert(0, note);
    }
    Ok(answer)
}

/// The list, with the guild: without it we could not tell the guild's own address.
async fn read<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    freshness: Freshness,
) -> Result<(std::sync::Arc<Listing>, Overview), Problem> {
    let listing = work.list(freshness).await?;
    let overview = match &listing.overview {
        Some(overview) if overview.vanity != Vanity::NotTold => overview.clone(),
        _ => work.overview().await?,
    };
    Ok((listing, overview))
}

/// Asks a run to end after what it is doing right now.
pub(crate) fn cancel<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    run: RunId,
) -> Result<Answer, Problem> {
    let Some(Content::Progress(mut progress)) = work.stage.cancel(run).map(|last| last.content)
    else {
        return Err(Failure::NoSuchRun.into());
    };
    progress.is_ending = true;
    Ok(Answer::new(Content::Progress(progress)))
}

/// What is left to say of a run that was cut short.
pub(crate) fn cut_short(progress: &Progress) -> Answer {
    let Progress { done, total, .. } = *progress;
    notice(
        Tone::Careful,
        format!("Cut short after {done} of {total}").into(),
        vec![
            "The bot is being restarted. What was revoked stays revoked; the others work on. Look at \
             the list to see which, and clean again for the rest."
                .into(),
        ],
        vec![back_to(&View::default())],
    )
}

/// A list that was looked at with a rule in mind.
struct Looked<'a> {
    listing: &'a Listing,
    overview: &'a Overview,
    rule: &'a Rule,
}

impl Looked<'_> {
    fn select(&self, now: Timestamp) -> Selection<'_> {
        self.rule.select(self.listing, self.overview, now)
    }

    /// The preview. `note` says why it is shown again; `seen` is what its other pages showed.
    fn draw<P: Platform, S: Stage>(
        &self,
        work: &Work<'_, P, S>,
        page: u32,
        note: Option<Again>,
        seen: Option<Preview>,
        reason: Option<&str>,
    ) -> Answer {
        let Self { listing, rule, .. } = self;
        let now = work.stage.now();
        let platform = work.place.target.platform;
        let selection = self.select(now);
        let mut preview = Preview::of(selection.taken.iter().copied());
        if let Some(seen) = seen {
            // Uses in between are asked about in the end, since the other pages did not show them.
            preview.uses = seen.uses;
        }
        let count = selection.taken.len();
        let page = Page::of(&selection.taken, page, PAGE_ENTRIES);
        let mut notes: Vec<Phrase> = note.map(Again::text).into_iter().collect();
        notes.extend(text::notes(listing, platform));
        notes.extend(kept(&selection));
        if count == 0 {
            notes.push("This rule takes no invite.".into());
        }
        let content = ListPage {
            title: title(count),
            notes,
            summary: summary(listing, rule),
            entries: page
                .entries
                .iter()
                .map(|invite| list::entry(invite, false))
                .collect(),
            page: page.number,
            pages: page.pages,
            matched: count,
            total: listing.invites.len(),
            footer: paging::footer(
                page.number,
                page.pages,
                text::footer(listing, platform, now),
            ),
            read_at: listing.read_at,
            link_base: listing.link_base.clone(),
        };
        let token = |step, page| Token::Clean(step, (*rule).clone(), preview, page);
        let to = |button, page| token(turn(button), page);
        let row = paging::row(page.number, page.pages, to);
        let mut controls: Vec<Control> = row.into_iter().collect();
        let confirm = (count > 0).then(|| Button {
            role: Role::Danger,
            ..Button::new(token(Step::Confirm, page.number), confirm_label(count))
        });
        let refresh = Button::new(token(Step::Refresh, page.number), "Refresh");
        let back = View {
            filter: rule.filter.clone(),
            ..View::default()
        };
        let back = Token::List(token::Control::BackToList, back);
        let buttons = confirm
            .into_iter()
            .chain([refresh, Button::new(back, "Back to list")]);
        controls.push(Control::Buttons(buttons.collect()));
        Answer {
            controls,
            reason: reason.map(str::to_owned),
            total: Some(listing.invites.len()),
            ..Answer::new(Content::List(Box::new(content)))
        }
    }
}

const fn turn(turn: Turn) -> Step {
    match turn {
        Turn::First => Step::First,
        Turn::Back => Step::Back,
        Turn::Jump => Step::Jump,
        Turn::Next => Step::Next,
        Turn::Last => Step::Last,
    }
}

/// Why a preview is shown again instead of ending anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Again {
    /// Other invites fit the rule now.
    Changed,
    /// Some were used in between.
    Used,
    /// The number that was typed is not that of the invites.
    Miscounted,
}

impl Again {
    fn text(self) -> Phrase {
        let (what, rest) = match self {
            Self::Changed => (
                "The list has changed since you looked.",
                " Nothing was revoked. This is what would be revoked now.",
            ),
            Self::Used => (
                "Some of these were used since you looked.",
                " Nothing was revoked. Look at their uses again, and revoke them if it is still right.",
            ),
            Self::Miscounted => (
                "That is not the number of these invites.",
                " Nothing was revoked.",
            ),
        };
        Phrase::new().strong(what).text(rest)
    }
}

fn title(count: usize) -> Phrase {
    match count {
        0 => "Nothing to clean".into(),
        1 => "1 invite would stop working".into(),
        count => format!("{count} invites would stop working").into(),
    }
}

fn confirm_label(count: usize) -> String {
    match count {
        1 => "Revoke this invite…".to_owned(),
        count => format!("Revoke these {count} invites…"),
    }
}

/// `unused · older than 30 days`.
fn summary(listing: &Listing, rule: &Rule) -> Phrase {
    let mut parts = text::filters(listing, &rule.filter);
    if let Some(age) = rule.older_than {
        parts.push(format!("older than {}", length(age)).into());
    }
    match rule.uses_at_most {
        None => {}
        Some(0) => parts.push("never used".into()),
        Some(1) => parts.push("used at most once".into()),
        Some(most) => parts.push(format!("used at most {most} times").into()),
    }
    Phrase::from("Takes what is ").then(joined(parts, " · "))
}

/// What fits the rule and is kept, by why.
fn kept(selection: &Selection<'_>) -> Option<Phrase> {
    const WHY: [(Kept, &str); 4] = [
        (Kept::Named, "that you named"),
        (Kept::Vanity, "that is this community's own address"),
        (Kept::Event, "to a scheduled event"),
        (Kept::Roles, "with roles"),
    ];
    let parts: Vec<Phrase> = WHY
        .into_iter()
        .filter_map(|(kept, words)| {
            let count = selection
                .kept
                .iter()
                .filter(|(_, why)| *why == kept)
                .count();
            (count > 0).then(|| format!("{count} {words}").into())
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    let kept = Phrase::from("Kept although they fit: ").then(joined(parts, ", "));
    Some(
        kept.text(". To revoke one of them, name it: ")
            .command(format!("revoke {}", tree::CODE.example)),
    )
}

/// The form that asks why, and for the number where it is large.
pub(crate) fn ask(
    step: Step,
    rule: Rule,
    preview: Preview,
    page: u32,
    reason: Option<&str>,
) -> Form {
    let count = preview.count;
    let (noun, verb) = if count == 1 {
        ("invite", "stops")
    } else {
        ("invites", "stop")
    };
    let mut lines = vec![reason_line(reason)];
    if count >= TYPED_FROM {
        let number = Line {
            id: LINE,
            label: format!("Type {count} to go on"),
            placeholder: count.to_string(),
            value: None,
            max_chars: NUMBER_MAX_CHARS,
            is_required: true,
            expects: Some(count.to_string()),
        };
        lines.insert(0, number);
    }
    Form {
        token: Token::Clean(step, rule, preview, page),
        title: format!("Revoke {count} {noun}?"),
        about: vec![
            Phrase::new()
                .strong(format!("{count} {noun}"))
                .text(format!(" {verb} working. This cannot be undone.")),
        ],
        lines,
        opener: "Go on…",
        is_final: true,
    }
}

const NUMBER_MAX_CHARS: u16 = 10;
