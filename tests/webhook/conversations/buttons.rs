//! Buttons of other versions, of other bots, and of a server that was restarted since.

use serde_json::json;

use super::{codes, expected, over, sample};
use crate::support::{MEMBER, On};

const FOREIGN: [&str; 12] = [
    "inv:1:list:2:n",
    "garbage",
    "g2n:2:-n:::",
    "g1z:2:-n:::",
    "g1n:2:-n::",
    "g1n:-2:-n:::",
    "g1n:99999999999:-n:::",
    "g1n:2:zz:::",
    "g1c:=a/b:1:-n:::",
    "g1",
    "\u{202E}🪁",
    "g1n:2:-n:::123456789012345678901234567890123",
];

#[tokio::test]
async fn a_foreign_button_is_answered_with_a_fresh_first_page() {
    let gatehouse = over(sample()).await;
    for custom_id in FOREIGN {
        for on in [On::Private, On::Shared] {
            let press = gatehouse.press(custom_id, on, &[]);
            let fresh = gatehouse.told_privately(&press).await;
            assert!(
                fresh
                    .description()
                    .contains("That was made by another version of the bot. Here is a fresh list."),
                "{custom_id}"
            );
            assert_eq!(codes(&fresh), expected::newest(&sample())[..10]);
            assert!(fresh.has_button("1/14"));
        }
    }
}

#[tokio::test]
async fn the_fresh_page_goes_on_like_any_other() {
    let gatehouse = over(sample()).await;
    let press = gatehouse.press("inv:1:list:2:n", On::Private, &[]);
    let fresh = gatehouse.told_privately(&press).await;
    let second = gatehouse.click(&fresh, "Next").await;
    assert!(second.has_button("2/14"));
    assert!(!second.description().contains("another version"));
}

#[tokio::test]
async fn a_foreign_button_of_a_shared_message_takes_a_moderator() {
    let gatehouse = over(sample()).await;
    let press = gatehouse
        .press("inv:1:list:2:n", On::Shared, &[])
        .by(MEMBER);
    let told = gatehouse.told_privately(&press).await;
    assert_eq!(told.title(), "This takes a moderator");
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_value_that_is_not_in_the_menu_is_answered_with_a_fresh_first_page() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[("page", json!(4))]).await;
    for menu in ["Filter", "Sort", "Open an invite…"] {
        let id = list.menu(menu).custom_id;
        for values in [&["haunted"][..], &[]] {
            let press = gatehouse.press(&id, On::Private, values);
            let fresh = gatehouse.told_privately(&press).await;
            assert!(
                fresh.description().contains("Here is a fresh list."),
                "{menu}"
            );
            assert!(fresh.has_button("1/14"), "{menu}");
        }
    }
    let help = gatehouse.ask(&gatehouse.command("help", &[])).await;
    let id = help.menu("More about…").custom_id;
    let press = gatehouse.press(&id, On::Private, &["magic"]);
    let fresh = gatehouse.told_privately(&press).await;
    assert!(fresh.description().contains("Here is a fresh list."));
}

#[tokio::test]
async fn a_foreign_form_is_answered_with_a_fresh_first_page() {
    let gatehouse = over(sample()).await;
    for custom_id in ["inv:1:page", "g2j:1:-n:::", "g1n:1:-n:::"] {
        let submit = gatehouse.submit(custom_id, "3", On::Private);
        let fresh = gatehouse.told_privately(&submit).await;
        assert!(fresh.description().contains("Here is a fresh list."));
    }
}

#[tokio::test]
async fn a_button_still_works_after_the_server_was_restarted() {
    let before = over(sample()).await;
    let list = before.list(&[("state", json!("used"))]).await;
    let card = before
        .choose(&list, "Open an invite…", &codes(&list)[2])
        .await;
    before.stop().await;

    let after = over(sample()).await;
    let second = after.click(&list, "Next").await;
    let used = expected::codes(&sample(), |invite| invite.uses > 0, "newest");
    assert_eq!(codes(&second), used[10..20]);
    let refreshed = after.click(&card, "Refresh").await;
    assert_eq!(refreshed.json()["embeds"], card.json()["embeds"]);
    let back = after.click(&refreshed, "Back to list").await;
    assert_eq!(codes(&back), used[..10]);
}
