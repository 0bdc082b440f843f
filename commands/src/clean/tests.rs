//! Runs against a platform that does what it is told, on a stage whose clock is set by hand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};

use super::{Fate, Preview, Rule, TYPED_FROM};
use crate::{
    checkup::Checkup,
    clean::{CleanWish, KEEP},
    code::Code,
    invite::{Channel, Invite},
    invocation::{Audience, Invocation, Place, Request},
    options::Options,
    place::GuildRef,
    plan::Plan,
    platform::{
        Freshness, Listing, Members, NewInvite, Overview, Pause, Platform, PlatformError,
        PlatformErrorKind as Kind, Revoked,
    },
    reason::{Actor, Reason},
    reply::{Content, Control, Reply},
    rights::{Bot, Member},
    samples::{NOW, at_once, guild, invite, listing, overview},
    stage::{Halt, Stage},
    token::{RunId, Step, Token},
    words::Words,
};

/// A community whose invites really go away, and a script of what goes wrong.
#[derive(Default)]
struct World {
    invites: Vec<Invite>,
    /// What the next calls to end an invite come to; then all work.
    script: VecDeque<Answer>,
    /// Codes that were asked to be ended, in order.
    asked: Vec<String>,
    reasons: Vec<String>,
    now: Timestamp,
    progress: Vec<(usize, bool)>,
    halt_after: Option<(usize, Halt)>,
    lists: usize,
}

#[derive(Clone, Copy)]
enum Answer {
    Fails(Kind),
    /// It is done, but the answer is lost.
    DoneButFails(Kind),
    Gone,
    /// While the call is under way, this time passes, and somebody uses the last invite.
    Slow(SignedDuration),
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn of(count: usize) -> Self {
        let invites = (0..count).map(|n| {
            let mut invite = invite(&format!("code{n:03}"));
            let usage = invite.usage.as_mut().unwrap();
            // Newest first, as a list has them.
            usage.created_at = Some(NOW - SignedDuration::from_secs(n.try_into().unwrap()));
            invite
        });
        let world = World {
            invites: invites.collect(),
            now: NOW,
            ..World::default()
        };
        Self(Arc::new(Mutex::new(world)))
    }

    fn script(self, script: impl IntoIterator<Item = Answer>) -> Self {
        self.0.lock().unwrap().script = script.into_iter().collect();
        self
    }

    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    fn everything(&self) -> (Rule, Preview) {
        let rule = Rule {
            uses_at_most: Some(1_000),
            ..Rule::default()
        };
        let preview = self.with(|world| Preview::of(&world.invites));
        (rule, preview)
    }

    fn submit(&self, rule: Rule, preview: Preview, typed: &str) -> Reply {
        let token = Token::Clean(Step::Confirm, rule, preview, 1);
        let lines = [("line", typed), ("reason", "raid")];
        let invocation = Invocation {
            place: Some(Place {
                here: guild(),
                target: guild(),
                bot: Bot::default(),
            }),
            member: Member::operator(),
            actor: Actor::operator(),
            request: Request::Submit {
                id: token.to_string(),
                lines: lines.map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
                audience: Some(Audience::Private),
                reason: None,
            },
        };
        at_once(Plan::of(&invocation).run(self, self)).reply
    }

    fn run(&self) -> Vec<(String, Fate)> {
        let (rule, preview) = self.everything();
        let reply = self.submit(rule, preview, &preview.count.to_string());
        fates(&reply)
    }

    fn asked(&self) -> Vec<String> {
        self.with(|world| world.asked.clone())
    }
}

fn fates(reply: &Reply) -> Vec<(String, Fate)> {
    let Content::Cleaned(cleaned) = &reply.content else {
        panic!("no outcome: {:?}", reply.content);
    };
    let results = cleaned.results.iter();
    results
        .map(|(invite, fate)| (invite.code.as_str().to_owned(), *fate))
        .collect()
}

fn note(reply: &Reply) -> String {
    let Content::List(page) = &reply.content else {
        panic!("no preview: {:?}", reply.content);
    };
    page.notes[0].plain(NOW)
}

impl Platform for Shared {
    async fn invites(&self, _: GuildRef, _: Freshness) -> Result<Arc<Listing>, PlatformError> {
        Ok(Arc::new(self.with(|world| {
            world.lists += 1;
            listing(world.invites.clone())
        })))
    }

