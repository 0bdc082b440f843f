//! The gateway's face as a host runs it.

use std::time::Instant;

use gatehouse::sandbox::platform::{
    Community, FLUXER_BOT_ID, FLUXER_TOKEN, GatewayAct, GatewayFault, Said, SampleMessage,
    SamplePlatform,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{Gatehouse, PATIENCE, get, sample};

/// Opcodes of what a client sends.
const HEARTBEAT: u64 = 1;
const RESUME: u64 = 6;

/// A mark in what may never be logged.
const SECRET: &str = "s3cr3t";

/// `gatehouse serve` with nothing but a bot's token and the gateway.
fn with_gateway(platform: &SamplePlatform) -> Gatehouse {
    Gatehouse::new(&["serve"])
        .set("GATEHOUSE_LISTEN", "127.0.0.1:0")
        .set("FLUXER_API", platform.fluxer_api())
        .set("FLUXER_TOKEN", FLUXER_TOKEN)
        .set("FLUXER_GATEWAY", "on")
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "not {what}");
        sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// What came with the frames of this opcode.
fn sent(platform: &SamplePlatform, op: u64) -> Vec<Value> {
    let heard = platform.gateway_heard();
    heard
        .iter()
        .filter_map(|one| one.frame(op))
        .cloned()
        .collect()
}

#[tokio::test]
async fn a_token_and_the_gateway_are_a_whole_configuration() {
    let platform = sample().await;
    let mut gatehouse = with_gateway(&platform).start();
    gatehouse.said("connected to the gateway").await;
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let heard = platform.gateway_heard();
    assert_eq!(heard.last().unwrap().said, Said::Closed(Some(1000)));
}

#[tokio::test]
async fn a_refusal_is_told_once_and_the_process_goes_on() {
    let platform = sample().await;
    platform.gateway_fault(None, GatewayFault::Refused(4004));
    let mut gatehouse = with_gateway(&platform).start();
    let address = gatehouse.address().await;
    let told = gatehouse.said("refuses the bot's token").await;
    assert!(told.contains("set FLUXER_TOKEN"), "{told}");
    assert_eq!(get(address, "/healthz").await.0, 200);
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    assert_eq!(gatehouse.err().matches("refuses").count(), 1);
}

#[tokio::test]
async fn nothing_that_comes_over_the_gateway_is_logged_at_any_level() {
    let platform = sample().await;
    let mut gatehouse = with_gateway(&platform)
        .set("GATEHOUSE_LOG", "trace")
        .start();
    gatehouse.said("connected to the gateway").await;
    let frame = include_str!("../fixtures/fluxer/gateway_event_message_create.json");
    let mut message: Value = serde_json::from_str::<Value>(frame).unwrap()["d"].take();
    message["content"] = json!(format!("!invites {SECRET}"));
    message["author"]["username"] = json!(format!("{SECRET} name"));
    message["author"]["global_name"] = json!(format!("{SECRET} global name"));
    let guild = Some(Community::SAMPLE_ID);
    platform.dispatch(guild, "MESSAGE_CREATE", &message);
    platform.dispatch(guild, "UNKNOWN_EVENT", &message);
    message["id"] = json!(SECRET);
    platform.dispatch(guild, "MESSAGE_CREATE", &message);
    let garbage = format!("{{\"op\":\"{SECRET}\"}}");
    platform.gateway_act(&GatewayAct::Text(garbage));
    platform.gateway_act(&GatewayAct::AskForHeartbeat);
    until("read", || !sent(&platform, HEARTBEAT).is_empty()).await;
    platform.gateway_act(&GatewayAct::Bytes(SECRET.as_bytes().to_vec()));
    until("resumed", || !sent(&platform, RESUME).is_empty()).await;
    gatehouse.said("connected to the gateway again").await;
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let log = gatehouse.err();
    let session = sent(&platform, RESUME)[0]["session_id"].clone();
    let token_secret = FLUXER_TOKEN.split_once('.').unwrap().1;
    for secret in [SECRET, token_secret, session.as_str().unwrap()] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// Where everyone talks in the sample, and who owns it.
const CHANNEL: u64 = 1_510_000_000_000_000_101;
const OWNER: u64 = 1_510_000_000_000_000_201;

/// What Gatehouse wrote to the owner alone.
fn letters(platform: &SamplePlatform) -> Vec<SampleMessage> {
    let channel = platform.direct_channel(OWNER);
    let mut letters = channel.map_or_else(Vec::new, |channel| platform.messages(channel));
    letters.retain(|letter| letter.author.id == FLUXER_BOT_ID);
    letters
}

#[tokio::test]
async fn what_moderators_say_and_are_answered_is_not_logged_at_any_level() {
    for filter in ["info", "trace"] {
        let platform = sample().await;
        let mut gatehouse = with_gateway(&platform).set("GATEHOUSE_LOG", filter).start();
        gatehouse.said("connected to the gateway").await;
        let invites = platform.community(Community::SAMPLE_ID).unwrap().invites;
        let code = &invites[0].code;
        platform.say(CHANNEL, OWNER, "/invites list");
        until("answered", || !letters(&platform).is_empty()).await;
        let letter = letters(&platform)[0].clone();
        let show = format!("show {code}");
        platform.reply(letter.channel, OWNER, letter.id, &show);
        let is_shown = || letters(&platform)[0].content != letter.content;
        until("shown", is_shown).await;
        platform.say(CHANNEL, OWNER, &format!("/invites list by:{SECRET}"));
        until("refused", || letters(&platform).len() == 2).await;
        // Somebody who may do nothing, and somebody who talks of something else.
        platform.say(CHANNEL, 7, &format!("/invites show {code} {SECRET}"));
        platform.say(CHANNEL, OWNER, &format!("{SECRET} {code}"));
        let refused = || platform.messages(CHANNEL).len() == 5;
        until("refused", refused).await;
        gatehouse.signal("TERM");
        assert_eq!(gatehouse.ended().await, Some(0));
        let log = gatehouse.err();
        assert!(log.contains("command answered"), "{log}");
        assert!(log.contains("member_may_not_read"), "{log}");
        let codes = invites.iter().map(|invite| invite.code.as_str());
        let token_secret = FLUXER_TOKEN.split_once('.').unwrap().1;
        for secret in codes.chain([SECRET, token_secret]) {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{filter}: {secret}");
        }
    }
}
