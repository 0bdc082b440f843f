//! The run itself: one invite after the other, as fast as the platform lets us.
//!
//! What may go wrong, and what then: an invite that is gone is no failure; a rate limit is waited
//! out; where it is not known whether the platform did it, the list is read again at the end, and
//! what still stands there is tried once more; all other failures are one invite's fate and do not
//! stop the rest.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    Again, Looked, TYPED_FROM,
    outcome::{Cleaned, Fate, Progress},
    read,
    rule::{Preview, Rule},
};
use crate::{
    code::Code,
    invite::Invite,
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform, PlatformError, PlatformErrorKind as Kind, Revoked},
    query::View,
    reason::Reason,
    reply::{Button, Content, Control, Placement, Reply, Role},
    stage::{Halt, Stage},
    token::{self, Step, Token},
};

/// How old the list may become while a run is under way: what was used in between is kept.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// How long a rate limit is waited out that does not say how long it lasts.
const UNKNOWN_WAIT: SignedDuration = SignedDuration::from_secs(2);

/// How long a run steps back while everybody asks for something.
const CROWDED_WAIT: SignedDuration = SignedDuration::from_secs(1);

/// The shortest wait, so that a platform that says zero is not hammered.
const WAIT_MIN: SignedDuration = SignedDuration::from_millis(100);

/// After this many refusals for want of a right in a row the run ends: the bot has lost it, and
/// platforms count such requests against it.
const REFUSALS_MAX: usize = 10;

/// Ends what the preview showed, if a list read now still says the same; else shows what it says.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    rule: &Rule,
    preview: Preview,
    page: u32,
    typed: &str,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let (listing, overview) = read(work, Freshness::Now).await?;
    let looked = Looked {
        listing: &listing,
        overview: &overview,
        rule,
    };
    let selection = looked.select(work.stage.now());
    let current = Preview::of(selection.taken.iter().copied());
    let again = if !current.is_same_set(&preview) {
        Some(Again::Changed)
    } else if preview.uses.is_some_and(|seen| current.uses > Some(seen)) {
        Some(Again::Used)
    } else if is_miscounted(typed, preview.count) {
        Some(Again::Miscounted)
    } else {
        None
    };
    if again.is_some() {
        return Ok(looked.draw(work, page, again, None, reason));
    }
    let taken: Vec<Invite> = selection.taken.into_iter().cloned().collect();
    let reason = Reason::new(reason, work.actor);
    let mut run = Run::new(work, &reason, taken);
    let halt = run.through().await;
    Ok(run.answer(&listing, rule, halt))
}

/// A run that is under way.
struct Run<'a, P, S> {
    work: &'a Work<'a, P, S>,
    reason: &'a Reason,
    invites: Vec<Invite>,
    /// One for each invite; `None` = not known yet.
    fates: Vec<Option<Fate>>,
    /// Those that the platform may have ended without telling so.
    unsure: Vec<(usize, Kind)>,
    began: Timestamp,
    looked_at: Timestamp,
    refusals: usize,
    /// What went wrong last, for the log.
    last_error: Option<PlatformError>,
}

impl<'a, P: Platform, S: Stage> Run<'a, P, S> {
    fn new(work: &'a Work<'a, P, S>, reason: &'a Reason, invites: Vec<Invite>) -> Self {
        let now = work.stage.now();
        Self {
            work,
            reason,
            fates: vec![None; invites.len()],
            invites,
            unsure: Vec::new(),
            began: now,
            looked_at: now,
            refusals: 0,
            last_error: None,
        }
    }

    /// Goes through all of them; says why when it had to end before.
    async fn through(&mut self) -> Option<Halt> {
        let ended = self.one_by_one().await;
        self.make_sure(ended).await
    }

    /// Ends one after the other; `Err` as [`Self::end`] when some are left.
    async fn one_by_one(&mut self) -> Result<(), Option<Halt>> {
        for index in 0..self.invites.len() {
            self.look_again().await;
            if self.fates[index].is_some() {
                continue;
            }
            self.end(index).await?;
            if self.refusals >= REFUSALS_MAX {
                return Err(None);
            }
        }
        Ok(())
    }