    async fn overview(&self, _: GuildRef) -> Result<Overview, PlatformError> {
        Ok(overview())
    }

    async fn channels(&self, _: GuildRef) -> Result<Arc<Vec<Channel>>, PlatformError> {
        Ok(Arc::default())
    }

    async fn revoke(
        &self,
        guild: GuildRef,
        code: &Code,
        reason: &Reason,
    ) -> Result<Revoked, PlatformError> {
        self.with(|world| {
            world.asked.push(code.as_str().to_owned());
            world.reasons.push(reason.audit(str::to_owned));
            let answer = world.script.pop_front();
            let fails = |kind| Err(PlatformError::new(guild.platform, kind));
            match answer {
                Some(Answer::Fails(kind)) => return fails(kind),
                Some(Answer::Slow(time)) => {
                    world.now += time;
                    let last = world.invites.last_mut().unwrap();
                    last.usage.as_mut().unwrap().uses += 1;
                }
                _ => {}
            }
            world.invites.retain(|invite| invite.code != *code);
            match answer {
                Some(Answer::DoneButFails(kind)) => fails(kind),
                Some(Answer::Gone) => Ok(Revoked::AlreadyGone),
                _ => Ok(Revoked::Done),
            }
        })
    }

    async fn create(
        &self,
        _: GuildRef,
        _: &NewInvite,
        _: &Reason,
    ) -> Result<Invite, PlatformError> {
        panic!("nothing is to be made")
    }

    async fn set_pause(
        &self,
        _: GuildRef,
        _: Option<Pause>,
        _: &Reason,
    ) -> Result<(), PlatformError> {
        panic!("nothing is to be paused")
    }

    async fn members(&self, _: GuildRef, _: &Code, _: u32) -> Result<Members, PlatformError> {
        panic!("nobody is asked for")
    }

    async fn checkup(&self, _: Option<&Place>) -> Checkup {
        Checkup::default()
    }
}

impl Stage for Shared {
    fn now(&self) -> Timestamp {
        self.with(|world| world.now)
    }

    fn run(&self) -> RunId {
        RunId(7)
    }

    fn progress(&self, reply: Reply) {
        let Content::Progress(progress) = reply.content else {
            panic!("only progress is shown");
        };
        assert!(
            matches!(&reply.controls[..], [Control::Buttons(_)]),
            "it can be cancelled"
        );
        self.with(|world| {
            let waits = progress.waits_until.is_some();
            world.progress.push((progress.done, waits));
        });
    }

    fn halt(&self) -> Option<Halt> {
        self.with(|world| {
            let (after, halt) = world.halt_after?;
            (world.asked.len() >= after).then_some(halt)
        })
    }

    async fn wait(&self, duration: SignedDuration) {
        self.with(|world| world.now += duration);
    }

    fn cancel(&self, _: RunId) -> Option<Reply> {
        None
    }
}

#[test]
fn everything_that_was_shown_is_ended_and_the_reason_says_by_whom() {
    let world = Shared::of(3);
    let all = ["code000", "code001", "code002"];
    assert_eq!(
        world.run(),
        all.map(|code| (code.to_owned(), Fate::Revoked))
    );
    assert_eq!(world.asked(), all);
    assert!(world.with(|world| world.invites.is_empty()));
    assert_eq!(
        world.with(|world| world.reasons[0].clone()),
        "raid - by the operator"
    );
}

#[test]
fn another_set_is_shown_instead_and_nothing_is_ended() {
    let world = Shared::of(3);
    let (rule, preview) = world.everything();
    world.with(|world| world.invites.push(invite("another")));
    let reply = world.submit(rule, preview, "");
    assert!(
        note(&reply).starts_with("The list has changed"),
        "{}",
        note(&reply)
    );
    assert_eq!(world.asked(), [""; 0]);
    assert_eq!(
        reply.reason.as_deref(),
        Some("raid"),
        "it need not be written again"
    );
}

