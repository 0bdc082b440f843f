//! The two ways in which joining is paused on Discord: for a time, and until further notice.

use jiff::SignedDuration;

use super::{
    super::{
        answer::Answer, change, community::Pause, form::Problem, permission, record::Recorded,
        world::World,
    },
    actor, form, may,
    objects::{self, INVITES_DISABLED},
    refusal, success,
};

/// How far ahead the end of a pause may be.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Features that only an administrator may take away.
const KEPT_FEATURES: [&str; 1] = ["COMMUNITY"];

/// More features than a guild can have.
const FEATURES_MAX: usize = 250;

/// Pauses joining until a moment; null ends the pause, and without the field nothing changes.
pub(super) fn incident_actions(world: &World, guild: &str, asked: &Recorded) -> Answer {
    may(world, guild, permission::MANAGE_GUILD, |community| {
        let latest = world.now() + PAUSE_MAX;
        let read = form(asked, |form| {
            let until = form.moment("invites_disabled_until");
            if until.is_some_and(|until| until > latest) {
                form.reject("invites_disabled_until", Problem::TooFar);
            }
            (form.has("invites_disabled_until"), until)
        });
        let ((is_told, until), actor) = match (read, actor(asked)) {
            (Ok(read), Ok(actor)) => (read, actor),
            (Err(refusal), _) | (_, Err(refusal)) => return refusal,
        };
        let open = community.pause.open;
        if is_told {
            change::pause(world, community, Pause { open, until }, actor);
        }
        success(&objects::incidents(community.pause.until))
    })
}

/// Changes the guild. Of all that this call can change, only the feature that pauses joining is kept.
pub(super) fn modify(world: &World, guild: &str, asked: &Recorded) -> Answer {
    may(world, guild, permission::MANAGE_GUILD, |community| {
        let read = form(asked, |form| form.texts("features", FEATURES_MAX));
        let (features, actor) = match (read, actor(asked)) {
            (Ok(features), Ok(actor)) => (features, actor),
            (Err(refusal), _) | (_, Err(refusal)) => return refusal,
        };
        if let Some(features) = features {
            let has = |feature: &str| features.iter().any(|one| one == feature);
            // The list is taken as the whole: what it leaves out is switched off.
            let kept = KEPT_FEATURES.iter().all(|feature| has(feature));
            if !kept && !community.bot_may(permission::ADMINISTRATOR) {
                return refusal(403);
            }
            let pause = Pause {
                open: has(INVITES_DISABLED),
                ..community.pause
            };
            change::pause(world, community, pause, actor);
        }
        success(&objects::guild(community))
    })
}
