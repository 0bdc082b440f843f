//! `/invites who`: who came through an invite and is still here.
//!
//! ```text
//! /invites who code
//! ```
//!
//! Fluxer tells it by its search of members. Discord tells bots nothing of the sort, and guessing
//! by comparing use counts would name innocent people.

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    notice::{back_to, notice},
    paging,
    phrase::{Phrase, length},
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Joined, MEMBERS_MAX, Members, Platform},
    query::{PAGE_ENTRIES, View},
    reply::{Button, Content, Control, MembersPage, Role, Tone},
    revoke,
    stage::Stage,
    text,
    token::{Act, Key, Token},
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "who",
    description: "Who came through an invite and is still here",
    options: &[tree::CODE],
    example: "who aBcD12xY",
};

/// Below this age when it came an account is young enough to be pointed out.
const YOUNG: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Shows them, newest first.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    page: u32,
    back: &View,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let invite = revoke::find(&listing, key)?;
    let total = Some(listing.invites.len());
    let guild = work.place.target;
    let shown = Token::Card(Key::Code(invite.code.clone()), back.clone());
    let shown = Button::new(shown, "Back to invite");
    if !guild.platform.tells_who_joined() {
        let answer = notice(
            Tone::Plain,
            not_told_title(guild.platform),
            not_told(guild.platform, &invite),
            vec![shown, back_to(back)],
        );
        return Ok(Answer { total, ..answer });
    }
    // The platform gives them by the hundred: ours are ten pages of its one.
    let size = u32::try_from(PAGE_ENTRIES).expect("a page is small");
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(size) / MEMBERS_MAX * MEMBERS_MAX;
    let first = work.platform.members(guild, &invite.code, offset).await;
    let mut members = first.map_err(|error| work.problem(error))?;
    let mut offset = offset;
    if members.members.is_empty() && offset > 0 {
        // They have become fewer since: the last page is as good.
        offset = members.total.saturating_sub(1) / MEMBERS_MAX * MEMBERS_MAX;
        let last = work.platform.members(guild, &invite.code, offset).await;
        members = last.map_err(|error| work.problem(error))?;
    }
    let now = work.stage.now();
    let (content, pages, number) = draw(&invite, &members, offset, page, now);
    let to = |page| {
        let act = Act::Members { page };
        Token::Invite(act, Key::Code(invite.code.clone()), back.clone())
    };
    let mut controls: Vec<Control> = turning(number, pages, to).into_iter().collect();
    let act = Act::Revoke {
        seen: invite.uses(),
    };
    let revoke = Token::Invite(act, Key::Code(invite.code.clone()), back.clone());
    controls.push(Control::Buttons(vec![
        shown,
        Button::new(revoke, "Revoke…"),
        back_to(back),
    ]));
    Ok(Answer {
        controls,
        total,
        ..Answer::new(Content::Members(Box::new(content)))
    })
}

/// Back and next alone: an id names its page, and no two of a message may be the same.
fn turning(number: u32, pages: u32, to: impl Fn(u32) -> Token) -> Option<Control> {
    let back = (number > 1).then(|| Button::new(to(number - 1), "Back"));
    let next = (number < pages).then(|| Button {
        role: Role::Main,
        ..Button::new(to(number + 1), "Next")
    });
    let buttons: Vec<Button> = back.into_iter().chain(next).collect();
    (!buttons.is_empty()).then_some(Control::Buttons(buttons))
}

fn draw(
    invite: &Invite,
    members: &Members,
    offset: u32,
    page: u32,
    now: Timestamp,
) -> (MembersPage, u32, u32) {
    let known = usize::try_from(members.total)
        .unwrap_or(usize::MAX)
        .max(members.members.len());
    let pages = paging::pages(known, PAGE_ENTRIES);
    let number = page.clamp(1, pages);
    let skip = (number as usize - 1) * PAGE_ENTRIES;
    let skip = skip.saturating_sub(usize::try_from(offset).unwrap_or(usize::MAX));
    let entries = members.members.iter().skip(skip).take(PAGE_ENTRIES);
    let content = MembersPage {
        title: Phrase::from("Who came through ").then(text::code(invite, false)),
        notes: notes(invite, members),
        summary: summary(invite, members),
        entries: entries.map(|who| (who.clone(), line(who, now))).collect(),
        page: number,
        pages,
        total: members.total,
        footer: paging::footer(number, pages, "Newest first".into()),
    };
    (content, pages, number)
}

fn summary(invite: &Invite, members: &Members) -> Phrase {
    // Nothing may read as “nobody” that only is not known.
    let phrase = match members.total {
        0 if invite.uses() == Some(0) => return "Nobody has used it yet".into(),
        0 => Phrase::from("Who came through it and is still here is not known"),
        1 => Phrase::new()
            .strong("1 member")
            .text(" still here came through it"),
        total => Phrase::new()
            .strong(format!("{total} members"))
            .text(" still here came through it"),
    };
    match &invite.usage {
        Some(usage) => phrase.text(format!(" · {}", text::uses(usage))),
        None => phrase,
    }
}

