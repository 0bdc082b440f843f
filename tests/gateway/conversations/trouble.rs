//! Nothing is sent twice, nobody is flooded, and what goes wrong is told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use gatehouse::{
    clock::Clock,
    sandbox::platform::{FLUXER_BOT_ID, Fault, GatewayAct, Route, SampleMessage, permission},
};
use jiff::Timestamp;

use super::town::{
    ADMIN, ANN, BEN, FEW, IDENTIFY, LOUNGE, NAMED, OFFICE, OWNER, RESUME, Setup, Town, community,
    few,
};

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_sent_once() {
    let town = Town::new().await;
    let lost = town.platform.fault_times(Route::Send, 2, Fault::CutOff);
    town.ask(OFFICE, ANN, "/invites list").await;
    town.until("sent again", |town| {
        (lost.met() == 2 && town.platform.count(Route::Send) == 3).then_some(())
    })
    .await;
    town.quiet().await;
    let lists = town.answers(OFFICE);
    let lists = lists
        .iter()
        .filter(|one| one.content.contains("140 invites"));
    assert_eq!(lists.count(), 1);
    let nonces: Vec<_> = town
        .platform
        .requests()
        .iter()
        .filter(|request| request.is(Route::Send))
        .take(3)
        .map(|request| {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            body["nonce"].clone()
        })
        .collect();
    assert!(nonces.iter().all(|nonce| *nonce == nonces[0]), "{nonces:?}");
}

#[tokio::test]
async fn each_message_has_a_nonce_of_its_own() {
    let town = Town::new().await;
    for who in [ANN, BEN] {
        town.ask(OFFICE, who, "/invites help").await;
    }
    let sent = town.answers(OFFICE);
    assert_ne!(sent[0].body["nonce"], sent[1].body["nonce"]);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let town = Town::new().await;
    let limit = Fault::limited(Duration::from_millis(300));
    town.platform.fault_times(Route::Send, 1, limit.clone());
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    town.platform.fault_times(Route::EditMessage, 1, limit);
    let page = town.change(&page, ANN, "next").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
}

#[tokio::test]
async fn a_letter_that_would_have_to_wait_for_long_is_told_where_it_was_asked_for() {
    let town = Town::new().await;
    let limit = Fault::limited(Duration::from_secs(60));
    let limited = town.platform.fault_times(Route::Send, 1, limit);
    let answer = town.ask(LOUNGE, ANN, "/invites list").await;
    assert!(answer.content.contains("140 invites"), "{answer:?}");
    assert!(answer.content.contains("••••"), "{answer:?}");
    assert_eq!(limited.met(), 1);
}

#[tokio::test]
async fn the_platforms_own_limits_are_never_met() {
    let town = Town::new().await;
    town.platform.enforce_limits();
    let people = [
        ANN,
        BEN,
        super::town::OWNER,
        super::town::ADMIN,
        super::town::NAMED,
    ];
    for who in people {
        for _ in 0..5 {
            town.platform.say(OFFICE, who, "/invites help");
        }
    }
    town.until("all answered", |town| {
        (town.answers(OFFICE).len() == 5 * people.len()).then_some(())
    })
    .await;
    assert_eq!(town.platform.refused_by_limits(), 0);
}

#[tokio::test]
async fn a_flood_by_one_person_is_told_once_and_then_met_with_silence() {
    let town = Town::new().await;
    for _ in 0..40 {
        town.platform.say(OFFICE, ANN, "/invites help");
    }
    let is_told = |one: &SampleMessage| one.content.contains("more than I can answer");
    town.until("told", |town| {
        town.answers(OFFICE).into_iter().find(is_told)
    })
    .await;
    town.quiet().await;
    let answers = town.answers(OFFICE);
    let told = answers.iter().filter(|one| is_told(one));
    assert!((1..=2).contains(&told.count()), "{answers:?}");
    assert!(answers.len() < 15, "{}", answers.len());
}

#[tokio::test]
async fn bots_are_not_answered() {
    let town = Town::new().await;
    // The sample's own bots, and ourselves.
    town.platform
        .say(OFFICE, 1_510_000_000_000_000_241, "/invites help");
    town.platform.say(OFFICE, FLUXER_BOT_ID, "/invites help");
    town.quiet().await;
    let answers = town.answers(OFFICE);
    let answered = answers
        .iter()
        .any(|one| one.content.contains("What I can do"));
    assert!(!answered, "{answers:?}");
}

#[tokio::test]
async fn trouble_on_the_platform_is_told_with_a_way_to_try_again() {
    let town = Town::new().await;
    town.platform
        .fault_times(Route::Invites, 1, Fault::Refused(500));
    let failed = town.ask(OFFICE, ANN, "/invites list").await;
    assert!(failed.content.contains("`again`"), "{failed:?}");
    let list = town.change(&failed, ANN, "again").await;
    assert!(list.content.contains("140 invites"), "{list:?}");
}

