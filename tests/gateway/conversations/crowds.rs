//! Whoever may do nothing keeps nobody from anything.

use std::time::Duration;

use gatehouse::sandbox::platform::{Fault, Route};

use super::town::{ANN, BEN, LOUNGE, MEMBER, OFFICE, SILENCED, TURNS, Town};

/// More than the room for one community.
const MANY: usize = 40;

#[tokio::test]
async fn reactions_of_strangers_leave_room_for_commands() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    // Each of them takes its time.
    let slow = Fault::Slow(Duration::from_millis(200));
    for route in [Route::Message, Route::Unreact] {
        town.platform.fault(route, slow.clone());
    }
    for number in 0..MANY {
        let who = [MEMBER, SILENCED][number % 2];
        let emoji = TURNS[number / 2 % TURNS.len()];
        town.platform.react(OFFICE, who, page.id, emoji);
        town.platform.unreact(OFFICE, who, page.id, emoji);
    }
    let letter = town.ask_discreetly(BEN, "/invites list").await;
    assert!(letter.content.contains("140 invites"), "{letter:?}");
    assert!(town.now(&page).content.contains("Page 1 of 14"), "{page:?}");
}

#[tokio::test]
async fn reactions_below_everybodys_messages_leave_room_for_pages() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    for _ in 0..MANY {
        let other = town.platform.say(OFFICE, BEN, "hello");
        town.platform.react(OFFICE, MEMBER, other, "▶️");
    }
    let page = town.press(&page, ANN, "▶️").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
    let page = town.change(&page, ANN, "next").await;
    assert!(page.content.contains("Page 3 of 14"), "{page:?}");
}

#[tokio::test]
async fn talk_below_a_page_turns_nothing() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    for said in [
        "next time we should meet",
        "back in 5 min",
        "last one, thanks",
    ] {
        town.platform.reply(OFFICE, BEN, page.id, said);
    }
    let page = town.change(&page, ANN, "next page").await;
    assert!(page.content.contains("Page 2 of 14"), "{page:?}");
    assert_eq!(town.answers(OFFICE).len(), 1);
    assert!(town.answers(LOUNGE).is_empty());
}
