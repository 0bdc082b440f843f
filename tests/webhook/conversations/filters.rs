//! What is listed, and in which order.

use gatehouse::sandbox::platform::{Route, SampleInvite};
use serde_json::json;

use super::{
    codes,
    expected::{self, SORTS, STATES, creator, shown_name},
    over, read, sample,
};

#[tokio::test]
async fn every_state_lists_the_invites_in_it() {
    let gatehouse = over(sample()).await;
    for (state, passes) in STATES {
        let listed = gatehouse.all_codes(&[("state", json!(state))]).await;
        assert!(!listed.is_empty(), "{state}");
        assert_eq!(
            listed,
            expected::codes(&sample(), passes, "newest"),
            "{state}"
        );
    }
}

#[tokio::test]
async fn every_sort_lists_all_invites_in_its_order() {
    let gatehouse = over(sample()).await;
    for sort in SORTS {
        let listed = gatehouse.all_codes(&[("sort", json!(sort))]).await;
        assert_eq!(listed, expected::codes(&sample(), |_| true, sort), "{sort}");
    }
}

#[tokio::test]
async fn the_menus_filter_and_sort_and_go_back_to_the_first_page() {
    let gatehouse = over(sample()).await;
    let third = gatehouse.list(&[("page", json!(3))]).await;
    assert_eq!(third.menu("Filter").chosen(), ["Any state"]);
    assert_eq!(third.menu("Sort").chosen(), ["Newest first"]);

    let used = gatehouse.choose(&third, "Filter", "Used").await;
    assert_eq!(used.menu("Filter").chosen(), ["Used"]);
    assert!(used.footer().starts_with("Page 1 of "), "{}", used.footer());
    let sorted = gatehouse.choose(&used, "Sort", "Most used first").await;
    assert_eq!(sorted.menu("Filter").chosen(), ["Used"]);
    assert_eq!(sorted.menu("Sort").chosen(), ["Most used first"]);
    let most_used = expected::codes(&sample(), |invite| invite.uses > 0, "most-used");
    assert_eq!(codes(&sorted), most_used[..10]);
    let second = gatehouse.click(&sorted, "Next").await;
    assert_eq!(codes(&second), most_used[10..20]);

    let any = gatehouse.choose(&second, "Filter", "Any state").await;
    assert_eq!(any.menu("Filter").chosen(), ["Any state"]);
    assert_eq!(any.menu("Sort").chosen(), ["Most used first"]);
    assert!(any.description().starts_with("**140 invites** · most used"));
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
}

#[tokio::test]
async fn every_choice_of_the_menus_is_what_the_option_of_the_same_name_is() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    let menus = [("Filter", "state", 1), ("Sort", "sort", 0)];
    for (menu, option, first) in menus {
        for choice in &list.menu(menu).options[first..] {
            let chosen = gatehouse.choose(&list, menu, &choice.label).await;
            let asked = gatehouse.list(&[(option, json!(choice.value))]).await;
            assert_eq!(chosen.json()["embeds"], asked.json()["embeds"]);
        }
    }
    assert_eq!(list.menu("Filter").options.len(), 1 + STATES.len());
    assert_eq!(list.menu("Sort").options.len(), SORTS.len());
}

/// Whether code, channel or creator of an invite holds this text, whatever the case.
fn holds(invite: &SampleInvite, text: &str) -> bool {
    let text = text.to_lowercase();
    let mut names = vec![invite.code.as_str(), &invite.channel.name];
    if let Some(who) = creator(invite) {
        names.extend([who.username.as_str(), shown_name(who)]);
    }
    names.iter().any(|name| name.to_lowercase().contains(&text))
}

#[tokio::test]
async fn a_search_finds_codes_channels_and_creators_in_any_case() {
    let gatehouse = over(sample()).await;
    let code = &sample().invites[17].code;
    let part_of_code = &code[2..6];
    for text in [
        code,
        &code.to_uppercase(),
        part_of_code,
        "KITE",
        "wind_REPORTS",
        "marisol",
        "Vance",
        "🪁",
        "🛠️",
        "נועה",
        "עברית-ושלום",
        "空と風",
        "@everyone",
        "`tick` ||hidden||",
        "<@1>",
        "https://example.com",
        "**",
        "isk",
    ] {
        let listed = gatehouse.all_codes(&[("search", json!(text))]).await;
        assert!(!listed.is_empty(), "{text}");
        let found = expected::codes(&sample(), |invite| holds(invite, text), "newest");
        assert_eq!(listed, found, "{text}");
    }
}

#[tokio::test]
async fn filters_are_said_in_words() {
    let gatehouse = over(sample()).await;
    let list = gatehouse
        .list(&[
            ("search", json!("  ar  ")),
            ("by", json!("marisol_v")),
            ("channel", json!("#general")),
            ("state", json!("never-expires")),
            ("sort", json!("least-used")),
        ])
        .await;
    let summary = read(list.description().lines().next().unwrap());
    let words =
        "never expires · by Marisol Vance · into #general · contains “ar” · least used first";
    let (count, rest) = summary.split_once(": ").unwrap();
    assert_eq!(rest, words);
    assert!(
        count.starts_with("**") && count.contains(" of 140** match"),
        "{count}"
    );
    assert!(list.footer().contains("140 of 1000 invites"));
}

#[tokio::test]
async fn filters_together_let_through_what_passes_all() {
    let gatehouse = over(sample()).await;
    let options = [
        ("by", json!("marisol_v")),
        ("channel", json!("general")),
        ("state", json!("used")),
    ];
    let listed = gatehouse.all_codes(&options).await;
    let passes = |invite: &SampleInvite| {
        creator(invite).is_some_and(|who| who.username == "marisol_v")
            && invite.channel.name == "general"
            && invite.uses > 0
    };
    assert!(!listed.is_empty());
    assert_eq!(listed, expected::codes(&sample(), passes, "newest"));
}

#[tokio::test]
async fn nothing_found_says_so_and_leads_back_to_everything() {
    let gatehouse = over(sample()).await;
    let list = gatehouse
        .list(&[
            ("search", json!("no such thing")),
            ("sort", json!("oldest")),
        ])
        .await;
    assert_eq!(
        read(list.description()),
        "**0 of 140** match: contains “no such thing” · oldest first\n\n\
         No invite matches. Choose another filter, or show all of them."
    );
    assert_eq!(list.rows()[..2], [["Filter"], ["Sort"]]);
    let all = gatehouse.click(&list, "Show all invites").await;
    assert!(
        all.description()
            .starts_with("**140 invites** · oldest first")
    );
    assert!(!all.has_button("Show all invites"));
}

#[tokio::test]
async fn a_search_of_blanks_alone_is_none() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[("search", json!(" \t "))]).await;
    assert!(list.description().starts_with("**140 invites**"));
}

#[tokio::test]
async fn a_search_that_is_too_long_gets_an_example() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("list", &[("search", json!("漢".repeat(33)))]);
    let told = gatehouse.told_privately(&command).await;
    assert_eq!(told.title(), "“search” does not take that");
    assert_eq!(
        told.description(),
        "It takes one text of at most 32 characters, for example `search:welcome`."
    );
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_state_that_does_not_exist_is_told_what_does() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("list", &[("state", json!("haunted"))]);
    let told = gatehouse.told_privately(&command).await;
    for (state, _) in STATES {
        assert!(told.description().contains(state), "{state}");
    }
    gatehouse.assert_platform_not_asked();
}
