//! What a connected gateway hands on, against the sample platform.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::*;
use crate::{
    clock::Clock,
    config::PlatformConfig,
    metrics::Metrics,
    sandbox::platform::{Community, FLUXER_BOT_ID, FLUXER_TOKEN, GatewayAct, SamplePlatform},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// A word at which the taker of events panics.
const PANIC: &str = "!panic";

struct Connected {
    sample: SamplePlatform,
    shutdown: Shutdown,
    running: JoinHandle<()>,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Connected {
    async fn new() -> Self {
        let sample = SamplePlatform::start(Community::sample(Timestamp::now())).await;
        let sample = sample.unwrap();
        let platform = |api, token: Option<&str>| PlatformConfig {
            api,
            token: token.map(SecretString::from),
            public_keys: Vec::new(),
        };
        let config = Config {
            listen: sample.address(),
            links: HashMap::new(),
            metrics_listen: None,
            moderator_roles: Vec::new(),
            discord: platform(sample.discord_api(), None),
            fluxer: platform(sample.fluxer_api(), Some(FLUXER_TOKEN)),
            fluxer_gateway: Some(crate::config::GatewayConfig::default()),
        };
        let shutdown = Shutdown::default();
        let service = Service::new(&config, &Clock::system(), &Metrics::new());
        let (sender, events) = mpsc::unbounded_channel();
        // Behind a lock, as what really takes events may be.
        let sender = Mutex::new(sender);
        let take = move |event: Event| {
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
            let is_bad = matches!(&event, Event::Message(message) if message.content == PANIC);
            assert!(!is_bad, "told to panic");
            sender.send(event).unwrap();
        };
        let gateway = Gateway::handing_on(Box::new(take), &config, &service, &shutdown);
        let running = tokio::spawn(gateway.unwrap().run());
        let mut connected = Self {
            sample,
            shutdown,
            running,
            events,
        };
        let Event::Ready { me } = connected.next().await else {
            panic!("not ready first");
        };
        assert_eq!(me.number(), FLUXER_BOT_ID);
        connected
    }

    async fn next(&mut self) -> Event {
        let next = timeout(PATIENCE, self.events.recv()).await;
        next.expect("an event in time").expect("an event")
    }

    async fn next_message(&mut self) -> event::Message {
        match self.next().await {
            Event::Message(message) => *message,
            other => panic!("not a message: {other:?}"),
        }
    }

    fn say(&self, text: &str) {
        let message = message(text);
        self.sample
            .dispatch(Some(Community::SAMPLE_ID), "MESSAGE_CREATE", &message);
    }
}

fn message(text: &str) -> Value {
    let mut message = captured("gateway_event_message_create")["d"].take();
    message["content"] = json!(text);
    message
}

#[tokio::test]
async fn messages_and_reactions_are_handed_on_in_their_order() {
    let mut connected = Connected::new().await;
    let reaction = captured("gateway_event_message_reaction_add")["d"].take();
    let guild = Some(Community::SAMPLE_ID);
    connected.say("one");
    connected
        .sample
        .dispatch(guild, "MESSAGE_REACTION_ADD", &reaction);
    connected
        .sample
        .dispatch(guild, "CHANNEL_CREATE", &json!({}));
    connected
        .sample
        .dispatch(None, "MESSAGE_CREATE", &message("two"));
    assert_eq!(connected.next_message().await.content, "one");
    match connected.next().await {
        Event::Reaction(reaction) => assert_eq!(reaction.emoji, "➡️"),
        other => panic!("not a reaction: {other:?}"),
    }
    assert_eq!(connected.next_message().await.content, "two");
}

#[tokio::test]
async fn what_was_said_while_the_connection_was_lost_is_not_guessed_at() {
    let mut connected = Connected::new().await;
    assert_eq!(connected.sample.gateway_act(&GatewayAct::Break), 1);
    while connected.sample.gateway_sessions() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    connected.say("lost");
    assert!(matches!(connected.next().await, Event::Resumed));
    connected.say("heard");
    assert_eq!(connected.next_message().await.content, "heard");
}

#[tokio::test]
async fn a_panic_costs_one_event_and_nothing_else() {
    let mut connected = Connected::new().await;
    connected.say(PANIC);
    connected.say("after it");
    assert_eq!(connected.next_message().await.content, "after it");
}

#[tokio::test]
async fn an_event_that_is_too_big_is_not_handed_on_and_the_next_is() {
    let mut connected = Connected::new().await;
    connected.say(&"x".repeat(20_000_000));
    connected.say("small");
    assert_eq!(connected.next_message().await.content, "small");
}

#[tokio::test]
async fn it_ends_with_the_process() {
    let connected = Connected::new().await;
    connected.shutdown.begin();
    timeout(PATIENCE, connected.running).await.unwrap().unwrap();
    assert_eq!(connected.sample.gateway_sessions(), 0);
}
