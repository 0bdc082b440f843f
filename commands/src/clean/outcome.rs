//! How far a run got, and what became of every invite of it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    phrase::{Phrase, length},
    place::PlatformName,
    platform::PlatformErrorKind,
    stage::Halt,
    text,
};

/// How wide a bar of text is, in characters.
const BAR_CELLS: usize = 20;

/// What became of an invite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It works no longer.
    Revoked,
    /// It was gone already.
    AlreadyGone,
    /// It was used since the preview, and kept.
    Used,
    /// The platform did not do it.
    Failed(PlatformErrorKind),
    /// The platform did not say whether it did it, and could not be asked afterwards.
    Unknown(PlatformErrorKind),
    /// The run ended before it.
    NotReached,
}

impl Fate {
    /// A short constant word, for files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::AlreadyGone => "already_gone",
            Self::Used => "kept_since_it_was_used",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
            Self::NotReached => "not_reached",
        }
    }

    /// Why, where there is something to say; short and constant, for files.
    pub fn why(self) -> Option<String> {
        match self {
            Self::Failed(kind) | Self::Unknown(kind) => Some(kind.to_string()),
            Self::Revoked | Self::AlreadyGone | Self::Used | Self::NotReached => None,
        }
    }

    /// Whether the invite is no more.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Revoked | Self::AlreadyGone)
    }
}

/// How far a run got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How many have their fate.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// How many could not be ended.
    pub failed: usize,
    /// When the run began.
    pub began: Timestamp,
    /// Until when the platform takes no more requests; `None` = it does.
    pub waits_until: Option<Timestamp>,
    /// Whether it is to end after what it is doing right now.
    pub is_ending: bool,
    /// Where.
    pub platform: PlatformName,
}

impl Progress {
    /// In one line.
    pub fn title(&self) -> Phrase {
        if self.is_ending {
            "Stopping after this one…".into()
        } else {
            "Revoking invites…".into()
        }
    }

    /// How far it is, and how long it may still take.
    pub fn lines(&self, now: Timestamp) -> Vec<Phrase> {
        let Self { done, total, .. } = *self;
        let left = total.saturating_sub(done);
        let filled = (done * BAR_CELLS).checked_div(total).unwrap_or_default();
        let bar = format!("{}{}", "▰".repeat(filled), "▱".repeat(BAR_CELLS - filled));
        let mut lines = vec![
            bar.into(),
            Phrase::new()
                .strong(format!("{done} of {total}"))
                .text(format!(" done · {left} left{}", self.failures())),
        ];
        if let Some(until) = self.waits_until.filter(|until| *until > now) {
            let wait = length(until.duration_since(now).max(SignedDuration::from_secs(1)));
            let platform = self.platform;
            lines.push(format!("{platform} allows no more for now; going on in {wait}.").into());
        } else if let Some(time) = self.time_left(now) {
            lines.push(format!("About {} left.", length(time)).into());
        }
        lines
    }

    fn failures(&self) -> String {
        match self.failed {
            0 => String::new(),
            failed => format!(" · {failed} did not work"),
        }
    }

    /// As long as it took so far, for as many as are left.
    fn time_left(&self, now: Timestamp) -> Option<SignedDuration> {
        let done = i32::try_from(self.done).ok().filter(|done| *done > 0)?;
        let left = i32::try_from(self.total - self.done).ok()?;
        let so_far = now.duration_since(self.began);
        Some((so_far / done * left).max(SignedDuration::from_secs(1)))
    }
}

/// What became of every invite of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    /// Each invite once, in the order of the preview.
    pub results: Vec<(Invite, Fate)>,
    /// Why it ended before it was through; `None` = it was not.
    pub halt: Option<Halt>,
    /// How long it took.
    pub took: SignedDuration,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Where.
    pub platform: PlatformName,
    /// What stands before a code in a link, without the slash.
    pub link_base: Option<String>,
}

/// How many invites that failed are named in the reply itself; the file names all.
const NAMED_MAX: usize = 8;

impl Cleaned {
    /// How many had this fate.
    pub fn count(&self, is_meant: impl Fn(Fate) -> bool) -> usize {
        self.results
            .iter()
            .filter(|(_, fate)| is_meant(*fate))
            .count()
    }

    /// In one line.
    pub fn title(&self) -> Phrase {
        let revoked = self.count(|fate| fate == Fate::Revoked);
        let all = self.results.len();
        let noun = if all == 1 { "invite" } else { "invites" };
        if revoked == all {
            format!("{all} {noun} revoked").into()
        } else {
            format!("{revoked} of {all} {noun} revoked").into()
        }
    }

