//! `/invites revoke`: ends one invite.
//!
//! ```text
//! /invites revoke code [reason]
//! invite ─ form that asks why ─ list read again ─ ended
//!                                   └ used since it was shown: said so, asked once more
//! ```

use crate::{
    failure::Failure,
    invite::Invite,
    notice::{back_to, notice, reason_line, reason_told},
    phrase::Phrase,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Platform, PlatformErrorKind, Revoked},
    query::View,
    reason::Reason,
    reply::{Button, Content, Form, Role, Tone},
    rights::Right,
    show,
    stage::Stage,
    text,
    token::{Act, Key, Token},
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "revoke",
    description: "Revoke one invite: its link stops working",
    options: &[tree::CODE, tree::REASON],
    example: "revoke aBcD12xY",
};

/// The form for an invite that was named in a command: the list tells what it is.
pub(crate) async fn ask_named<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let Some(invite) = show::find(&listing, key) else {
        return Ok(already_gone(key, &View::default()));
    };
    let key = Key::Code(invite.code.clone());
    let seen = invite.uses();
    let mut form = ask(key, seen, View::default(), reason);
    form.about.insert(0, text::one_line(invite, false));
    Ok(Answer {
        reason: reason.map(str::to_owned),
        total: Some(listing.invites.len()),
        ..Answer::new(Content::Form(Box::new(form)))
    })
}

/// The form that asks why. Sending it is the confirmation.
pub(crate) fn ask(key: Key, seen: Option<u32>, back: View, reason: Option<&str>) -> Form {
    Form {
        title: match &key {
            Key::Code(code) => text::short_title("Revoke", code),
            Key::Made(_) => "Revoke this invite?".to_owned(),
        },
        token: Token::Invite(Act::Revoke { seen }, key, back),
        about: vec!["Its link stops working. This cannot be undone.".into()],
        lines: vec![reason_line(reason)],
        opener: "Revoke it…",
        is_final: true,
    }
}

/// Ends it, unless it was used since it was shown.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    seen: Option<u32>,
    back: &View,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    // The platforms take any code that the bot has the right to: this list says whose it is.
    let listing = work.list(Freshness::Now).await?;
    // No more forgiving of case: what is ended is what was shown.
    let Some(invite) = key.find(&listing.invites) else {
        return Ok(already_gone(key, back));
    };
    if let (Some(seen), Some(uses)) = (seen, invite.uses())
        && uses > seen
    {
        return Ok(Answer {
            reason: reason.map(str::to_owned),
            total: Some(listing.invites.len()),
            ..used_since(invite, uses - seen, back)
        });
    }
    let reason = Reason::new(reason, work.actor);
    let revoked = work
        .platform
        .revoke(work.place.target, &invite.code, &reason)
        .await;
    let answer = match revoked {
        Ok(Revoked::Done) => ended(invite, &reason, back),
        Ok(Revoked::AlreadyGone) => already_gone(key, back),
        Err(error) if may_be_done(error.kind) && work.is_gone(&invite.code).await == Some(true) => {
            ended(invite, &reason, back)
        }
        Err(error) => return Err(work.problem_of_changing(error, Right::ManageGuild)),
    };
    Ok(Answer {
        total: Some(listing.invites.len()),
        ..answer
    })
}

/// Whether the platform may have done it although it did not say so.
pub(crate) const fn may_be_done(kind: PlatformErrorKind) -> bool {
    matches!(
        kind,
        PlatformErrorKind::Broken
            | PlatformErrorKind::TimedOut
            | PlatformErrorKind::Unreachable
            | PlatformErrorKind::Unreadable
    )
}

fn ended(invite: &Invite, reason: &Reason, back: &View) -> Answer {
    let mut what = Phrase::from("Its link into ").then(text::channel(invite));
    what = what
        .text(" stopped working. It was made by ")
        .then(text::creator(invite));
    if let Some(usage) = &invite.usage {
        what = match usage.uses {
            0 => what.text(" and was never used"),
            _ => what.text(format!(" and had {}", text::uses(usage))),
        };
    }
    let mut paragraphs = vec![
        what.text("."),
        "Whoever came through it stays; only the way in is closed.".into(),
    ];
    paragraphs.extend(reason_told(reason));
    notice(
        Tone::Done,
        Phrase::from("Revoked invite ").then(text::code(invite, false)),
        paragraphs,
        vec![back_to(back)],
    )
}

fn already_gone(key: &Key, back: &View) -> Answer {
    let title = match key {
        Key::Code(code) => Phrase::from("There is no invite ").code(code.as_str()),
        Key::Made(_) => "This invite is no more".into(),
    };
    notice(
        Tone::Plain,
        title,
        vec![
            "It has ended, was revoked already, or leads elsewhere: there is nothing left to do."
                .into(),
        ],
        vec![back_to(back)],
    )
}

fn used_since(invite: &Invite, times: u32, back: &View) -> Answer {
    let times = if times == 1 {
        "once".to_owned()
    } else {
        format!("{times} times")
    };
    let key = Key::Code(invite.code.clone());
    let act = Act::Revoke { seen: None };
    notice(
        Tone::Careful,
        Phrase::from("Used since you looked: ").then(text::code(invite, false)),
        vec![
            Phrase::from(format!(
                "It was used {times} since it was shown to you, so it was not revoked."
            ))
            .text(" Somebody may be counting on it. Revoke it all the same?"),
            text::one_line(invite, false),
        ],
        vec![
            Button {
                role: Role::Danger,
                ..Button::new(
                    Token::Invite(act, key, back.clone()),
                    "Revoke it all the same…",
                )
            },
            back_to(back),
        ],
    )
}

/// The invite that is meant, from a list read just now.
pub(crate) fn find(listing: &crate::platform::Listing, key: &Key) -> Result<Invite, Problem> {
    let invite = show::find(listing, key).ok_or(Failure::NoSuchInvite)?;
    Ok(invite.clone())
}
