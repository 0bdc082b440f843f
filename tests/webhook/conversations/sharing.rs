//! Replies that everyone sees: who may press them, and what they must not tell.

use gatehouse::sandbox::platform::{Community, Route};
use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{NOW, codes, expected, over, sample};
use crate::support::{
    Button, Gatehouse, Interaction, MEMBER, MODERATOR, Member, Message, On, Reply, Setup,
};

const MODERATOR_ROLE: u64 = 1_510_000_000_000_000_501;

const HELPER: Member = Member {
    role: Some(MODERATOR_ROLE),
    ..MEMBER
};

/// No code of the community stands anywhere in what is sent.
#[track_caller]
fn assert_masked(message: &Message, community: &Community) {
    let body = message.json().to_string();
    for invite in &community.invites {
        assert!(!body.contains(&invite.code), "{} in {body}", invite.code);
    }
    assert!(body.contains("••••"), "{body}");
    assert!(!body.contains("discord.gg"), "{body}");
}

async fn shared_list(gatehouse: &Gatehouse) -> Message {
    let command = gatehouse.command("list", &[("share", json!(true))]);
    gatehouse.told_everyone(&command).await
}

fn press(gatehouse: &Gatehouse, button: &Button) -> Interaction {
    gatehouse.press(&button.custom_id, On::Shared, &[])
}

/// Everything that can be pressed on a list: custom id and, for a menu, a value.
fn presses(list: &Message) -> Vec<(String, Vec<String>)> {
    let rows = list.rows();
    let all = rows.iter().flatten();
    all.map(|label| {
        if list.has_button(label) {
            (list.button(label).custom_id, Vec::new())
        } else {
            let menu = list.menu(label);
            (menu.custom_id, vec![menu.options[0].value.clone()])
        }
    })
    .collect()
}

#[tokio::test]
async fn a_shared_list_is_for_everyone_and_holds_no_whole_code() {
    let gatehouse = over(sample()).await;
    let list = shared_list(&gatehouse).await;
    let newest = expected::newest(&sample());
    let masked: Vec<_> = newest[..10]
        .iter()
        .map(|code| format!("{}••••", &code[..4]))
        .collect();
    assert_eq!(codes(&list), masked);
    assert_masked(&list, &sample());
}

#[tokio::test]
async fn a_moderator_turns_its_pages_and_it_stays_masked() {
    let gatehouse = over(sample()).await;
    let mut list = shared_list(&gatehouse).await;
    for _ in 1..14 {
        let next = press(&gatehouse, &list.button("Next")).by(Member {
            id: 1_510_000_000_000_000_777,
            ..MODERATOR
        });
        list = gatehouse.replaced_by(&next).await;
        assert_masked(&list, &sample());
    }
    for label in ["Filter", "Sort"] {
        let menu = list.menu(label);
        for choice in &menu.options {
            let choose = gatehouse.press(&menu.custom_id, On::Shared, &[&choice.value]);
            assert_masked(&gatehouse.replaced_by(&choose).await, &sample());
        }
    }
    let refresh = press(&gatehouse, &list.button("Refresh"));
    assert_masked(&gatehouse.replaced_by(&refresh).await, &sample());
}

#[tokio::test]
async fn a_member_without_rights_is_refused_privately_whatever_is_pressed() {
    let gatehouse = over(sample()).await;
    let list = shared_list(&gatehouse).await;
    let second = press(&gatehouse, &list.button("Next"));
    let list = gatehouse.replaced_by(&second).await;
    let asked = gatehouse.platform().requests().len();
    for (custom_id, values) in presses(&list) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let press = gatehouse.press(&custom_id, On::Shared, &values).by(MEMBER);
        let told = gatehouse.told_privately(&press).await;
        assert_eq!(told.title(), "This takes a moderator", "{custom_id}");
        assert!(told.text().contains("**Manage Server**"));
        assert_eq!(told.rows().len(), 0, "{custom_id}");
    }
    assert_eq!(gatehouse.platform().requests().len(), asked);
}

#[tokio::test]
async fn the_form_of_a_shared_list_takes_a_moderator_too() {
    let gatehouse = over(sample()).await;
    let list = shared_list(&gatehouse).await;
    let form = gatehouse
        .send(&press(&gatehouse, &list.button("1/14")))
        .await;
    assert_eq!(form.kind, Reply::MODAL);
    let submit = || gatehouse.submit(&form.message.form_id(), "3", On::Shared);
    let told = gatehouse.told_privately(&submit().by(MEMBER)).await;
    assert_eq!(told.title(), "This takes a moderator");
    let third = gatehouse.replaced_by(&submit()).await;
    assert!(third.has_button("3/14"));
    assert_masked(&third, &sample());
}

#[tokio::test]
async fn an_invite_opened_from_it_is_shown_whole_to_the_moderator_alone() {
    let gatehouse = over(sample()).await;
    let list = shared_list(&gatehouse).await;
    let menu = list.menu("Open an invite…");
    for (choice, code) in menu.options.iter().zip(expected::newest(&sample())) {
        let open = gatehouse.press(&menu.custom_id, On::Shared, &[&choice.value]);
        let card = gatehouse.told_privately(&open).await;
        assert_eq!(card.title(), format!("Invite `{code}`"));
        assert_eq!(card.field("Link"), format!("https://discord.gg/{code}"));
    }
}