    /// What else there is to say.
    pub fn lines(&self) -> Vec<Phrase> {
        let mut lines = Vec::new();
        let left = self.count(|fate| fate == Fate::NotReached);
        if left > 0 {
            lines.push(self.halted(left));
        }
        let mut say = |fate: fn(Fate) -> bool, one: &str, several: &str| match self.count(fate) {
            0 => {}
            1 => lines.push(format!("1 {one}").into()),
            count => lines.push(format!("{count} {several}").into()),
        };
        say(
            |fate| fate == Fate::AlreadyGone,
            "was gone already.",
            "were gone already.",
        );
        say(
            |fate| fate == Fate::Used,
            "was kept, since somebody used it after the preview.",
            "were kept, since somebody used them after the preview.",
        );
        say(
            |fate| matches!(fate, Fate::Failed(_)),
            "could not be revoked:",
            "could not be revoked:",
        );
        let failed = self.results.iter().filter_map(|(invite, fate)| match fate {
            Fate::Failed(kind) => Some((invite, *kind)),
            _ => None,
        });
        lines.extend(failed.take(NAMED_MAX).map(|(invite, kind)| {
            Phrase::from("• ")
                .then(text::code(invite, false))
                .text(format!(": {}", text::short_cause(self.platform, kind)))
        }));
        let unknown = self.count(|fate| matches!(fate, Fate::Unknown(_)));
        if unknown > 0 {
            let platform = self.platform;
            lines.push(
                format!(
                    "{unknown} may have been revoked or not: {platform} did not say. The list \
                     shows which still work."
                )
                .into(),
            );
        }
        lines.push(
            format!(
                "It took {}. The file names every one of them.",
                length(self.took.max(SignedDuration::from_secs(1)))
            )
            .into(),
        );
        lines
    }
}

impl Cleaned {
    /// Why some were not reached.
    fn halted(&self, left: usize) -> Phrase {
        let why = match self.halt {
            Some(Halt::Cancelled) => "Stopped, as you asked.".to_owned(),
            Some(Halt::OutOfTime) => {
                "Stopped, since a reply can be edited for 15 minutes only.".to_owned()
            }
            Some(Halt::Stopping) => "Stopped, since the bot is being restarted.".to_owned(),
            None => format!(
                "Stopped, since {} takes no more from the bot.",
                self.platform
            ),
        };
        let rest = if left == 1 {
            " 1 invite was not reached; it works on.".to_owned()
        } else {
            format!(" {left} invites were not reached; they work on.")
        };
        Phrase::new().strong(why).text(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, invite};

    fn progress(done: usize) -> Progress {
        Progress {
            done,
            total: 300,
            failed: 0,
            began: NOW - SignedDuration::from_secs(10),
            waits_until: None,
            is_ending: false,
            platform: PlatformName::Fluxer,
        }
    }

    fn told(lines: &[Phrase]) -> String {
        let lines: Vec<String> = lines.iter().map(|line| line.plain(NOW)).collect();
        lines.join("\n")
    }

    #[test]
    fn progress_tells_done_left_and_time() {
        insta::assert_snapshot!(told(&progress(100).lines(NOW)), @r"
        ▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱▱▱▱▱
        100 of 300 done · 200 left
        About 20 seconds left.
        ");
        let waiting = Progress {
            failed: 2,
            waits_until: Some(NOW + SignedDuration::from_secs(7)),
            ..progress(300)
        };
        insta::assert_snapshot!(told(&waiting.lines(NOW)), @r"
        ▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰
        300 of 300 done · 0 left · 2 did not work
        Fluxer allows no more for now; going on in 7 seconds.
        ");
        let empty = Progress {
            done: 0,
            total: 0,
            ..progress(0)
        };
        assert_eq!(empty.lines(NOW).len(), 2);
    }

    #[test]
    fn an_outcome_tells_every_fate() {
        let fates = [
            Fate::Revoked,
            Fate::AlreadyGone,
            Fate::Used,
            Fate::Failed(PlatformErrorKind::MissingPermission),
            Fate::NotReached,
        ];
        let results =
            fates.map(|fate| (invite(&format!("{}x", fate.key().replace('_', ""))), fate));
        let cleaned = Cleaned {
            results: results.into(),
            halt: Some(Halt::Cancelled),
            took: SignedDuration::from_secs(8),
            ended_at: NOW,
            platform: PlatformName::Fluxer,
            link_base: None,
        };
        insta::assert_snapshot!(cleaned.title().plain(NOW), @"1 of 5 invites revoked");
        insta::assert_snapshot!(told(&cleaned.lines()), @r"
        Stopped, as you asked. 1 invite was not reached; it works on.
        1 was gone already.
        1 was kept, since somebody used it after the preview.
        1 could not be revoked:
        • failedx: the bot lacks Manage Community
        It took 8 seconds. The file names every one of them.
        ");
    }
}