#[test]
fn what_was_used_since_is_shown_once_more() {
    let world = Shared::of(3);
    let (rule, preview) = world.everything();
    world.with(|world| world.invites[0].usage.as_mut().unwrap().uses += 1);
    let reply = world.submit(rule, preview, "");
    assert!(
        note(&reply).starts_with("Some of these were used"),
        "{}",
        note(&reply)
    );
    assert_eq!(world.asked(), [""; 0]);
    // What is shown again covers what it shows, and no more.
    let again = reply.controls.iter().find_map(|control| match control {
        Control::Buttons(buttons) => buttons.iter().find_map(|button| match &button.token {
            Token::Clean(Step::Confirm, rule, preview, _) => Some((rule.clone(), *preview)),
            _ => None,
        }),
        Control::Menu { .. } => None,
    });
    let (rule, preview) = again.unwrap();
    assert_eq!(fates(&world.submit(rule, preview, "")).len(), 3);
}

#[test]
fn the_number_is_asked_for_from_the_limit_on() {
    let many = usize::try_from(TYPED_FROM).unwrap();
    for (count, typed, is_ended) in [
        (many - 1, "", true),
        (many, "", false),
        (many, "24", false),
        (many, " 25 ", true),
    ] {
        let world = Shared::of(count);
        let (rule, preview) = world.everything();
        let reply = world.submit(rule, preview, typed);
        if is_ended {
            assert_eq!(fates(&reply).len(), count);
        } else {
            assert!(note(&reply).starts_with("That is not the number"));
            assert_eq!(world.asked(), [""; 0]);
        }
    }
}

#[test]
fn one_failure_does_not_stop_the_rest() {
    let world = Shared::of(4).script([
        Answer::Fails(Kind::MissingPermission),
        Answer::Gone,
        Answer::Fails(Kind::Refused),
    ]);
    let fates: Vec<Fate> = world.run().into_iter().map(|(_, fate)| fate).collect();
    assert_eq!(
        fates,
        [
            Fate::Failed(Kind::MissingPermission),
            Fate::AlreadyGone,
            Fate::Failed(Kind::Refused),
            Fate::Revoked
        ]
    );
}

#[test]
fn rate_limits_are_waited_out_and_shown() {
    let retry_after = Some(SignedDuration::from_secs(9));
    let resting = SignedDuration::from_secs(4);
    let world = Shared::of(2).script([
        Answer::Fails(Kind::RateLimited { retry_after }),
        Answer::Fails(Kind::RateLimited { retry_after: None }),
        Answer::Fails(Kind::Resting {
            retry_after: resting,
        }),
    ]);
    assert!(world.run().iter().all(|(_, fate)| *fate == Fate::Revoked));
    let waited = world.with(|world| world.now.duration_since(NOW));
    assert_eq!(waited, SignedDuration::from_secs(9 + 2 + 4));
    assert!(
        world.with(|world| world.progress.contains(&(0, true))),
        "it says that it waits"
    );
}

#[test]
fn what_may_have_been_done_is_looked_up_and_tried_once_more() {
    for kind in [Kind::TimedOut, Kind::Broken, Kind::Unreachable] {
        let world = Shared::of(3).script([Answer::DoneButFails(kind), Answer::Fails(kind)]);
        assert!(
            world.run().iter().all(|(_, fate)| *fate == Fate::Revoked),
            "{kind:?}"
        );
        // The first was done, so it is not asked for again.
        assert_eq!(world.asked(), ["code000", "code001", "code002", "code001"]);

        let world = Shared::of(1).script([Answer::Fails(kind), Answer::Fails(kind)]);
        assert_eq!(world.run(), [("code000".to_owned(), Fate::Failed(kind))]);
        assert_eq!(world.asked().len(), 2, "no third time");
    }
}

#[test]
fn what_is_used_while_the_run_goes_on_is_kept() {
    let world = Shared::of(4).script([Answer::Slow(SignedDuration::from_secs(5))]);
    let fates: Vec<Fate> = world.run().into_iter().map(|(_, fate)| fate).collect();
    assert_eq!(
        fates,
        [Fate::Revoked, Fate::Revoked, Fate::Revoked, Fate::Used]
    );
    assert_eq!(world.asked().len(), 3);
    let in_time = Shared::of(4).script([Answer::Slow(SignedDuration::from_millis(4_999))]);
    assert_eq!(in_time.run().len(), 4);
    assert_eq!(
        in_time.with(|world| world.lists),
        1,
        "the list is not read all the time"
    );
}

