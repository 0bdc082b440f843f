//! Frames of a real gateway, and what could be in their place.

use serde_json::Value;

use super::*;
use crate::gateway::{captured as captured_frames, event};

fn received(frame: &Value) -> Received {
    read(frame.to_string().as_bytes()).unwrap().0
}

fn message(frame: &Value) -> event::Message {
    match received(frame) {
        Received::Happened(Event::Message(message)) => *message,
        other => panic!("not a message: {other:?}"),
    }
}

fn reaction(frame: &Value) -> Option<event::Reaction> {
    match received(frame) {
        Received::Happened(Event::Reaction(reaction)) => Some(reaction),
        Received::Other => None,
        other => panic!("not a reaction: {other:?}"),
    }
}

#[test]
fn a_captured_message_is_read() {
    let frame = captured_frames("gateway_event_message_create");
    let told = message(&frame);
    assert_eq!(told.id, 1_574_298_957_209_665_536);
    assert_eq!(told.channel.number(), 1_574_297_842_476_908_556);
    assert_eq!(told.guild.unwrap().number(), 1_574_297_842_476_908_553);
    assert_eq!(told.author.number(), 1_574_297_753_108_873_216);
    assert_eq!(told.content, "!invites");
    assert!(!told.is_by_machine);
    assert_eq!(told.replies_to, None);
    assert_eq!(read(frame.to_string().as_bytes()).unwrap().1, Some(3));
}

#[test]
fn a_reply_names_its_message_and_a_forwarded_one_does_not() {
    let mut frame = captured_frames("gateway_event_message_update");
    frame["t"] = "MESSAGE_CREATE".into();
    let told = message(&frame);
    assert_eq!(told.replies_to, Some(1_574_298_957_209_665_536));
    let author = told.replies_to_author.unwrap();
    assert_eq!(author.number(), 1_574_297_753_108_873_216);
    let mut untold = frame.clone();
    for there in [Value::Null, json!({})] {
        untold["d"]["referenced_message"] = there;
        assert!(message(&untold).replies_to.is_some());
        assert_eq!(message(&untold).replies_to_author, None);
    }
    frame["d"]["message_reference"]["type"] = 1.into();
    assert_eq!(message(&frame).replies_to, None);
    assert_eq!(message(&frame).replies_to_author, None);
}

#[test]
fn bots_system_accounts_and_webhooks_are_machines() {
    let frame = captured_frames("gateway_event_message_create");
    for (place, value) in [
        ("/d/author/bot", true.into()),
        ("/d/author/system", true.into()),
        ("/d/webhook_id", Value::from("1574298957209665536")),
    ] {
        let mut frame = frame.clone();
        let (parent, key) = place.rsplit_once('/').unwrap();
        frame.pointer_mut(parent).unwrap()[key] = value;
        assert!(message(&frame).is_by_machine, "{place}");
    }
}

#[test]
fn a_direct_message_has_no_guild() {
    let mut frame = captured_frames("gateway_event_message_create");
    frame["d"].as_object_mut().unwrap().remove("guild_id");
    assert_eq!(message(&frame).guild, None);
}

#[test]
fn a_captured_reaction_is_read() {
    let mut frame = captured_frames("gateway_event_message_reaction_add");
    let told = reaction(&frame).unwrap();
    assert_eq!(told.emoji, "➡️");
    assert_eq!(told.message, 1_574_298_960_560_914_432);
    assert!(told.is_by_machine, "the captured one is a bot's");
    frame["d"].as_object_mut().unwrap().remove("member");
    assert!(!reaction(&frame).unwrap().is_by_machine);
}

#[test]
fn a_captured_reaction_that_was_taken_away_is_read() {
    let added = captured_frames("gateway_event_message_reaction_add");
    assert!(!reaction(&added).unwrap().is_taken_away);
    let told = reaction(&captured_frames("gateway_event_message_reaction_remove")).unwrap();
    assert!(told.is_taken_away && !told.is_by_machine);
    assert_eq!(told.emoji, "➡️");
    assert_eq!(told.user.number(), 1_574_297_753_108_873_216);
}

