//! Pages are turned by reactions and by words, and go on after any restart.

use gatehouse::sandbox::platform::{FLUXER_BOT_ID, GatewayAct, Route, permission};

use super::town::{
    ANN, BEN, IDENTIFY, LOUNGE, OFFICE, RESUME, Setup, TURNS, Town, codes, community,
};

#[tokio::test]
async fn reactions_turn_the_page_of_the_same_message() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    town.until("ready to be turned", |town| {
        let now = town.now(&page);
        TURNS
            .iter()
            .all(|emoji| now.has_reaction(emoji, FLUXER_BOT_ID))
            .then_some(())
    })
    .await;
    for (emoji, expected) in [
        ("▶️", "Page 2 of 14"),
        ("⏭️", "Page 14 of 14"),
        ("◀️", "Page 13 of 14"),
        ("⏮️", "Page 1 of 14"),
    ] {
        let turned = town.press(&page, ANN, emoji).await;
        assert!(turned.content.contains(expected), "{emoji}: {turned:?}");
        // The reader's own is taken away, so that it can be put there again.
        town.until("taken away", |town| {
            (!town.now(&page).has_reaction(emoji, ANN)).then_some(())
        })
        .await;
    }
    assert_eq!(town.answers(OFFICE).len(), 1);
}

#[tokio::test]
async fn without_the_right_to_take_reactions_away_pages_are_turned_all_the_same() {
    let community = community().without(permission::MANAGE_MESSAGES);
    let town = Setup::new().community(community).start().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let page = town.press(&page, ANN, "▶️").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
    town.platform.unreact(OFFICE, ANN, page.id, "▶️");
    let page = town.press(&page, ANN, "▶️").await;
    assert!(page.content.contains("Page 3 of 14"), "{page:?}");
    // What is not allowed is not tried again and again.
    assert_eq!(town.platform.count(Route::Unreact), 1);
}

#[tokio::test]
async fn in_direct_messages_every_click_turns_the_page() {
    let town = Town::new().await;
    let page = town.ask_discreetly(ANN, "/invites list").await;
    let page = town.press(&page, ANN, "▶️").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
    // The second click takes the reaction away, since nobody else can there.
    town.platform.unreact(page.channel, ANN, page.id, "▶️");
    let page = town.until_said(&page, "Page 3 of 14").await;
    let page = town.press(&page, ANN, "▶️").await;
    assert!(page.content.contains("Page 4 of 14"), "{page:?}");
    assert_eq!(town.platform.count(Route::Unreact), 0);
}