#[tokio::test]
async fn while_rights_cannot_be_read_nothing_is_told_of_invites() {
    let town = Town::new().await;
    town.platform.fault(Route::Member, Fault::Refused(500));
    let letter = town.ask_discreetly(ANN, "/invites list").await;
    assert!(!letter.content.contains("140"), "{letter:?}");
    assert_eq!(town.platform.count(Route::Invites), 0);
}

#[tokio::test]
async fn a_sign_says_that_something_happens_and_goes_again() {
    let town = Town::new().await;
    let slow = Fault::Slow(Duration::from_secs(4));
    town.platform.fault_times(Route::Invites, 1, slow);
    let request = town.platform.say(LOUNGE, ANN, "/invites list");
    let has = |town: &Town, emoji: &str| {
        let request = town.platform.message(LOUNGE, request).unwrap();
        request.has_reaction(emoji, FLUXER_BOT_ID)
    };
    town.until("shown to be under way", |town| {
        has(town, "⏳").then_some(())
    })
    .await;
    town.until("answered", |town| {
        (has(town, "✅") && !has(town, "⏳")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_under_way_is_answered_before_gatehouse_ends() {
    let mut town = Town::new().await;
    let slow = Fault::Slow(Duration::from_secs(3));
    town.platform.fault_times(Route::Invites, 1, slow);
    town.platform.say(OFFICE, ANN, "/invites list");
    town.until("asked", |town| {
        (town.platform.count(Route::Invites) == 1).then_some(())
    })
    .await;
    town.stop().await;
    let answers = town.answers(OFFICE);
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].content.contains("140 invites"), "{answers:?}");
}

#[tokio::test]
async fn a_page_that_was_deleted_is_made_anew_when_it_is_asked_for_again() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    assert!(town.platform.delete_message(OFFICE, page.id));
    town.platform.reply(OFFICE, ANN, page.id, "next");
    town.quiet().await;
    assert!(
        town.answers(OFFICE).is_empty(),
        "there is nothing to go on from"
    );
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    assert!(page.content.contains("Page 1 of 14"), "{page:?}");
}

#[tokio::test]
async fn a_message_that_is_slow_to_be_sent_is_waited_for() {
    let town = Town::new().await;
    // Longer than anything else is waited for.
    let slow = Fault::Slow(Duration::from_secs(7));
    town.platform.fault_times(Route::Send, 1, slow);
    let answer = town.ask(OFFICE, ANN, "/invites list").await;
    assert!(answer.content.contains("140 invites"), "{answer:?}");
    assert_eq!(town.platform.count(Route::Send), 1, "it was asked for once");
}

#[tokio::test]
async fn a_page_that_cannot_be_read_at_once_is_read_again() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let once = town
        .platform
        .fault_times(Route::Message, 1, Fault::Refused(503));
    let page = town.change(&page, ANN, "next").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
    assert_eq!(once.met(), 1);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_at_all_is_told_and_others_messages_are_not() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let other = town.platform.say(OFFICE, BEN, "hello");
    town.platform.fault(Route::Message, Fault::Refused(503));
    let told = town.reply(&page, ANN, "next").await;
    assert!(told.content.contains("Fluxer"), "{told:?}");
    assert!(!told.content.contains("140"), "{told:?}");
    town.platform.react(OFFICE, BEN, page.id, "▶️");
    town.until("told as well", |town| {
        (town.answers(OFFICE).len() == 3).then_some(())
    })
    .await;
    town.platform.react(OFFICE, BEN, other, "▶️");
    town.platform.reply(OFFICE, BEN, other, "next");
    town.quiet().await;
    assert_eq!(town.answers(OFFICE).len(), 3);
}

