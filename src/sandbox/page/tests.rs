//! The page in front of the real webhook, without a browser.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    super::{bind, persona::Persona, platform::APPLICATION_ID, signing_key},
    acts::Outcome,
    chat::Message,
    *,
};
use crate::{clock::Clock, http};

/// How long an edit may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page of these commands; the webhook runs until the test ends.
async fn page(registered: &Value) -> Page {
    let clock = Clock::system();
    let community = Community::sample(clock.now());
    let sample = SamplePlatform::start(community.clone()).await.unwrap();
    let key = signing_key().unwrap();
    let anywhere = "127.0.0.1:0".parse().unwrap();
    let server = bind(Some(anywhere), &sample, &key, &clock).await.unwrap();
    let client = Client::new(server.address().unwrap(), key, clock);
    tokio::spawn(server.run(std::future::pending()));
    let mut page = Page::new(client, Arc::new(sample), &community);
    Arc::get_mut(&mut page.shared).unwrap().catalog = Catalog::read(registered);
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

/// Sends a message by the token of the latest exchange, as the webhook does.
async fn deliver(page: &Page, method: Method, rest: &str, payload: &Value) {
    let token = {
        let chat = page.chat();
        chat.wires().next().unwrap().exchange.token().to_owned()
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
    let exchange = &chat.wires().next().unwrap().exchange;
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