#[tokio::test]
async fn a_turn_that_comes_too_fast_is_taken_away_all_the_same() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    // More than are turned at once, by far.
    for _ in 0..6 {
        for emoji in TURNS {
            town.platform.react(OFFICE, ANN, page.id, emoji);
        }
        town.until("taken away", |town| {
            let now = town.now(&page);
            let is_clear = TURNS.iter().all(|emoji| !now.has_reaction(emoji, ANN));
            is_clear.then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn among_others_a_reaction_that_is_taken_away_turns_nothing() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let page = town.press(&page, ANN, "▶️").await;
    town.until("taken away", |town| {
        (!town.now(&page).has_reaction("▶️", ANN)).then_some(())
    })
    .await;
    town.quiet().await;
    let now = town.now(&page);
    assert!(now.content.contains("Page 2 of 14"), "{now:?}");
}

#[tokio::test]
async fn words_turn_pages_filter_and_open() {
    let town = Town::new().await;
    let page = town.ask_discreetly(ANN, "/invites list").await;
    for (words, expected) in [
        ("next", "Page 2 of 14"),
        ("Next", "Page 3 of 14"),
        ("back", "Page 2 of 14"),
        ("last", "Page 14 of 14"),
        ("first", "Page 1 of 14"),
        ("page 5", "Page 5 of 14"),
    ] {
        let turned = town.change(&page, ANN, words).await;
        assert!(turned.content.contains(expected), "{words}: {turned:?}");
        // Slowly enough to be followed.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let filtered = town.change(&page, ANN, "unused").await;
    assert!(filtered.content.contains("match: unused"), "{filtered:?}");
    let code = codes(&filtered.content)[0].clone();
    let card = town.change(&page, ANN, &format!("show {code}")).await;
    assert!(card.content.contains("**Link**"), "{card:?}");
    let list = town.change(&page, ANN, "list").await;
    assert!(list.content.contains("match: unused"), "{list:?}");
    assert_eq!(town.letters(ANN).len(), 1);
}

#[tokio::test]
async fn a_page_goes_on_after_a_restart_of_gatehouse() {
    let mut town = Town::new().await;
    let direct = town.ask_discreetly(ANN, "/invites list used oldest").await;
    let office = town.ask(OFFICE, ANN, "/invites list").await;
    town.restart().await;
    let next = town.change(&direct, ANN, "next").await;
    assert!(next.content.contains("match: used"), "{next:?}");
    assert!(next.content.contains("Page 2 of"), "{next:?}");
    let next = town.press(&office, BEN, "⏭️").await;
    assert!(next.content.contains("Page 14 of 14"), "{next:?}");
}

#[tokio::test]
async fn a_page_goes_on_after_a_restart_of_the_gateway() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    // It goes on where it was, or knows nothing of what was before.
    let invalid = GatewayAct::Invalid {
        is_resumable: false,
    };
    for (act, opcode, expected) in [
        (GatewayAct::Close(4000), RESUME, "Page 2 of 14"),
        (invalid, IDENTIFY, "Page 3 of 14"),
    ] {
        let before = town.sent(opcode);
        assert_eq!(town.platform.gateway_act(&act), 1);
        town.until("connected again", |town| {
            let is_back = town.sent(opcode) > before && town.platform.gateway_sessions() > 0;
            is_back.then_some(())
        })
        .await;
        let next = town.change(&page, ANN, "next").await;
        assert!(next.content.contains(expected), "{act:?}: {next:?}");
    }
}

#[tokio::test]
async fn two_moderators_at_once_turn_two_pages() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    town.platform.react(OFFICE, ANN, page.id, "▶️");
    town.platform.reply(OFFICE, BEN, page.id, "next");
    let page = town.until_said(&page, "Page 3 of 14").await;
    // And each has a page of their own.
    let (ann, ben) = tokio::join!(
        town.ask_discreetly(ANN, "/invites list"),
        town.ask_discreetly(BEN, "/invites list unused")
    );
    assert!(ann.content.contains("140 invites") && ben.content.contains("unused"));
    assert!(town.now(&page).content.contains("Page 3 of 14"));
}

#[tokio::test]
async fn other_reactions_and_other_peoples_messages_are_left_alone() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    for emoji in ["👍", "➡️", "⏪"] {
        town.platform.react(OFFICE, ANN, page.id, emoji);
    }
    let copied = town.platform.say(OFFICE, BEN, &page.content);
    town.platform.react(OFFICE, ANN, copied, "▶️");
    town.platform.reply(OFFICE, ANN, copied, "next");
    town.quiet().await;
    assert_eq!(town.now(&page).content, page.content);
    assert_eq!(town.answers(OFFICE).len(), 1);
}

#[tokio::test]
async fn a_message_of_one_page_has_nothing_to_turn() {
    let town = Town::new().await;
    let page = town
        .ask(OFFICE, ANN, "/invites list search:zzzz-no-such")
        .await;
    town.quiet().await;
    assert!(town.now(&page).reactions.is_empty(), "{page:?}");
}

#[tokio::test]
async fn a_nearly_right_word_is_told_and_chatter_is_not() {
    let town = Town::new().await;
    let page = town.ask(LOUNGE, ANN, "/invites list share").await;
    town.platform
        .reply(LOUNGE, ANN, page.id, "thank you so much");
    let told = town.reply(&page, ANN, "nxt").await;
    assert!(told.content.contains("did you mean `next`"), "{told:?}");
    assert_eq!(town.answers(LOUNGE).len(), 2);
}