#[tokio::test]
async fn a_page_that_may_not_be_read_is_told_with_the_right_that_it_takes() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let missing = Fault::fluxer(403, "MISSING_PERMISSIONS", "Missing permissions.");
    town.platform.fault(Route::Message, missing);
    let told = town.reply(&page, ANN, "next").await;
    assert!(
        told.content.contains("**Read Message History**"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_reaction_that_is_gone_already_says_nothing_of_the_others() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let gone = Fault::fluxer(404, "UNKNOWN_MESSAGE", "Message wasn't found.");
    let gone = town.platform.fault_times(Route::Unreact, 1, gone);
    let page = town.press(&page, ANN, "▶️").await;
    town.until("not taken away", |_| (gone.met() == 1).then_some(()))
        .await;
    let page = town.press(&page, BEN, "▶️").await;
    town.until("taken away", |town| {
        (!town.now(&page).has_reaction("▶️", BEN)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_file_that_may_not_be_sent_does_not_take_the_answer_with_it() {
    let community = community().without(permission::ATTACH_FILES);
    let town = Setup::new().community(community).start().await;
    let answer = town.ask(OFFICE, ANN, "/invites stats").await;
    assert!(answer.content.contains("**Capacity**"), "{answer:?}");
    assert!(answer.content.contains("**Attach Files**"), "{answer:?}");
    assert!(answer.files.is_empty());
    // It can still be gone on from.
    let again = town.change(&answer, ANN, "channel").await;
    assert!(again.content.contains("**Attach Files**"), "{again:?}");
    // In direct messages no right is needed.
    let letter = town.ask_discreetly(ANN, "/invites stats").await;
    assert_eq!(letter.files.len(), 1, "{letter:?}");
}

#[tokio::test]
async fn the_outcome_of_a_clean_is_told_alone_where_nothing_can_be_written_any_more() {
    let town = few().await;
    let preview = town.ask(OFFICE, ANN, "/invites clean unused").await;
    // Neither how far it got nor its end can be shown there.
    let missing = Fault::fluxer(403, "MISSING_PERMISSIONS", "Missing permissions.");
    town.platform.fault(Route::EditMessage, missing);
    town.platform
        .reply(OFFICE, ANN, preview.id, &format!("revoke {FEW}"));
    let letter = town
        .until("told alone", |town| town.letters(ANN).first().cloned())
        .await;
    assert!(letter.content.contains(&FEW.to_string()), "{letter:?}");
    assert_eq!(town.platform.revoked(town.guild).len(), FEW);
}

#[tokio::test]
async fn a_direct_channel_that_was_closed_is_opened_again() {
    let town = Town::new().await;
    town.ask_discreetly(ANN, "/invites help").await;
    let gone = Fault::fluxer(404, "UNKNOWN_CHANNEL", "Channel wasn't found.");
    town.platform.fault_times(Route::Send, 1, gone);
    let letter = town.ask_discreetly(ANN, "/invites list").await;
    assert!(letter.content.contains("140 invites"), "{letter:?}");
    assert_eq!(town.platform.count(Route::Direct), 2);
    assert!(town.answers(LOUNGE).is_empty());
}

#[tokio::test]
async fn after_a_refused_token_nothing_is_asked_until_the_gateway_lets_us_in_again() {
    let invalid = GatewayAct::Invalid {
        is_resumable: false,
    };
    // In a new session, and in the one that goes on.
    for (act, opcode) in [(invalid, IDENTIFY), (GatewayAct::Close(1001), RESUME)] {
        nothing_is_asked_until(&act, opcode).await;
    }
}

/// Until Gatehouse was let in again by a frame of this opcode, after the gateway did this.
async fn nothing_is_asked_until(act: &GatewayAct, opcode: u64) {
    let town = Town::new().await;
    town.platform.fault(Route::Member, Fault::Refused(401));
    // It takes a moment until the refusal has come back.
    let mut is_silent = false;
    while !is_silent {
        let before = town.platform.requests().len();
        town.platform.say(LOUNGE, ANN, "/invites list");
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        is_silent = town.platform.requests().len() == before;
    }
    let asked = town.platform.count(Route::Member);
    for who in [BEN, OWNER, ADMIN, NAMED] {
        town.platform.say(LOUNGE, who, "/invites list");
    }
    town.platform.clear_faults();
    let before = town.sent(opcode);
    assert_eq!(town.platform.gateway_act(act), 1);
    town.until("connected again", |town| {
        (town.sent(opcode) > before && town.platform.gateway_sessions() > 0).then_some(())
    })
    .await;
    let letter = town.ask_discreetly(ANN, "/invites list").await;
    assert!(letter.content.contains("140 invites"), "{letter:?}");
    assert_eq!(town.platform.count(Route::Member), asked + 1);
    assert!(town.letters(BEN).is_empty());
}

/// A clock that panics once, when it is asked for the so-manieth time.
#[derive(Clone, Debug, Default)]
struct Trap {
    /// How often it is asked until then; zero = it does not.
    asks_left: Arc<AtomicUsize>,
}

impl Trap {
    fn clock(&self) -> Clock {
        let Self { asks_left } = self.clone();
        Clock::of(move || {
            let left = asks_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
            assert!(left != Ok(1), "the clock stops");
            Timestamp::now()
        })
    }
}

#[tokio::test]
async fn wherever_something_panics_the_request_is_answered() {
    /// Far more than the clock is asked for one answer.
    const STAGES_MAX: usize = 50;
    let trap = Trap::default();
    let town = Setup::new().clock(trap.clock()).start().await;
    let mut told = 0;
    for asks in 1..=STAGES_MAX {
        let who = [ANN, BEN, OWNER, ADMIN, NAMED][asks % 5];
        let before = town.answers(OFFICE).len();
        trap.asks_left.store(asks, Ordering::Relaxed);
        let request = town.platform.say(OFFICE, who, "/invites list");
        let answer = town
            .until("answered", |town| town.answers(OFFICE).get(before).cloned())
            .await;
        let left = trap.asks_left.swap(0, Ordering::Relaxed);
        let request = town.platform.message(OFFICE, request).unwrap();
        assert!(!request.has_reaction("⏳", FLUXER_BOT_ID), "{request:?}");
        if answer.content.contains("140 invites") {
            assert!(left > 0, "{asks}: a panic that nobody was told of");
            break;
        }
        assert!(
            answer.content.contains("Something went wrong"),
            "{asks}: {answer:?}"
        );
        told += 1;
    }
    assert!(told > 1, "{told}");
}
