//! Nothing is sent twice, nobody is flooded, and what goes wrong is told.

use std::time::Duration;

use gatehouse::sandbox::platform::{FLUXER_BOT_ID, Fault, Route, SampleMessage};

use super::town::{ANN, BEN, LOUNGE, OFFICE, Town};

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
