//! Names that strangers chose: long, in every script, and hostile. Whatever they are, no reply
//! breaks a limit of the platform (each body is checked when it is sent) and nothing in them acts.

mod hostile;
pub(crate) mod inert;
mod random;

use gatehouse::sandbox::platform::Community;
use serde_json::{Value, json};

use crate::{
    conversations::{NOW, codes, over},
    support::{Gatehouse, Message, On},
};

const SORTS: [&str; 4] = ["newest", "most-used", "creator", "channel"];

/// Panics when a name of a stranger could act in this message.
#[track_caller]
fn assert_inert(message: &Message) {
    inert::assert_inert(message.json());
}

/// All pages of a list, one by one, as a moderator turns them.
async fn pages(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Vec<Message> {
    let first = gatehouse.list(options).await;
    gatehouse.pages_from(first).await
}

/// Turns every page in several orders; nothing may act, and every invite is there once.
async fn assert_all_pages_inert(gatehouse: &Gatehouse, invites: usize) {
    for sort in SORTS {
        let pages = pages(gatehouse, &[("sort", json!(sort))]).await;
        pages.iter().for_each(assert_inert);
        let mut shown: Vec<String> = pages.iter().flat_map(codes).collect();
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), invites, "{sort}");
    }
}

/// Shares a list and turns its first pages.
async fn assert_shared_inert(gatehouse: &Gatehouse) {
    let command = gatehouse.command(
        "list",
        &[("share", json!(true)), ("sort", json!("creator"))],
    );
    let mut list = gatehouse.told_everyone(&command).await;
    for _ in 0..5 {
        assert_inert(&list);
        if !list.has_button("Next") {
            break;
        }
        let next = list.button("Next").custom_id;
        let press = gatehouse.press(&next, On::Shared, &[]);
        list = gatehouse.replaced_by(&press).await;
    }
}

/// Opens every invite of a list's page, privately and shared.
async fn assert_cards_inert(gatehouse: &Gatehouse, list: &Message) {
    for code in codes(list) {
        let card = gatehouse.show(&code).await;
        assert_inert(&card);
        let options = [("code", json!(code)), ("share", json!(true))];
        let shared = gatehouse.command("show", &options);
        assert_inert(&gatehouse.told_everyone(&shared).await);
    }
}

/// Asks for suggestions of every sort; each can be sent back and gets an inert reply.
async fn assert_suggestions_inert(gatehouse: &Gatehouse) {
    for (command, option) in [
        ("show", "code"),
        ("list", "by"),
        ("list", "channel"),
        ("export", "search"),
    ] {
        let typing = gatehouse.autocomplete(command, &[(option, json!(""))]);
        let message = gatehouse.send(&typing).await.message;
        assert_inert(&message);
        for suggestion in message.suggestions() {
            let command = if option == "code" { "show" } else { "list" };
            let options = [(option, json!(suggestion.value))];
            assert_inert(&gatehouse.ask(&gatehouse.command(command, &options)).await);
        }
    }
}

#[tokio::test]
async fn long_names_of_every_script_fit_on_every_page() {
    let gatehouse = over(Community::of(7, "Lantern Harbour").many(1300, NOW)).await;
    assert_all_pages_inert(&gatehouse, 1300).await;
    let last = gatehouse.list(&[("page", json!(130))]).await;
    assert!(
        last.footer()
            .starts_with("Page 130 of 130 · 1300 invites, over Discord's usual limit of 1000")
    );
}

#[tokio::test]
async fn long_names_fit_on_cards_suggestions_and_shared_lists() {
    let gatehouse = over(Community::of(7, "Lantern Harbour").many(1300, NOW)).await;
    assert_shared_inert(&gatehouse).await;
    let list = gatehouse.list(&[]).await;
    assert_cards_inert(&gatehouse, &list).await;
    assert_suggestions_inert(&gatehouse).await;
}

#[tokio::test]
async fn hostile_names_act_on_no_page() {
    let community = hostile::community();
    let invites = community.invites.len();
    let gatehouse = over(community).await;
    assert_all_pages_inert(&gatehouse, invites).await;
    assert_shared_inert(&gatehouse).await;
}

#[tokio::test]
async fn hostile_names_act_on_no_card_and_in_no_suggestion() {
    let gatehouse = over(hostile::community()).await;
    for list in pages(&gatehouse, &[]).await {
        assert_cards_inert(&gatehouse, &list).await;
    }
    assert_suggestions_inert(&gatehouse).await;
}

#[tokio::test]
async fn a_hostile_wish_is_repeated_inert() {
    let gatehouse = over(hostile::community()).await;
    for name in hostile::NAMES {
        for option in ["search", "by", "channel", "code", "@everyone"] {
            let command = if option == "code" { "show" } else { "list" };
            let wish = gatehouse.command(command, &[(option, json!(name))]);
            assert_inert(&gatehouse.ask(&wish).await);
        }
    }
}

#[tokio::test]
async fn a_hostile_command_is_repeated_inert() {
    let gatehouse = over(hostile::community()).await;
    for name in hostile::NAMES {
        let command = gatehouse.command(name, &[]);
        assert_inert(&gatehouse.told_privately(&command).await);
        let other = gatehouse
            .command("list", &[])
            .set("/data/name", json!(name));
        assert_inert(&gatehouse.told_privately(&other).await);
    }
}
