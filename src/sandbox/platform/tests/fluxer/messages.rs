//! Messages, reactions and direct channels, against answers of a real server.

use std::collections::BTreeSet;

use super::*;

const SOMEBODY: u64 = 1_510_000_000_000_009_001;

/// The body of the captured answer in this file.
macro_rules! body {
    ($file:literal) => {
        real!($file)["body"].clone()
    };
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

async fn ask(
    platform: &SamplePlatform,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let answer = sent(platform, method, path, body.as_ref(), None).await;
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn send(platform: &SamplePlatform, body: Value) -> (u16, Value) {
    let path = format!("channels/{CHANNEL}/messages");
    ask(platform, "POST", &path, Some(body)).await
}

#[tokio::test]
async fn a_message_is_answered_as_the_real_server_answers_it() {
    let platform = platform().await;
    let (status, sent) = send(&platform, json!({ "content": "26 invites", "flags": 4 })).await;
    let real = body!("message_create_200_flags_4");
    assert_eq!((status, keys(&sent)), (200, keys(&real)));
    assert_eq!(sent["flags"], real["flags"]);
    let reference = json!({ "message_id": sent["id"], "channel_id": CHANNEL.to_string() });
    let reply = json!({ "content": "a", "message_reference": reference, "nonce": "7" });
    let (_, reply) = send(&platform, reply).await;
    let real = body!("message_reply_200");
    assert_eq!(reply["type"], real["type"]);
    assert_eq!(
        keys(&reply["message_reference"]),
        keys(&real["message_reference"])
    );
    assert_eq!(
        keys(&reply["referenced_message"]),
        keys(&real["referenced_message"])
    );
}

#[tokio::test]
async fn the_same_nonce_gives_back_the_first_message() {
    let platform = platform().await;
    let (_, first) = send(&platform, json!({ "content": "a", "nonce": "7" })).await;
    let (status, again) = send(&platform, json!({ "content": "b", "nonce": "7" })).await;
    assert_eq!((status, &again), (200, &first));
    assert_eq!(platform.messages(CHANNEL).len(), 1);
    platform.set_clock_offset(SignedDuration::from_mins(5));
    let (_, later) = send(&platform, json!({ "content": "b", "nonce": "7" })).await;
    assert_ne!(later["id"], first["id"]);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let platform = platform().await;
    let (status, empty) = send(&platform, json!({})).await;
    let real = body!("message_create_400_empty");
    assert_eq!((status, &empty["code"]), (400, &real["code"]));
    for (chars, status) in [(4_000, 200), (4_001, 400)] {
        let content = "漢".repeat(chars);
        let (answered, _) = send(&platform, json!({ "content": content })).await;
        assert_eq!(answered, status, "{chars}");
    }
    // Counted as the clients' language counts: most emoji are two.
    for (emoji, status) in [(2_000, 200), (2_001, 400)] {
        let content = "😀".repeat(emoji);
        let (answered, _) = send(&platform, json!({ "content": content })).await;
        assert_eq!(answered, status, "{emoji}");
    }
    let nowhere = "channels/1500000000000000000/messages";
    let (status, unknown) = ask(&platform, "POST", nowhere, Some(json!({"content": "x"}))).await;
    let real = body!("message_create_404_unknown_channel");
    assert_eq!((status, &unknown["code"]), (404, &real["code"]));
}

#[tokio::test]
async fn a_direct_message_needs_somebody_who_takes_it() {
    let platform = platform().await;
    let open = json!({ "recipient_id": SOMEBODY.to_string() });
    let (_, channel) = ask(&platform, "POST", "users/@me/channels", Some(open)).await;
    let real = body!("dm_channel_create_200_by_bot");
    assert_eq!(keys(&channel), keys(&real));
    let path = format!("channels/{}/messages", channel["id"].as_str().unwrap());
    let body = || Some(json!({ "content": "a" }));
    let (status, sent) = ask(&platform, "POST", &path, body()).await;
    let real = body!("dm_message_create_200_by_bot");
    assert_eq!((status, keys(&sent)), (200, keys(&real)));
    platform.close_direct_messages(SOMEBODY, true);
    let (status, refused) = ask(&platform, "POST", &path, body()).await;
    assert_eq!(
        (status, &refused["code"]),
        (400, &json!("CANNOT_SEND_MESSAGES_TO_USER"))
    );
}

#[tokio::test]
async fn reactions_take_the_right_to_put_and_to_take_them() {
    let platform = platform().await;
    let message = platform.say(CHANNEL, SOMEBODY, "hello");
    let own = format!("channels/{CHANNEL}/messages/{message}/reactions/%E2%96%B6%EF%B8%8F/@me");
    let theirs = own.replace("@me", &SOMEBODY.to_string());
    platform.react(CHANNEL, SOMEBODY, message, "▶️");
    let (status, _) = ask(&platform, "PUT", &own, None).await;
    assert_eq!(status, 204);
    let read = format!("channels/{CHANNEL}/messages/{message}");
    let (_, read) = ask(&platform, "GET", &read, None).await;
    assert_eq!(
        read["reactions"],
        json!([{ "emoji": { "name": "▶️" }, "count": 2, "me": true }])
    );
    let mut community = platform.community(GUILD).unwrap();
    platform.add_guild(community.clone().without(permission::MANAGE_MESSAGES));
    let (status, _) = ask(&platform, "DELETE", &theirs, None).await;
    assert_eq!(status, 403);
    community = community.without(permission::ADD_REACTIONS);
    platform.add_guild(community);
    let (status, _) = ask(&platform, "DELETE", &theirs, None).await;
    assert_eq!(status, 204);
    // One that is there already takes no right; a new one does.
    for (emoji, expected) in [("%E2%96%B6%EF%B8%8F", 204), ("%E2%9C%85", 403)] {
        let path = own.replace("%E2%96%B6%EF%B8%8F", emoji);
        let (status, _) = ask(&platform, "PUT", &path, None).await;
        assert_eq!(status, expected, "{emoji}");
    }
}
