//! The page in front of the real webhook, without a browser.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    super::{
        bind,
        client::Exchange,
        community::sample_community,
        persona::Persona,
        platform::{APPLICATION_ID, FLUXER_BOT_ID, FLUXER_TOKEN},
        set_up, signing_key,
    },
    acts::Outcome,
    chat::{Arrived, Author, Message},
    settings::Weather,
    *,
};
use crate::{clock::Clock, http, metrics::Metrics};

/// How long an edit may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page of these commands; the webhook runs until the test ends.
async fn page(registered: &Value) -> Page {
    let clock = Clock::system();
    let community = sample_community(clock.now(), None);
    let sample = SamplePlatform::start(community.clone()).await.unwrap();
    let key = signing_key().unwrap();
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let server = bind(Some(anywhere), &sample, &key, &clock, &Metrics::new())
        .await
        .unwrap();
    let public_key = hex::encode(key.verifying_key().as_bytes());
    set_up(&sample, &public_key).await.unwrap();
    let client = Client::new(server.address().unwrap(), key, clock);
    tokio::spawn(server.run(std::future::pending()));
    let mut page = Page::new(client, Arc::new(sample), &community);
    Arc::get_mut(&mut page.shared).unwrap().catalog = Catalog::read(registered);
    page.watch();
    page
}

/// The last message that is seen.
fn last(page: &Page) -> Message {
    page.chat().seen().last().unwrap().clone()
}

