//! `/invites pause` and `/invites resume`: whether anybody can join by invite at all.
//!
//! ```text
//! /invites pause [for] [reason]
//! /invites resume [reason]
//! ```
//!
//! Discord pauses for a day at most; Fluxer until somebody resumes, and takes no end.

use jiff::{SignedDuration, Timestamp};

use crate::{
    failure::Failure,
    notice::{back_to, notice, reason_line, reason_told},
    phrase::{Phrase, length},
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Pause, Platform},
    query::View,
    reason::Reason,
    reply::{Button, Form, Notice, Tone},
    rights::Right,
    stage::Stage,
    token::{self, Token},
    tree::{self, CommandOption, OptionKind},
};

pub(crate) const PAUSE: tree::Command = tree::Command {
    name: "pause",
    description: "Let nobody in by invite for now",
    options: &[FOR, tree::REASON],
    example: "pause",
};

pub(crate) const RESUME: tree::Command = tree::Command {
    name: "resume",
    description: "Let people in by invite again",
    options: &[tree::REASON],
    example: "resume",
};

pub(crate) const FOR: CommandOption = CommandOption {
    name: "for",
    description: "How long, on Discord: 30m, 12h or 1d; a day if left out",
    kind: OptionKind::Duration,
    required: false,
    example: "12h",
};

/// How much earlier than the platform's longest a pause ends, so that a clock of ours that is a
/// little ahead does not make it too long.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// The form behind the button that pauses.
pub(crate) fn ask_pause(view: View) -> Form {
    Form {
        token: Token::List(token::Control::Pause, view),
        title: "Pause joining?".to_owned(),
        about: vec![
            "Nobody can join by invite until it is resumed; Discord ends a pause by itself after a day. \
             Invites stay as they are."
                .into(),
        ],
        lines: vec![reason_line(None)],
        opener: "Pause joining…",
        is_final: false,
    }
}

/// The form behind the button that resumes.
pub(crate) fn ask_resume(view: View) -> Form {
    Form {
        token: Token::List(token::Control::Resume, view),
        title: "Resume joining?".to_owned(),
        about: vec!["Every invite works again.".into()],
        lines: vec![reason_line(None)],
        opener: "Resume joining…",
        is_final: false,
    }
}

/// What a pause does, for whoever has to say first that it is meant.
pub(crate) fn announce_pause(
    platform: PlatformName,
    duration: Option<SignedDuration>,
    now: Timestamp,
) -> Result<Notice, Failure> {
    let end = match until(platform, duration, now)? {
        Some(_) => {
            let longest = duration.or(platform.pause_max()).unwrap_or_default();
            format!("It goes on by itself in {}.", length(longest))
        }
        None => "It stays so until somebody resumes it.".to_owned(),
    };
    Ok(announced(ask_pause(View::default()), Some(end.into())))
}

/// What letting people in again does, for whoever has to say first that it is meant.
pub(crate) fn announce_resume() -> Notice {
    announced(ask_resume(View::default()), None)
}

fn announced(form: Form, more: Option<Phrase>) -> Notice {
    Notice {
        tone: Tone::Plain,
        title: form.title.into(),
        paragraphs: form.about.into_iter().chain(more).collect(),
    }
}

/// Pauses.
pub(crate) async fn pause<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    duration: Option<SignedDuration>,
    back: &View,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let guild = work.place.target;
    let until = until(guild.platform, duration, work.stage.now())?;
    let reason = Reason::new(reason, work.actor);
    let paused = work
        .platform
        .set_pause(guild, Some(Pause { until }), &reason)
        .await;
    paused.map_err(|error| work.problem_of_changing(error, Right::ManageGuild))?;
    let end = match until {
        Some(until) => Phrase::from("It goes on by itself ")
            .ago(until)
            .text(", or when you resume it."),
        None => "It stays so until somebody resumes it.".into(),
    };
    let mut paragraphs = vec![
        "Nobody can join by invite now. Invites stay as they are; members stay members.".into(),
        end,
    ];
    paragraphs.extend(reason_told(&reason));
    let resume = Token::List(token::Control::Resume, back.clone());
    Ok(notice(
        Tone::Done,
        "Joining is paused".into(),
        paragraphs,
        vec![Button::new(resume, "Resume joining…"), back_to(back)],
    ))
}

/// When a pause that begins now ends by itself.
fn until(
    platform: PlatformName,
    duration: Option<SignedDuration>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    match (platform.pause_max(), duration) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Failure::PauseTakesNoEnd { platform }),
        (Some(longest), Some(duration)) if duration > longest => {
            Err(Failure::PauseTooLong { platform, longest })
        }
        (Some(longest), duration) => {
            let duration = duration.unwrap_or(longest).min(longest - CLOCK_MARGIN);
            // Platforms want no fractions of a second.
            let seconds = now.as_second().saturating_add(duration.as_secs());
            Ok(Timestamp::from_second(seconds).ok())
        }
    }
}

/// Resumes.
pub(crate) async fn resume<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    back: &View,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let guild = work.place.target;
    let was_paused = work.overview().await?.pause.is_some();
    if !was_paused {
        return Ok(notice(
            Tone::Plain,
            "Joining is not paused".into(),
            vec!["Every invite works; there is nothing to resume.".into()],
            vec![back_to(back)],
        ));
    }
    let reason = Reason::new(reason, work.actor);
    let resumed = work.platform.set_pause(guild, None, &reason).await;
    resumed.map_err(|error| work.problem_of_changing(error, Right::ManageGuild))?;
    let mut paragraphs = vec!["People can join by invite again.".into()];
    paragraphs.extend(reason_told(&reason));
    Ok(notice(
        Tone::Done,
        "Joining goes on".into(),
        paragraphs,
        vec![back_to(back)],
    ))
}

/// The note on top of lists and cards while joining is paused.
pub(crate) fn note(pause: Pause) -> Phrase {
    let note = Phrase::new().strong("Joining by invite is paused.");
    match pause.until {
        Some(until) => note
            .text(" These invites let nobody in; it goes on ")
            .ago(until)
            .text("."),
        None => note.text(" These invites let nobody in until it is resumed."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::NOW;

    #[test]
    fn discord_pauses_for_a_day_and_not_a_minute_more() {
        let day = SignedDuration::from_hours(24);
        let discord = PlatformName::Discord;
        let longest = Ok(Some(NOW + (day - CLOCK_MARGIN)));
        assert_eq!(until(discord, None, NOW), longest);
        assert_eq!(until(discord, Some(day), NOW), longest);
        let hour = SignedDuration::from_hours(1);
        assert_eq!(until(discord, Some(hour), NOW), Ok(Some(NOW + hour)));
        let past = day + SignedDuration::from_mins(1);
        assert_eq!(
            until(discord, Some(past), NOW),
            Err(Failure::PauseTooLong {
                platform: discord,
                longest: day
            })
        );
    }

    #[test]
    fn fluxer_pauses_until_somebody_resumes() {
        let fluxer = PlatformName::Fluxer;
        assert_eq!(until(fluxer, None, NOW), Ok(None));
        assert_eq!(
            until(fluxer, Some(SignedDuration::from_hours(1)), NOW),
            Err(Failure::PauseTakesNoEnd { platform: fluxer })
        );
    }
}
