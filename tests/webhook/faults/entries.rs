//! A list of which not every entry is an invite.

use gatehouse::sandbox::platform::Fault;
use gatehouse_commands::PlatformName;
use serde_json::{Value, json};

use super::{assert_says, failing, list, told};

fn invite(code: &str) -> Value {
    json!({
        "code": code,
        "type": 0,
        "channel": {"id": "1510000000000000101", "name": "welcome", "type": 0},
        "inviter": {"id": "1510000000000000201", "username": "mallow", "discriminator": "1001"},
        "uses": 3,
        "max_uses": 0,
        "max_age": 0,
        "temporary": false,
        "created_at": "2026-08-21T12:00:00.000Z",
        "expires_at": null,
    })
}

fn answer(entries: &[Value]) -> Fault {
    Fault::Status {
        status: 200,
        body: json!(entries),
    }
}

#[tokio::test]
async fn one_odd_entry_hides_no_other_and_is_told() {
    for face in PlatformName::ALL {
        for odd in [
            json!(7),
            json!("an invite"),
            json!({}),
            json!({"code": null}),
            json!({"code": "a/../../guilds/1"}),
            json!({"code": "late", "created_at": "yesterday"}),
            json!({"code": "many", "uses": "three"}),
        ] {
            let entries = [invite("aBcD12xY"), odd.clone(), invite("eFgH34zZ")];
            let gatehouse = failing(face, answer(&entries)).await;
            let text = list(&gatehouse).await.text();
            assert!(text.contains("aBcD12xY"), "{odd}: {text}");
            assert!(text.contains("eFgH34zZ"), "{odd}: {text}");
            let note =
                format!("1 invite in {face}'s answer could not be read and is missing here.");
            assert!(text.contains(&note), "{odd}: {text}");
        }
    }
}

#[tokio::test]
async fn several_odd_entries_are_counted() {
    for face in PlatformName::ALL {
        let entries = [json!(1), invite("aBcD12xY"), json!(2)];
        let gatehouse = failing(face, answer(&entries)).await;
        let text = list(&gatehouse).await.text();
        let note = format!("2 invites in {face}'s answer could not be read and are missing here.");
        assert!(text.contains(&note), "{text}");
    }
}

#[tokio::test]
async fn a_card_tells_of_odd_entries_too() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, answer(&[invite("aBcD12xY"), json!(7)])).await;
        let show = gatehouse.command("show", &[("code", json!("aBcD12xY"))]);
        let text = told(&gatehouse, &show).await.text();
        assert!(text.contains("could not be read"), "{text}");
    }
}

#[tokio::test]
async fn a_list_of_odd_entries_alone_makes_no_sense() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, answer(&[json!(7), json!({})])).await;
        assert_says(
            &list(&gatehouse).await,
            &format!("{face} gave an answer that makes no sense"),
            &["Try again in a minute"],
        );
    }
}

#[tokio::test]
async fn entries_with_hardly_anything_in_them_are_listed() {
    for face in PlatformName::ALL {
        let bare = [json!({"code": "aBcD12xY"}), json!(null)];
        let gatehouse = failing(face, answer(&bare)).await;
        let text = list(&gatehouse).await.text();
        assert!(text.contains("aBcD12xY"), "{text}");
        assert!(text.contains("channel unknown"), "{text}");
        assert!(text.contains("by unknown"), "{text}");
        assert!(!text.contains("could not be read"), "{text}");
    }
}

#[tokio::test]
async fn numbers_beyond_all_bounds_are_listed() {
    for face in PlatformName::ALL {
        let mut huge = invite("aBcD12xY");
        huge["uses"] = json!(u64::MAX);
        huge["max_uses"] = json!(u64::MAX);
        huge["max_age"] = json!(u64::MAX);
        huge["created_at"] = json!("9999-12-30T22:00:00.000Z");
        let gatehouse = failing(face, answer(&[huge, invite("eFgH34zZ")])).await;
        let text = list(&gatehouse).await.text();
        assert!(text.contains("aBcD12xY"), "{text}");
        assert!(text.contains("eFgH34zZ"), "{text}");
    }
}