#[tokio::test]
async fn an_export_from_it_goes_to_the_moderator_alone() {
    let gatehouse = over(sample()).await;
    let list = shared_list(&gatehouse).await;
    let export = press(&gatehouse, &list.button("Export"));
    let (_, _, bytes) = gatehouse.file(&export).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(&sample().invites[0].code));
}

#[tokio::test]
async fn a_shared_card_is_masked_and_stays_so() {
    let gatehouse = over(sample()).await;
    let code = &expected::newest(&sample())[3];
    let options = [("code", json!(code)), ("share", json!(true))];
    let card = gatehouse
        .told_everyone(&gatehouse.command("show", &options))
        .await;
    assert_masked(&card, &sample());
    let refreshed = gatehouse
        .replaced_by(&press(&gatehouse, &card.button("Refresh")))
        .await;
    assert_eq!(refreshed.title(), card.title());
    assert_masked(&refreshed, &sample());
    let back = press(&gatehouse, &refreshed.button("Back to list"));
    assert_masked(&gatehouse.replaced_by(&back).await, &sample());
    let by_member = press(&gatehouse, &card.button("Refresh")).by(MEMBER);
    let told = gatehouse.told_privately(&by_member).await;
    assert_eq!(told.title(), "This takes a moderator");
}

#[tokio::test]
async fn a_shared_list_cannot_be_searched_by_code() {
    let gatehouse = over(sample()).await;
    let code = sample().invites[5].code.clone();
    for part in [code.clone(), code.to_uppercase(), code[3..].to_owned()] {
        let options = [("search", json!(part)), ("share", json!(true))];
        let refusal = gatehouse
            .told_privately(&gatehouse.command("list", &options))
            .await;
        assert_eq!(refusal.title(), "A shared list cannot be searched by code");
    }
    // What is too short to give a code away finds names alone: the rest of a code that a part of
    // it leads to would be told by its visible beginning.
    let options = [("search", json!(code[4..])), ("share", json!(true))];
    let list = gatehouse
        .told_everyone(&gatehouse.command("list", &options))
        .await;
    assert!(list.description().contains("0 of 140"), "{}", list.text());
}

#[tokio::test]
async fn without_dates_a_shared_list_offers_nothing_to_open() {
    let community = sample().hiding_metadata();
    let gatehouse = over(community.clone()).await;
    let command = gatehouse.command("list", &[("share", json!(true))]);
    let list = gatehouse.told_everyone(&command).await;
    assert_masked(&list, &community);
    assert_eq!(list.rows()[0][0], "First");
}

#[tokio::test]
async fn a_role_that_the_operator_named_may_press() {
    let setup = Setup::new().moderator_role(PlatformName::Discord, MODERATOR_ROLE);
    let gatehouse = setup.community(sample()).start().await;
    let list = shared_list(&gatehouse).await;
    let next = press(&gatehouse, &list.button("Next"));
    let second = gatehouse.replaced_by(&next.by(HELPER)).await;
    assert!(second.has_button("2/14"));
    let other = Member {
        role: Some(MODERATOR_ROLE + 1),
        ..HELPER
    };
    let refused = press(&gatehouse, &list.button("Next")).by(other);
    let told = gatehouse.told_privately(&refused).await;
    assert_eq!(told.title(), "This takes a moderator");
}

#[tokio::test]
async fn a_role_named_for_the_other_platform_may_not() {
    let setup = Setup::new().moderator_role(PlatformName::Fluxer, MODERATOR_ROLE);
    let gatehouse = setup.community(sample()).start().await;
    let list = shared_list(&gatehouse).await;
    let next = press(&gatehouse, &list.button("Next")).by(HELPER);
    let told = gatehouse.told_privately(&next).await;
    assert_eq!(told.title(), "This takes a moderator");
}

#[tokio::test]
async fn a_named_role_does_not_help_who_is_timed_out() {
    let setup = Setup::new().moderator_role(PlatformName::Discord, MODERATOR_ROLE);
    let clock = gatehouse::clock::Clock::stopped(NOW);
    let gatehouse = setup.community(sample()).clock(clock).start().await;
    let list = shared_list(&gatehouse).await;
    let asked = gatehouse.platform().count(Route::Any);
    let next = |until: &str| {
        let press = press(&gatehouse, &list.button("Next")).by(HELPER);
        press.set("/member/communication_disabled_until", json!(until))
    };
    let still = next("2026-08-21T12:00:01+00:00");
    let told = gatehouse.told_privately(&still).await;
    assert_eq!(told.title(), "This takes a moderator");
    assert_eq!(gatehouse.platform().count(Route::Any), asked);
    let over = next("2026-08-21T12:00:00+00:00");
    assert!(gatehouse.replaced_by(&over).await.has_button("2/14"));
}
