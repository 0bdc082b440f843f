//! `/invites rotate`: another invite with the same settings, and only then the end of the old one.
//!
//! ```text
//! /invites rotate code [reason]
//! ```

use crate::{
    failure::Failure,
    invite::{Extras, Invite},
    notice::{back_to, notice, reason_line, reason_told},
    phrase::Phrase,
    plan::{Answer, Problem, Work},
    platform::{Freshness, NewInvite, Platform, Revoked},
    query::View,
    reason::Reason,
    reply::{Button, Content, Form, Tone},
    revoke,
    stage::Stage,
    text,
    token::{Act, Key, Token},
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "rotate",
    description: "Make a new invite with the same settings, then revoke the old one",
    options: &[tree::CODE, tree::REASON],
    example: "rotate aBcD12xY",
};

/// The form for an invite that was named in a command: the list tells what it is.
pub(crate) async fn ask_named<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let invite = revoke::find(&listing, key)?;
    settings(&invite)?;
    let mut form = ask(Key::Code(invite.code.clone()), View::default(), reason);
    form.about.insert(0, text::one_line(&invite, false));
    Ok(Answer {
        reason: reason.map(str::to_owned),
        total: Some(listing.invites.len()),
        ..Answer::new(Content::Form(Box::new(form)))
    })
}

/// The form that asks why. Sending it is the confirmation.
pub(crate) fn ask(key: Key, back: View, reason: Option<&str>) -> Form {
    Form {
        title: match &key {
            Key::Code(code) => text::short_title("Rotate", code),
            Key::Made(_) => "Rotate this invite?".to_owned(),
        },
        token: Token::Invite(Act::Rotate, key, back),
        about: vec![
            "A new invite with the same settings is made; then the old link stops working.".into(),
        ],
        lines: vec![reason_line(reason)],
        opener: "Rotate it…",
        is_final: true,
    }
}

/// Makes the new one, then ends the old one.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    back: &View,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Now).await?;
    // No more forgiving of case: what is ended is what was shown.
    let old = key.find(&listing.invites).cloned();
    let old = old.ok_or(Failure::NoSuchInvite)?;
    let new = settings(&old)?;
    let reason = Reason::new(reason, work.actor);
    let guild = work.place.target;
    let created = work.platform.create(guild, &new, &reason).await;
    let created = created.map_err(|error| work.problem_of_making(error))?;
    let revoked = work.platform.revoke(guild, &old.code, &reason).await;
    let total = Some(listing.invites.len());
    let shown = Token::Card(Key::Code(created.code.clone()), back.clone());
    let mut buttons = vec![Button::new(shown, "Show the new one"), back_to(back)];
    let mut paragraphs = vec![new_one(&created, listing.link_base.as_deref())];
    let (works_on, error) = match revoked {
        Ok(Revoked::Done | Revoked::AlreadyGone) => (Some(false), None),
        Err(error) if revoke::may_be_done(error.kind) => {
            let is_gone = work.is_gone(&old.code).await;
            (is_gone.map(|is_gone| !is_gone), Some(error))
        }
        Err(error) => (Some(true), Some(error)),
    };
    let Some(error) = error.filter(|_| works_on != Some(false)) else {
        paragraphs.push(
            Phrase::from("The old one, ")
                .then(text::code(&old, false))
                .text(", stopped working."),
        );
        paragraphs.extend(reason_told(&reason));
        let title = Phrase::from("Rotated invite ").then(text::code(&old, false));
        let answer = notice(Tone::Done, title, paragraphs, buttons);
        return Ok(Answer { total, ..answer });
    };
    paragraphs.push(
        Phrase::new()
            .strong(if works_on.is_some() {
                "The old one works on:"
            } else {
                "The old one may work on:"
            })
            .text(" ")
            .then(text::code(&old, false))
            .text(format!(
                " {}, since {}.",
                if works_on.is_some() {
                    "could not be revoked"
                } else {
                    "may or may not have been revoked"
                },
                text::short_cause(guild.platform, error.kind)
            )),
    );
    let act = Act::Revoke { seen: None };
    let again = Token::Invite(act, Key::Code(old.code.clone()), back.clone());
    buttons.insert(0, Button::new(again, "Revoke the old one…"));
    let title = "A new invite was made, but the old one could not be revoked".into();
    Ok(Answer {
        total,
        reason: reason.given().map(str::to_owned),
        error: Some(error),
        ..notice(Tone::Careful, title, paragraphs, buttons)
    })
}

fn new_one(created: &Invite, link_base: Option<&str>) -> Phrase {
    let phrase = Phrase::from("The new one: ");
    match link_base {
        Some(base) => phrase.link(format!("{base}/{}", created.code.as_str())),
        None => phrase.then(text::code(created, false)),
    }
}

/// What a new one has to be like.
///
/// # Errors
///
/// The platform hides it, or it is more than another invite can be made to be.
fn settings(old: &Invite) -> Result<NewInvite, Failure> {
    if let Some(extras) = old.extras.as_deref() {
        let Extras {
            guest,
            roles,
            event,
            target,
        } = extras;
        if *guest || !roles.is_empty() || event.is_some() || target.is_some() {
            return Err(Failure::NotRotatable);
        }
    }
    let (Some(usage), Some(channel)) = (&old.usage, &old.channel) else {
        return Err(Failure::SettingsHidden);
    };
    Ok(NewInvite {
        channel: channel.id,
        max_age: usage.max_age,
        max_uses: usage.max_uses,
        temporary: usage.temporary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::invite;

    #[test]
    fn settings_are_taken_over_whole() {
        let mut old = invite("aBcD12xY");
        let usage = old.usage.as_mut().unwrap();
        usage.max_uses = Some(7);
        usage.temporary = true;
        let new = settings(&old).unwrap();
        assert_eq!(
            (new.max_uses, new.max_age, new.temporary),
            (Some(7), None, true)
        );
    }

    #[test]
    fn what_cannot_be_made_again_is_refused() {
        let mut roles = invite("aBcD12xY");
        roles.extras = Some(Box::new(Extras {
            roles: vec!["Guest".to_owned()],
            ..Extras::default()
        }));
        assert_eq!(settings(&roles), Err(Failure::NotRotatable));
        let mut hidden = invite("aBcD12xY");
        hidden.usage = None;
        assert_eq!(settings(&hidden), Err(Failure::SettingsHidden));
    }
}
