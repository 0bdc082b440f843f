//! Suggestions while a command is being typed.

use std::collections::HashSet;

use gatehouse::sandbox::platform::{
    Community, Fault, Route, SampleChannel, SampleInvite, SampleUser,
};
use jiff::SignedDuration;
use serde_json::json;

use super::{NOW, codes, expected, over, read, sample};
use crate::support::{Choice, Gatehouse, Reply};

async fn suggested(gatehouse: &Gatehouse, command: &str, option: &str, typed: &str) -> Vec<Choice> {
    let typing = gatehouse.autocomplete(command, &[(option, json!(typed))]);
    let reply = gatehouse.send(&typing).await;
    assert_eq!(reply.kind, Reply::SUGGESTIONS);
    let suggestions = reply.message.suggestions();
    assert!(suggestions.len() <= 25, "{}", suggestions.len());
    let values: HashSet<_> = suggestions.iter().map(|one| &one.value).collect();
    assert_eq!(values.len(), suggestions.len(), "no value twice");
    suggestions
}

#[tokio::test]
async fn codes_that_begin_with_what_is_typed_come_first() {
    let gatehouse = over(sample()).await;
    let code = expected::newest(&sample())[6].clone();
    for typed in [&code[..1], &code[..2], &code.to_lowercase()[..1]] {
        let suggestions = suggested(&gatehouse, "show", "code", typed).await;
        let wanted = typed.to_lowercase();
        let begins: Vec<bool> = suggestions
            .iter()
            .map(|one| one.value.to_lowercase().starts_with(&wanted))
            .collect();
        assert!(begins[0], "{suggestions:?}");
        assert!(begins.is_sorted_by_key(|begins| !begins), "{suggestions:?}");
    }
    let whole = suggested(&gatehouse, "show", "code", &code).await;
    assert_eq!(whole[0].value, code);
    assert!(whole[0].label.starts_with(&format!("{code} · ")));
}

#[tokio::test]
async fn a_code_is_suggested_by_its_channel_and_creator_and_can_be_shown() {
    let gatehouse = over(sample()).await;
    for typed in ["", "kite-building", "juniper", "נועה"] {
        let suggestions = suggested(&gatehouse, "show", "code", typed).await;
        assert!(!suggestions.is_empty(), "{typed}");
        for suggestion in suggestions {
            let card = gatehouse.show(&suggestion.value).await;
            assert_eq!(card.title(), format!("Invite `{}`", suggestion.value));
        }
    }
}

#[tokio::test]
async fn values_of_creators_channels_and_searches_list_something_when_sent_back() {
    let gatehouse = over(sample()).await;
    for command in ["list", "export"] {
        for option in ["by", "channel", "search"] {
            for typed in ["", "e", "KITE", "@", "#", "🪁", "ם"] {
                for suggestion in suggested(&gatehouse, command, option, typed).await {
                    let list = gatehouse.list(&[(option, json!(suggestion.value))]).await;
                    assert!(!codes(&list).is_empty(), "{option}: {suggestion:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn creators_and_channels_are_told_with_how_many_invites_they_have() {
    let gatehouse = over(sample()).await;
    for (option, typed, name) in [
        ("by", "@maris", "Marisol Vance (marisol_v) · "),
        ("by", "FERRY", "FerryBot (FerryBot#"),
        ("channel", "#wel", "#welcome · "),
        ("channel", "lounge", "#Evening Lounge · "),
    ] {
        let suggestions = suggested(&gatehouse, "list", option, typed).await;
        assert_eq!(suggestions.len(), 1, "{typed}");
        let label = read(&suggestions[0].label);
        assert!(label.starts_with(name), "{label}");
        let listed = gatehouse
            .all_codes(&[(option, json!(suggestions[0].value))])
            .await;
        assert!(
            label.ends_with(&format!(" · {} invites", listed.len())),
            "{label}"
        );
    }
}

#[tokio::test]
async fn no_more_than_25_are_suggested_of_many() {
    let community = Community::of(7, "many").many(1300, NOW);
    let gatehouse = over(community).await;
    for (command, option) in [("show", "code"), ("list", "by"), ("export", "search")] {
        let suggestions = suggested(&gatehouse, command, option, "").await;
        assert_eq!(suggestions.len(), 25, "{option}");
    }
}

#[tokio::test]
async fn a_name_that_is_shown_otherwise_than_it_is_written_is_still_found() {
    // The blank between the words is the ideographic one; the others hold what is not shown.
    let names = ["空\u{3000}風", "a\u{200B}b", "two  blanks", "tab\tbed"];
    let invites = (0_i64..).zip(names).map(|(number, name)| SampleInvite {
        channel: SampleChannel::text(1_510_000_000_000_000_101, "general"),
        inviter: SampleUser::new(200 + number.unsigned_abs(), "someone", Some(name)).into(),
        ..SampleInvite::new(
            &format!("code{number:04}"),
            NOW - SignedDuration::from_mins(number),
        )
    });
    let community = Community::of(7, "Harbour").with_invites(invites.collect());
    let gatehouse = over(community).await;
    for suggestion in suggested(&gatehouse, "list", "search", "").await {
        let list = gatehouse.list(&[("search", json!(suggestion.value))]).await;
        assert!(!codes(&list).is_empty(), "nothing found: {suggestion:?}");
    }
}

#[tokio::test]
async fn nothing_is_suggested_where_there_is_nothing_to_suggest() {
    let gatehouse = over(sample()).await;
    for (command, option, typed) in [
        ("list", "page", json!("1")),
        ("list", "colour", json!("e")),
        ("list", "by", json!("nobody by this name")),
        ("help", "topic", json!("li")),
    ] {
        let typing = gatehouse.autocomplete(command, &[(option, typed)]);
        let reply = gatehouse.send(&typing).await;
        assert_eq!(reply.kind, Reply::SUGGESTIONS, "{option}");
        assert_eq!(reply.message.suggestions(), [], "{option}");
    }
    let outside = gatehouse
        .autocomplete("list", &[("by", json!("e"))])
        .without("guild_id");
    let reply = gatehouse.send(&outside).await;
    assert_eq!(reply.message.suggestions(), []);
}

#[tokio::test]
async fn a_failing_platform_suggests_nothing() {
    let gatehouse = over(sample()).await;
    gatehouse
        .platform()
        .fault(Route::Invites, Fault::Refused(502));
    let suggestions = suggested(&gatehouse, "show", "code", "").await;
    assert_eq!(suggestions, []);
}