    /// Ends one invite, however often the platform asks to wait; or says why it was not even
    /// tried: `None` when no other one need be tried either.
    async fn end(&mut self, index: usize) -> Result<(), Option<Halt>> {
        let guild = self.work.place.target;
        while self.fates[index].is_none() {
            if let Some(halt) = self.work.stage.halt() {
                return Err(Some(halt));
            }
            self.show(None);
            let code = &self.invites[index].code;
            let Err(error) = self
                .work
                .platform
                .revoke(guild, code, self.reason)
                .await
                .map(|revoked| {
                    self.refusals = 0;
                    self.fates[index] = Some(match revoked {
                        Revoked::Done => Fate::Revoked,
                        Revoked::AlreadyGone => Fate::AlreadyGone,
                    });
                })
            else {
                return Ok(());
            };
            let kind = error.kind;
            self.last_error = Some(error);
            match kind {
                Kind::RateLimited { retry_after } => {
                    self.wait(retry_after.unwrap_or(UNKNOWN_WAIT)).await;
                }
                Kind::Resting { retry_after } => self.wait(retry_after).await,
                Kind::Crowded => self.wait(CROWDED_WAIT).await,
                Kind::Broken | Kind::TimedOut | Kind::Unreachable | Kind::Unreadable => {
                    self.unsure.push((index, kind));
                    return Ok(());
                }
                // The same would be said of every other invite.
                Kind::NoToken | Kind::TokenRefused | Kind::UnknownGuild => {
                    self.fates[index] = Some(Fate::Failed(kind));
                    return Err(None);
                }
                Kind::MissingPermission => {
                    self.refusals += 1;
                    self.fates[index] = Some(Fate::Failed(kind));
                    return Ok(());
                }
                Kind::Refused | Kind::UnknownChannel | Kind::TooManyInvites => {
                    self.fates[index] = Some(Fate::Failed(kind));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn wait(&mut self, duration: SignedDuration) {
        let duration = duration.max(WAIT_MIN);
        let until = self.work.stage.now().checked_add(duration).ok();
        self.show(until);
        self.work.stage.wait(duration).await;
        // Meanwhile it may have been used.
        self.look_again().await;
    }

    /// Reads the list again when it has become old, and settles what it tells: some are gone,
    /// and what was used in between is kept.
    async fn look_again(&mut self) {
        let now = self.work.stage.now();
        if now.duration_since(self.looked_at) < LOOK_AGAIN || self.work.stage.halt().is_some() {
            return;
        }
        // A list that can't be read right now is no reason to end: there will be another look.
        if let Ok(listing) = self.read().await {
            let standing = Standing::of(&listing);
            for (invite, fate) in self.invites.iter().zip(&mut self.fates) {
                if fate.is_none() {
                    *fate = standing.fate(invite);
                }
            }
            for (index, _) in &self.unsure {
                // Whether it was us is not known, but it was what we asked for.
                if self.fates[*index] == Some(Fate::AlreadyGone) {
                    self.fates[*index] = Some(Fate::Revoked);
                }
            }
        }
        self.looked_at = self.work.stage.now();
    }

    async fn read(&self) -> Result<Arc<Listing>, Problem> {
        self.work.list(Freshness::Now).await
    }

    /// Finds out what became of those that the platform may have ended without telling so. Those
    /// that still stand are tried once more, unless the run ended before it was through.
    async fn make_sure(&mut self, ended: Result<(), Option<Halt>>) -> Option<Halt> {
        let halt = ended.err();
        // A platform that hangs must not cost the outcome when the process ends.
        if self.unsure.is_empty() || halt == Some(Some(Halt::Stopping)) {
            return halt.flatten();
        }
        let left = self.look_up().await;
        if let Some(halt) = halt {
            self.give_up(left);
            return halt;
        }
        for (index, _) in left {
            if let Err(halt) = self.end(index).await {
                return halt;
            }
        }
        if !self.unsure.is_empty() {
            let left = self.look_up().await;
            self.give_up(left);
        }
        None
    }

    /// Reads the list to find out what became of those that the platform may have ended, and
    /// gives those that still stand there. Without the list nothing is found out.
    async fn look_up(&mut self) -> Vec<(usize, Kind)> {
        let listing = self.read().await;
        let Ok(standing) = listing.as_ref().map(|listing| Standing::of(listing)) else {
            return Vec::new();
        };
        let mut left = Vec::new();
        for (index, kind) in std::mem::take(&mut self.unsure) {
            if self.fates[index].is_some() {
                continue;
            }
            match standing.fate(&self.invites[index]) {
                Some(Fate::AlreadyGone) => self.fates[index] = Some(Fate::Revoked),
                Some(fate) => self.fates[index] = Some(fate),
                None => left.push((index, kind)),
            }
        }
        left
    }

    /// What still stands and is not tried again was not ended.
    fn give_up(&mut self, left: Vec<(usize, Kind)>) {
        for (index, kind) in left {
            self.fates[index] = Some(Fate::Failed(kind));
        }
    }

    fn show(&self, waits_until: Option<Timestamp>) {
        let unsure = self.unsure.iter().map(|(index, _)| self.fates[*index]);
        let is_failed = |fate: &Option<Fate>| matches!(fate, Some(Fate::Failed(_)));
        let failed = self.fates.iter().filter(|fate| is_failed(fate)).count();
        let open = unsure.filter(Option::is_none).count();
        let known = self.fates.iter().filter(|fate| fate.is_some()).count();
        let progress = Progress {
            done: known + open,
            total: self.invites.len(),
            failed: failed + open,
            began: self.began,
            waits_until,
            is_ending: false,
            platform: self.platform(),
        };
        let cancel = Token::Cancel(self.work.stage.run());
        self.work.stage.progress(Reply {
            content: Content::Progress(Box::new(progress)),
            controls: vec![Control::Buttons(vec![Button::new(cancel, "Cancel")])],
            placement: Placement::Replace,
            reason: None,
        });
    }

    fn platform(&self) -> PlatformName {
        self.work.place.target.platform
    }

    /// What there is to say in the end.
    fn answer(self, listing: &Listing, rule: &Rule, halt: Option<Halt>) -> Answer {
        let now = self.work.stage.now();
        let platform = self.platform();
        let unknown = |index: usize| {
            let unsure = self.unsure.iter().find(|(other, _)| *other == index);
            unsure.map(|(_, kind)| Fate::Unknown(*kind))
        };
        let fates = self
            .fates
            .iter()
            .enumerate()
            .map(|(index, fate)| fate.or_else(|| unknown(index)).unwrap_or(Fate::NotReached));
        let results: Vec<(Invite, Fate)> = self.invites.iter().cloned().zip(fates).collect();
        let controls = controls(&results, rule);
        let cleaned = Cleaned {
            results,
            halt,
            took: now.duration_since(self.began),
            ended_at: now,
            platform,
            link_base: listing.link_base.clone(),
        };
        Answer {
            controls,
            reason: self.reason.given().map(str::to_owned),
            total: Some(listing.invites.len()),
            error: self.last_error,
            ..Answer::new(Content::Cleaned(Box::new(cleaned)))
        }
    }
}

/// Whether the number that was typed is not theirs. Where they are few it need not be typed; a wrong
/// one is wrong all the same.
fn is_miscounted(typed: &str, count: u32) -> bool {
    match typed.trim() {
        "" => count >= TYPED_FROM,
        typed => typed != count.to_string(),
    }
}

/// The uses of every invite that a list holds.
struct Standing<'a> {
    uses: HashMap<&'a Code, Option<u32>>,
    /// Whether entries of the list could not be read: then what is missing may stand there.
    is_partial: bool,
}

impl<'a> Standing<'a> {
    fn of(listing: &'a Listing) -> Self {
        let uses = |invite: &'a Invite| (&invite.code, invite.uses());
        Self {
            uses: listing.invites.iter().map(uses).collect(),
            is_partial: listing.unreadable > 0,
        }
    }

    /// What the list says of an invite; `None` when it stands there as it did.
    fn fate(&self, invite: &Invite) -> Option<Fate> {
        match self.uses.get(&invite.code) {
            None if self.is_partial => None,
            None => Some(Fate::AlreadyGone),
            Some(uses) if *uses > invite.uses() => Some(Fate::Used),
            Some(_) => None,
        }
    }
}

/// The way on: what is left can be gone on with. Both lead to messages of their own, so that the
/// outcome and its file stay.
fn controls(results: &[(Invite, Fate)], rule: &Rule) -> Vec<Control> {
    let left = results.iter().filter(|(_, fate)| !fate.is_gone());
    let rest = Preview::of(left.map(|(invite, _)| invite));
    let mut buttons = Vec::new();
    if results.iter().any(|(_, fate)| *fate == Fate::NotReached) {
        let token = Token::Clean(Step::Continue, rule.clone(), rest, 1);
        buttons.push(Button {
            role: Role::Danger,
            ..Button::new(token, "Continue…")
        });
    }
    let list = Token::List(token::Control::Beside, View::default());
    buttons.push(Button::new(list, "Show the list"));
    vec![Control::Buttons(buttons)]
}
