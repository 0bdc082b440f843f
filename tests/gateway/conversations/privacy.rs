//! Who sees what.

use gatehouse::sandbox::platform::{FLUXER_BOT_ID, permission};

use super::town::{ANN, BEN, LOUNGE, OFFICE, Setup, Town, codes, community};

#[tokio::test]
async fn the_whole_answer_goes_to_whoever_asked_alone() {
    let town = Town::new().await;
    let letter = town.ask_discreetly(ANN, "/invites list").await;
    assert_eq!(codes(&letter.content).len(), 10);
    assert!(
        codes(&letter.content)
            .iter()
            .all(|code| !code.contains('•'))
    );
    let request = town.platform.messages(LOUNGE)[0].clone();
    town.until("marked", |town| {
        town.now(&request)
            .has_reaction("✅", FLUXER_BOT_ID)
            .then_some(())
    })
    .await;
    assert!(town.answers(LOUNGE).is_empty());
}

#[tokio::test]
async fn where_direct_messages_are_closed_codes_are_masked_in_the_channel() {
    let town = Town::new().await;
    town.platform.close_direct_messages(ANN, true);
    let answer = town.ask(LOUNGE, ANN, "/invites list").await;
    let shown = codes(&answer.content);
    assert_eq!(shown.len(), 10);
    assert!(shown.iter().all(|code| code.ends_with("••••")), "{shown:?}");
    for invite in &town.platform.community(town.guild).unwrap().invites {
        assert!(!answer.content.contains(&invite.code), "{answer:?}");
    }
    // What is made of codes is not shown at all.
    let answer = town.ask(LOUNGE, ANN, "/invites export").await;
    assert!(
        answer
            .content
            .contains("could not send you a direct message"),
        "{answer:?}"
    );
    assert!(answer.files.is_empty());
    let code = town.platform.community(town.guild).unwrap().invites[0]
        .code
        .clone();
    let answer = town
        .ask(LOUNGE, ANN, &format!("/invites revoke {code}"))
        .await;
    assert!(!answer.content.contains(&code), "{answer:?}");
}

#[tokio::test]
async fn what_was_done_is_told_without_codes_where_direct_messages_are_closed() {
    let town = Town::new().await;
    town.platform.close_direct_messages(ANN, true);
    let answer = town.ask(LOUNGE, ANN, "/invites create #welcome").await;
    let made = town.platform.audit_log(town.guild)[0].target.clone();
    let told = format!("Made invite `{}••••`", &made[..4]);
    assert!(answer.content.contains(&told), "{answer:?}");
    assert!(!answer.content.contains(&made), "{answer:?}");
    assert!(!answer.content.contains("gh1"), "{answer:?}");
}

#[tokio::test]
async fn a_shared_answer_is_masked_and_so_is_what_follows_it() {
    let town = Town::new().await;
    let shared = town.ask(LOUNGE, ANN, "/invites list share").await;
    let all = town.platform.community(town.guild).unwrap().invites;
    let tells = |text: &str| all.iter().any(|invite| text.contains(&invite.code));
    assert!(!tells(&shared.content), "{shared:?}");
    let next = town.press(&shared, BEN, "▶️").await;
    assert!(next.content.contains("Page 2 of 14"), "{next:?}");
    assert!(!tells(&next.content), "{next:?}");
    let next = town.change(&next, ANN, "page 5").await;
    assert!(next.content.contains("Page 5 of 14"), "{next:?}");
    assert!(!tells(&next.content), "{next:?}");
    // One invite is for whoever asks alone.
    let code = &all[0].code;
    town.platform
        .reply(LOUNGE, ANN, shared.id, &format!("show {code}"));
    let letter = town
        .until("written to", |town| town.letters(ANN).first().cloned())
        .await;
    assert!(letter.content.contains(code), "{letter:?}");
    assert_eq!(town.answers(LOUNGE).len(), 1);
}

#[tokio::test]
async fn a_shared_answer_stays_masked_among_moderators() {
    let town = Town::new().await;
    let shared = town.ask(OFFICE, ANN, "/invites list share").await;
    assert!(
        codes(&shared.content)
            .iter()
            .all(|code| code.ends_with("••••"))
    );
    let next = town.change(&shared, ANN, "next").await;
    assert!(
        codes(&next.content)
            .iter()
            .all(|code| code.ends_with("••••"))
    );
}

#[tokio::test]
async fn where_only_moderators_are_the_whole_answer_is_a_reply() {
    let town = Town::new().await;
    let answer = town.ask(OFFICE, ANN, "/invites list").await;
    assert_eq!(codes(&answer.content).len(), 10);
    assert!(
        codes(&answer.content)
            .iter()
            .all(|code| !code.contains('•'))
    );
    assert!(town.letters(ANN).is_empty());
}

#[tokio::test]
async fn a_command_in_a_direct_message_is_told_where_it_works() {
    let town = Town::new().await;
    let direct = town.platform.open_direct_channel(ANN);
    let answer = town.ask(direct, ANN, "/invites list").await;
    assert!(
        answer.content.contains("This works only in a server"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn without_the_right_to_react_the_answer_goes_out_all_the_same() {
    let community = community().without(permission::ADD_REACTIONS);
    let town = Setup::new().community(community).start().await;
    let letter = town.ask_discreetly(ANN, "/invites list").await;
    assert_eq!(codes(&letter.content).len(), 10);
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let next = town.change(&page, ANN, "next").await;
    assert!(next.content.contains("Page 2 of 14"), "{next:?}");
}