#[test]
fn a_run_that_has_to_end_says_how_far_it_got_and_can_be_gone_on_with() {
    for halt in [Halt::Cancelled, Halt::OutOfTime, Halt::Stopping] {
        let world = Shared::of(5);
        world.with(|world| world.halt_after = Some((2, halt)));
        let (rule, preview) = world.everything();
        let reply = world.submit(rule, preview, "");
        let ended = fates(&reply)
            .iter()
            .filter(|(_, fate)| *fate == Fate::Revoked)
            .count();
        assert_eq!((ended, world.asked().len()), (2, 2));
        let Content::Cleaned(cleaned) = &reply.content else {
            panic!("no outcome");
        };
        assert_eq!(cleaned.halt, Some(halt));
        let Control::Buttons(buttons) = &reply.controls[0] else {
            panic!("no buttons");
        };
        // Going on asks for exactly what is left.
        let Token::Clean(Step::Continue, rule, preview, _) = buttons[0].token.clone() else {
            panic!("no way on");
        };
        world.with(|world| world.halt_after = None);
        assert_eq!(fates(&world.submit(rule, preview, "")).len(), 3);
        assert!(world.with(|world| world.invites.is_empty()));
    }
}

#[test]
fn a_lost_right_ends_the_run_before_the_platform_minds() {
    let refused = Answer::Fails(Kind::MissingPermission);
    let world = Shared::of(15).script(vec![refused; 15]);
    let fates = world.run();
    let reached = fates
        .iter()
        .filter(|(_, fate)| *fate != Fate::NotReached)
        .count();
    assert_eq!((reached, world.asked().len()), (10, 10));

    let world = Shared::of(15).script([Answer::Fails(Kind::TokenRefused)]);
    world.run();
    assert_eq!(world.asked().len(), 1);
}

#[test]
fn every_invite_has_one_fate_whatever_goes_wrong() {
    let kinds = [
        Kind::Broken,
        Kind::TimedOut,
        Kind::MissingPermission,
        Kind::Refused,
        Kind::Unreadable,
    ];
    let script = (0..40).map(|n| match n % 7 {
        5 => Answer::Gone,
        6 => Answer::DoneButFails(Kind::TimedOut),
        n => Answer::Fails(kinds[n]),
    });
    let world = Shared::of(60).script(script);
    let fates = world.run();
    assert_eq!(fates.len(), 60);
    let mut codes: Vec<&String> = fates.iter().map(|(code, _)| code).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 60);
    for (code, fate) in &fates {
        let stands = world.with(|world| world.invites.iter().any(|i| i.code.as_str() == code));
        assert_eq!(stands, !fate.is_gone(), "{code}: {fate:?}");
    }
}

#[test]
fn codes_to_keep_are_taken_at_the_limit_and_refused_past_it() {
    let read = |count: usize| {
        let codes: Vec<String> = (0..count).map(|n| format!("code{n}")).collect();
        let words = Words::with("clean", &[(KEEP.name, &codes.join(", "))]);
        CleanWish::read(&Options::read(&super::SPEC, &words).unwrap())
    };
    assert!(read(super::KEEP_MAX).is_ok());
    assert!(read(super::KEEP_MAX + 1).is_err());
    let words = Words::with("clean", &[(KEEP.name, "not/a?code")]);
    assert!(CleanWish::read(&Options::read(&super::SPEC, &words).unwrap()).is_ok());
    let words = Words::with("clean", &[(KEEP.name, "ä")]);
    assert!(CleanWish::read(&Options::read(&super::SPEC, &words).unwrap()).is_err());
}

#[test]
fn what_is_kept_is_found_in_any_case_and_what_is_not_there_is_said() {
    let world = Shared::of(3);
    let options = [("uses_at_most", "9"), ("keep", "CODE001, gone1")];
    let invocation = Invocation {
        place: Some(Place {
            here: guild(),
            target: guild(),
            bot: Bot::default(),
        }),
        member: Member::operator(),
        actor: Actor::operator(),
        request: Request::Command(Words::with("clean", &options)),
    };
    let reply = at_once(Plan::of(&invocation).run(&world, &world)).reply;
    let Content::List(page) = &reply.content else {
        panic!("no preview");
    };
    let codes: Vec<&str> = page
        .entries
        .iter()
        .map(|entry| entry.invite.code.as_str())
        .collect();
    assert_eq!(codes, ["code000", "code002"]);
    let note = page.notes[0].plain(NOW);
    assert_eq!(note, "Not among the invites, so not kept: gone1");
}