#[test]
fn an_emoji_of_a_guilds_own_is_nothing_to_us() {
    let mut frame = captured_frames("gateway_event_message_reaction_add");
    frame["d"]["emoji"]["id"] = "1574298957209665536".into();
    assert!(reaction(&frame).is_none());
    frame["d"]["emoji"] = json!({ "id": null, "name": null });
    assert!(reaction(&frame).is_none());
}

#[test]
fn captured_frames_of_a_session_are_read() {
    let hello = &captured_frames("gateway_hello_and_heartbeat_ack")[0];
    let interval = Duration::from_millis(41_250);
    assert!(matches!(
        received(hello),
        Received::Hello { heartbeat_interval } if heartbeat_interval == interval
    ));
    let ack = &captured_frames("gateway_hello_and_heartbeat_ack")[1];
    assert!(matches!(received(ack), Received::Acknowledged));
    let ready = captured_frames("gateway_ready_bot");
    let Received::Ready { me, .. } = received(&ready) else {
        panic!("not ready");
    };
    assert_eq!(me.number(), 1_574_297_980_310_126_592);
    let resumed = &captured_frames("gateway_resume_frames")[1];
    assert!(matches!(received(resumed), Received::Resumed));
    let invalid = &captured_frames("gateway_resume_invalid_session")[1];
    assert!(matches!(
        received(invalid),
        Received::InvalidSession {
            is_resumable: false
        }
    ));
}

#[test]
fn everything_else_is_passed_over_unread() {
    for name in [
        "gateway_guild_create_bot",
        "gateway_event_message_delete",
        "gateway_event_invite_create",
        "gateway_event_channel_create",
    ] {
        assert!(matches!(received(&captured_frames(name)), Received::Other));
    }
    for frame in [
        json!({ "op": 0, "t": "NEW_EVENT", "s": 9, "d": [1, 2] }),
        json!({ "op": 0 }),
        json!({ "op": 12, "d": { "code": "X" }, "new_key": {} }),
        json!({ "op": -1 }),
        json!({ "op": 99, "d": "x", "t": null, "s": null }),
    ] {
        assert!(matches!(received(&frame), Received::Other), "{frame}");
    }
}

#[test]
fn what_cannot_be_read_is_told_without_quoting_it() {
    let mut no_id = captured_frames("gateway_event_message_create");
    no_id["d"]["author"]["id"] = "s3cr3t".into();
    for frame in [
        "s3cr3t",
        r#"{"op":"s3cr3t"}"#,
        r#"{"op":10,"d":"s3cr3t"}"#,
        r#"{"op":0,"t":"READY","d":{"session_id":"s3cr3t"}}"#,
        &no_id.to_string(),
        "[]",
        "",
    ] {
        let error = read(frame.as_bytes()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("s3cr3t"), "{frame}");
    }
}

#[test]
fn debug_tells_neither_content_nor_name_nor_session() {
    let message = received(&captured_frames("gateway_event_message_create"));
    let mut ready = captured_frames("gateway_ready_bot");
    ready["d"]["session_id"] = "s3cr3t".into();
    let told = format!("{message:?} {:?}", received(&ready));
    for secret in ["!invites", "Orla", "orla", "s3cr3t"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[test]
fn what_is_sent_fits_with_a_long_token() {
    let token = SecretString::from("x".repeat(1024));
    let sent = identify(&token, (10, 16));
    assert!(sent.len() < SENT_MAX_BYTES, "{} bytes", sent.len());
    let sent: Value = serde_json::from_str(&sent).unwrap();
    assert_eq!(sent["d"]["shard"], json!([10, 16]));
    let one: Value = serde_json::from_str(&identify(&token, (0, 1))).unwrap();
    assert!(one["d"].get("shard").is_none());
    let properties = sent["d"]["properties"].as_object().unwrap();
    for name in ["os", "browser", "device"] {
        assert!(properties[name].is_string(), "{name}");
    }
}

#[test]
fn a_heartbeat_names_the_last_event_or_null() {
    for (last, told) in [(None, Value::Null), (Some(7), json!(7))] {
        let sent: Value = serde_json::from_str(&heartbeat(last)).unwrap();
        assert_eq!(sent, json!({ "op": 1, "d": told }));
    }
}