/// An empty answer must not read as “nobody” when people did come.
fn notes(invite: &Invite, members: &Members) -> Vec<Phrase> {
    if members.is_indexing {
        return vec![
            Phrase::new()
                .strong("The platform is still building its search.")
                .text(" What is shown may be too little. Try again in some minutes."),
        ];
    }
    let was_used = invite.uses().is_some_and(|uses| uses > 0);
    if members.members.is_empty() && was_used {
        return vec![
            Phrase::new()
                .strong("The platform's search names none of them.")
                .text(
                    " They may all have left, or this instance has no search of members: it \
                     answers the same then.",
                ),
        ];
    }
    Vec::new()
}

/// `Ann (ann#0001) · joined 2 hours ago · account made 3 days before`.
fn line(who: &Joined, now: Timestamp) -> Phrase {
    let mut line = Phrase::new()
        .name(&who.shown_name)
        .text(" (")
        .name(&who.tag)
        .text(")");
    if who.is_bot {
        line = line.text(" · bot");
    }
    let made = who.id.created_at();
    let age = now.duration_since(made).max(SignedDuration::ZERO);
    match who.joined_at {
        Some(joined) => {
            line = line.text(" · joined ").ago(joined);
            let at_join = joined.duration_since(made).max(SignedDuration::ZERO);
            if at_join < YOUNG {
                return line
                    .text(" · ")
                    .strong(format!("account {} old then", length(at_join)));
            }
        }
        None => line = line.text(" · joined at an unknown time"),
    }
    line.text(format!(" · account {} old", length(age)))
}

fn not_told_title(platform: PlatformName) -> Phrase {
    format!("{platform} does not tell bots who came through an invite").into()
}

fn not_told(platform: PlatformName, invite: &Invite) -> Vec<Phrase> {
    let uses = match &invite.usage {
        Some(usage) => format!(
            "What is known: {}. Who they are is not part of {platform}'s API for bots.",
            text::uses(usage)
        ),
        None => format!("Who they are is not part of {platform}'s API for bots."),
    };
    vec![
        text::one_line(invite, false),
        uses.into(),
        "Moderators see it in the app: Server Settings → Members shows how each member joined. \
         Guessing from changing use counts would name the wrong people, so I do not."
            .into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::UserId,
        samples::{NOW, invite},
    };

    /// An account made at this many seconds before now.
    fn joined(name: &str, account_secs: i64, joined_secs: i64) -> Joined {
        let made = NOW - SignedDuration::from_secs(account_secs);
        let millis = u64::try_from(made.as_millisecond()).unwrap() - 1_420_070_400_000;
        Joined {
            id: UserId::new(millis << 22).unwrap(),
            tag: format!("{name}#0001"),
            shown_name: name.to_owned(),
            joined_at: Some(NOW - SignedDuration::from_secs(joined_secs)),
            is_bot: false,
        }
    }

    #[test]
    fn young_accounts_are_pointed_out() {
        let day = 86_400;
        insta::assert_snapshot!(
            line(&joined("ann", 400 * day, 3_600), NOW).plain(NOW),
            @"ann (ann#0001) · joined 1 hour ago · account 1 year old"
        );
        insta::assert_snapshot!(
            line(&joined("bob", 3 * day, day), NOW).plain(NOW),
            @"bob (bob#0001) · joined 1 day ago · account 2 days old then"
        );
        let at_the_limit = joined("cy", 7 * day, 0);
        assert!(!line(&at_the_limit, NOW).plain(NOW).contains("then"));
        let below = joined("cy", 7 * day - 1, 0);
        assert!(line(&below, NOW).plain(NOW).contains("then"));
    }

    #[test]
    fn nothing_is_never_told_as_nobody_when_people_came() {
        let told = |uses, members: &Members| {
            let mut invite = invite("aBcD12xY");
            invite.usage.as_mut().unwrap().uses = uses;
            let notes = notes(&invite, members);
            let all = std::iter::once(summary(&invite, members)).chain(notes);
            all.map(|phrase| phrase.plain(NOW)).collect::<String>()
        };
        let none = Members::default();
        assert!(told(0, &none).starts_with("Nobody"));
        let unknown = told(3, &none);
        assert!(
            !unknown.contains("Nobody") && unknown.contains("no search"),
            "{unknown}"
        );
        let indexing = Members {
            is_indexing: true,
            ..Members::default()
        };
        let told = told(3, &indexing);
        assert!(
            !told.contains("Nobody") && told.contains("Try again"),
            "{told}"
        );
    }

    #[test]
    fn pages_are_ten_of_the_platforms_hundred() {
        let all: Vec<Joined> = (0..100)
            .map(|n| joined(&format!("m{n}"), 900_000, n))
            .collect();
        let members = Members {
            members: all,
            total: 123,
            is_indexing: false,
        };
        let (page, pages, _) = draw(&invite("a"), &members, 0, 2, NOW);
        assert_eq!((page.entries.len(), pages), (10, 13));
        assert_eq!(page.entries[0].0.shown_name, "m10");
        let (last, _, number) = draw(&invite("a"), &members, 100, 99, NOW);
        assert_eq!((number, last.entries[0].0.shown_name.as_str()), (13, "m20"));
    }
}