/// Waits until the last message is like this.
async fn until(page: &Page, what: impl Fn(&Message) -> bool) -> Message {
    let asked_at = Instant::now();
    loop {
        let last = last(page);
        if what(&last) {
            return last;
        }
        assert!(asked_at.elapsed() < PATIENCE, "{last:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The latest signed request.
fn exchange(chat: &Chat) -> &Exchange {
    match &chat.wires().next().unwrap().arrived {
        Arrived::Signed(exchange) => exchange,
        Arrived::Told { name, .. } => panic!("{name} is not signed"),
    }
}

/// Sends a message by the token of the latest exchange, as the webhook does.
async fn deliver(page: &Page, method: Method, rest: &str, payload: &Value) {
    let token = {
        let chat = page.chat();
        exchange(&chat).token().to_owned()
    };
    let api = page.shared.sample.fluxer_api();
    let url = format!("{api}/webhooks/{APPLICATION_ID}/{token}{rest}");
    let sent = http::Client::default()
        .request(method, &url)
        .header("Content-Type", "application/json")
        .body(payload.to_string())
        .send();
    assert!(sent.await.unwrap().status().is_success());
}

#[tokio::test]
async fn what_comes_later_is_put_where_it_belongs() {
    let page = page(&register::registered()).await;
    page.command("invites list", &[]).await;
    let first = last(&page);
    assert_eq!(first.private_to, Some(Persona::Moderator));

    // A progress that is edited, and what comes of it.
    for done in ["1 of 3", "2 of 3"] {
        let payload = json!({"content": done, "embeds": [], "components": []});
        deliver(&page, Method::PATCH, "/messages/@original", &payload).await;
        let edited = until(&page, |last| last.payload["content"] == done).await;
        assert_eq!(edited.id, first.id);
        assert_eq!(edited.payload["embeds"], json!([]));
    }
    // A message beside it.
    let payload = json!({"content": "also", "flags": 64});
    deliver(&page, Method::POST, "", &payload).await;
    let beside = until(&page, |last| last.payload["content"] == "also").await;
    assert_eq!(beside.under, Some(first.id));
    assert_eq!(beside.private_to, Some(Persona::Moderator));
    let asked = page.chat().wires().next().unwrap().asked.len();
    assert!(asked >= 3, "{asked}");
}

#[tokio::test]
async fn a_command_of_a_message_says_which_message_it_is_about() {
    let name = "Whose invite is this?";
    let page = page(&json!([{"type": 3, "name": name}])).await;
    let message = page.chat().seen().nth(1).unwrap().clone();
    assert!(matches!(
        page.apply("another", message.id).await,
        Outcome::Done
    ));
    assert_eq!(page.chat().wires().count(), 0);

    page.apply(name, message.id).await;
    let chat = page.chat();
    let exchange = exchange(&chat);
    assert_eq!(exchange.status, Some(200), "{exchange:?}");
    let (id, data) = (message.id.to_string(), &exchange.sent["data"]);
    assert_eq!(data["type"], 3);
    assert_eq!(data["target_id"], *id);
    let resolved = &data["resolved"]["messages"][&id];
    assert_eq!(resolved["content"], message.payload["content"]);
    assert_eq!(resolved["author"]["global_name"], "Odd Socks");
}

#[tokio::test]
async fn others_see_nothing_of_a_private_reply() {
    let page = page(&register::registered()).await;
    let before = page.chat().seen().count();
    page.command("invites help", &[]).await;
    assert_eq!(page.chat().seen().count(), before + 1);
    let private = last(&page);

    page.set(&[("persona".to_owned(), "member".to_owned())]);
    assert_eq!(page.chat().seen().count(), before);
    let pressed = page.press(private.id, "anything", &[]).await;
    assert!(matches!(pressed, Outcome::Done));
    page.dismiss(private.id);

    page.set(&[("persona".to_owned(), "moderator".to_owned())]);
    assert_eq!(last(&page).id, private.id);
    page.dismiss(private.id);
    assert_eq!(page.chat().seen().count(), before);
}

/// What was typed into the fields of a command.
fn options(options: &[(&str, &str)]) -> Vec<(String, String)> {
    let field = |(name, value): &(&str, &str)| (format!("option.{name}"), (*value).to_owned());
    options.iter().map(field).collect()
}

/// Title and text of a message.
fn told(message: &Message) -> String {
    let embed = &message.payload["embeds"][0];
    format!("{} {}", embed["title"], embed["description"])
}

#[tokio::test]
async fn in_every_shape_something_can_be_changed() {
    for shape in Shape::ALL.into_iter().filter(|shape| shape.has_commands()) {
        let page = page(&register::registered()).await;
        page.set(&[("shape".to_owned(), shape.key().to_owned())]);

        page.command("invites check", &[]).await;
        let checked = until(&page, |last| told(last).contains('✅')).await;
        assert!(!told(&checked).contains('❌'), "{shape:?}: {checked:?}");
        assert!(!told(&checked).contains('⚠'), "{shape:?}: {checked:?}");

        let made = options(&[("channel", "welcome"), ("uses", "3")]);
        page.command("invites create", &made).await;
        let last = until(&page, |last| last.payload.contains_key("embeds")).await;
        assert!(told(&last).contains("Made invite"), "{shape:?}: {last:?}");

        page.command("invites pause", &[]).await;
        let last = until(&page, |last| last.payload.contains_key("embeds")).await;
        assert!(told(&last).contains("is paused"), "{shape:?}: {last:?}");

        // Each stands in the log of the platform where the community lives, with who it was.
        let log = page.shared.sample.audit_log(Community::SAMPLE_ID);
        assert_eq!(log.len(), 2, "{shape:?}: {log:?}");
        for entry in log {
            let reason = entry.reason.unwrap_or_default();
            assert!(reason.contains("mallow"), "{shape:?}: {reason}");
        }
    }
}

#[tokio::test]
async fn what_goes_wrong_meets_changes_too_and_no_reply() {
    let page = page(&register::registered()).await;
    let sample = &page.shared.sample;
    let (api, guild) = (sample.fluxer_api(), Community::SAMPLE_ID);
    let ask = async |method: Method, path: &str| {
        let answer = http::Client::default()
            .request(method, &format!("{api}{path}"))
            .header("Authorization", format!("Bot {FLUXER_TOKEN}"))
            .header("Content-Type", "application/json")
            .body("{}")
            .send();
        answer.await.unwrap().status().as_u16()
    };
    let code = sample.community(guild).unwrap().invites[0].code.clone();
    for (weather, status) in [
        (Weather::Limited, 429),
        (Weather::Broken, 500),
        (Weather::Refused, 403),
    ] {
        weather.set(sample);
        for (method, path) in [
            (Method::DELETE, format!("/invites/{code}")),
            (
                Method::POST,
                "/channels/1510000000000000101/invites".to_owned(),
            ),
            (Method::PATCH, format!("/guilds/{guild}/invites-disabled")),
        ] {
            assert_eq!(ask(method, &path).await, status, "{weather:?}, {path}");
        }
        // Nobody was sent a reply by this token, which is an answer of its own.
        let reply = format!("/webhooks/{APPLICATION_ID}/none/messages/@original");
        assert_eq!(ask(Method::GET, &reply).await, 404, "{weather:?}");
    }
    assert!(sample.audit_log(guild).is_empty());
    Weather::Fine.set(sample);
    let revoked = ask(Method::DELETE, &format!("/invites/{code}")).await;
    assert!((200..300).contains(&revoked), "{revoked}");
}

/// A page of messages, when the bot hears them.
async fn page_of_messages() -> Page {
    let page = page(&register::registered()).await;
    let asked_at = Instant::now();
    while page.shared.sample.gateway_sessions() == 0 {
        assert!(asked_at.elapsed() < PATIENCE, "the bot never connected");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    set(&page, "shape", Shape::Messages.key());
    page
}

fn set(page: &Page, name: &str, value: &str) {
    page.set(&[(name.to_owned(), value.to_owned())]);
}

/// The text of a message.
fn content(message: &Message) -> &str {
    message.payload["content"].as_str().unwrap()
}

/// The accounts that put this emoji below a message as it is seen now.
fn reacted(page: &Page, message: u64, emoji: &str) -> Vec<u64> {
    let chat = page.chat();
    let posted = chat.message(message).and_then(|one| one.posted.as_ref());
    let mut reactions = posted.unwrap().reactions.iter();
    let found = reactions.find(|(other, _)| other == emoji);
    found.map_or(Vec::new(), |(_, users)| users.clone())
}

#[tokio::test]
async fn a_message_is_answered_by_direct_message_and_marked() {
    let page = page_of_messages().await;
    page.say("/invites", 0);
    let answer = until(&page, |last| last.private_to.is_some()).await;
    assert_eq!(answer.author, Author::Bot);
    assert_eq!(answer.private_to, Some(Persona::Moderator));
    assert!(content(&answer).contains("| --- |"), "{answer:?}");
    let asked = {
        let chat = page.chat();
        let mut posted = chat.seen().filter(|message| message.posted.is_some());
        posted.next().unwrap().clone()
    };
    assert_eq!(content(&asked), "/invites");
    let bot = FLUXER_BOT_ID;
    wait(|| reacted(&page, asked.id, "✅") == [bot]).await;
    wait(|| reacted(&page, answer.id, "⏭️") == [bot]).await;

    // A reaction of one's own turns the page, in place.
    page.react(answer.id, "🦊");
    page.react(answer.id, "▶️");
    let turned = until(&page, |last| content(last).contains("Page 2 of")).await;
    assert_eq!(turned.id, answer.id);
    assert_eq!(
        reacted(&page, answer.id, "▶️"),
        [bot, Persona::Moderator.id()]
    );
    // Taking it away does so as well, since nobody else can there.
    page.react(answer.id, "▶️");
    wait(|| reacted(&page, answer.id, "▶️") == [bot]).await;
    let shows = |number: u32| {
        let page_shown = format!("Page {number} of");
        content(page.chat().message(answer.id).unwrap()).contains(&page_shown)
    };
    wait(|| shows(3)).await;

    // So do words in reply to it, which stand in the same place.
    page.say("page 5", answer.id);
    wait(|| shows(5)).await;
    let reply = last(&page);
    let written = page.chat().seen().count();
    page.say("next", answer.id + 1);
    assert_eq!(page.chat().seen().count(), written);
    assert_eq!(reply.private_to, Some(Persona::Moderator));
    assert_eq!(reply.posted.unwrap().replies_to, Some(answer.id));

    // Nobody else sees it, and it cannot be dismissed.
    page.dismiss(answer.id);
    assert!(page.chat().message(answer.id).is_some());
    set(&page, "persona", Persona::Owner.key());
    assert!(page.chat().message(answer.id).is_none());
    assert!(page.chat().message(asked.id).is_some());
}

/// Waits until something holds.
async fn wait(what: impl Fn() -> bool) {
    let asked_at = Instant::now();
    while !what() {
        assert!(asked_at.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn the_wire_tells_the_event_and_what_came_of_it() {
    let page = page_of_messages().await;
    page.say("what does /invites do?", 0);
    page.say("@Gatehouse invites help", 0);
    until(&page, |last| last.private_to.is_some()).await;
    let told = |index: usize| {
        let chat = page.chat();
        let wire = chat.wires().nth(index).unwrap().clone();
        let Arrived::Told { name, data } = wire.arrived else {
            panic!("{} is no event", wire.label);
        };
        let paths: Vec<_> = wire.asked.into_iter().map(|one| one.path).collect();
        (name, data, paths)
    };
    wait(|| told(0).2.iter().any(|path| path.contains("/reactions/"))).await;
    let label = page.chat().wires().next().unwrap().label.clone();
    assert_eq!(label, "message: @Gatehouse invites help");
    let (name, data, paths) = told(0);
    assert_eq!(name, "MESSAGE_CREATE");
    assert_eq!(data["content"], format!("<@{FLUXER_BOT_ID}> invites help"));
    assert!(
        paths
            .iter()
            .any(|path| path.ends_with("/users/@me/channels"))
    );
    // Nothing is asked for what is not meant for the bot, and what it says is no event here.
    assert_eq!(told(1).2, Vec::<String>::new());
    assert_eq!(page.chat().wires().count(), 2);

    // No signed request comes of anything here.
    page.command("invites list", &[]).await;
    assert_eq!(page.chat().wires().count(), 2);
}

#[tokio::test]
async fn whoever_has_no_right_or_no_mailbox_is_answered_in_the_channel() {
    let page = page_of_messages().await;
    set(&page, "persona", Persona::Member.key());
    page.say("/invites", 0);
    let refused = until(&page, |last| last.author == Author::Bot).await;
    assert_eq!(refused.private_to, None);
    assert!(!content(&refused).contains("| --- |"), "{refused:?}");

    set(&page, "persona", Persona::Owner.key());
    set(&page, "mailbox", "closed");
    page.say("/invites", 0);
    let masked = until(&page, |last| {
        last.author == Author::Bot && last.id != refused.id
    })
    .await;
    assert_eq!(masked.private_to, None);
    assert!(content(&masked).contains("| --- |"), "{masked:?}");
}

#[tokio::test]
async fn a_platform_in_trouble_still_carries_messages() {
    for weather in [Weather::Limited, Weather::Broken, Weather::Refused] {
        let page = page_of_messages().await;
        set(&page, "weather", weather.key());
        page.say("/invites", 0);
        let told = until(&page, |last| last.author == Author::Bot).await;
        assert!(!content(&told).contains("| --- |"), "{told:?}");
    }
}
