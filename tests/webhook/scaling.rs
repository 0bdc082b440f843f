//! Two replicas behind a balancer that hands every request to the other one: what one of them made
//! is answered by the other.

use gatehouse::{
    sandbox::platform::{Community, Fault, Route, SampleInvite, SamplePlatform},
    server,
};
use gatehouse_commands::PlatformName;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    cleans::danger,
    conversations::codes,
    discord_rules,
    support::{
        Gatehouse, Interaction, Message, On, PATIENCE, Reply, Setup, balancer::Balancer, client,
        signed,
    },
};

/// Replicas of one deployment, with one platform behind them.
struct Replicas {
    /// The first also owns the platform.
    first: Gatehouse,
    second: Gatehouse,
    balancer: Balancer,
    /// Requests so far.
    sent: std::cell::Cell<usize>,
}

impl Replicas {
    async fn start(face: PlatformName, community: Community) -> Self {
        let setup = || Setup::new().face(face).community(community.clone());
        let first = setup().start().await;
        let platform = first.platform();
        let second = setup()
            .discord_api(&platform.discord_api())
            .fluxer_api(&platform.fluxer_api())
            .start()
            .await;
        let balancer = Balancer::before(&[first.address, second.address]).await;
        Self {
            first,
            second,
            balancer,
            sent: std::cell::Cell::new(0),
        }
    }

    fn platform(&self) -> &SamplePlatform {
        self.first.platform()
    }

    /// Sends an interaction to whoever is next, on a connection of its own.
    async fn try_send(&self, interaction: &Interaction) -> (u16, Value) {
        let body = interaction.body();
        let now = Timestamp::now().as_second().to_string();
        let path = server::path(self.first.face);
        let url = format!("http://{}{path}", self.balancer.address);
        let mut request = client().post(url);
        for (name, value) in signed(&crate::support::KEY, &now, &body) {
            request = request.header(name, value);
        }
        let response = request.body(body).send().await.unwrap();
        self.sent.set(self.sent.get() + 1);
        let status = response.status().as_u16();
        let answer = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// The interaction as it is sent from below this message, which it shows again.
    fn below(interaction: Interaction, message: &Message) -> Interaction {
        interaction.set("/message/embeds", message.json()["embeds"].clone())
    }

    /// What is read in the end, as the direct answer or as what replaces the promise of one.
    async fn read(&self, interaction: &Interaction) -> Message {
        let (status, answer) = self.try_send(interaction).await;
        assert_eq!(status, 200);
        discord_rules::assert_callback(interaction.kind(), &answer);
        let kind = answer["type"].as_u64().unwrap();
        if ![Reply::DEFERRED_MESSAGE, Reply::DEFERRED_UPDATE].contains(&kind) {
            return Message::new(answer["data"].clone());
        }
        let later = self.platform().edit(interaction.token(), PATIENCE).await;
        Message::new(later.expect("the reply comes").payload)
    }

    async fn command(&self, command: &str, options: &[(&str, Value)]) -> Message {
        self.read(&self.first.command(command, options)).await
    }

    async fn press(&self, message: &Message, label: &str) -> Message {
        let press = self
            .first
            .press(&message.button(label).custom_id, On::Private, &[]);
        self.read(&Self::below(press, message)).await
    }

    async fn choose(&self, message: &Message, menu: &str, label: &str) -> Message {
        let menu = message.menu(menu);
        let values = [menu.value(label)];
        self.read(&self.first.press(&menu.custom_id, On::Private, &values))
            .await
    }

    /// Sends a form off that was opened from this message.
    async fn fill_in(&self, form: &Message, lines: &[(&str, &str)], on: &Message) -> Message {
        let filled = self.first.filled(form, lines).on_reply(on, On::Private);
        self.read(&Self::below(filled, on)).await
    }

    /// Asserts that each of them had every second request, the first one the first.
    fn assert_shared(&self) {
        let sent = self.sent.get();
        assert_eq!(self.balancer.taken(), [sent.div_ceil(2), sent / 2]);
    }
}

fn sample() -> Community {
    Community::sample(Timestamp::now())
}

#[tokio::test]
async fn every_page_filter_order_and_card_is_answered_by_the_other_one() {
    for face in PlatformName::ALL {
        let replicas = Replicas::start(face, sample()).await;
        let list = replicas.command("list", &[]).await;
        let second = replicas.press(&list, "Next").await;
        assert!(second.has_button("2/14"), "{:?}", second.rows());
        let end = replicas.press(&second, "Last").await;
        let back = replicas.press(&end, "Back").await;
        assert!(back.has_button("13/14"), "{:?}", back.rows());
        let first = replicas.press(&back, "First").await;
        assert_eq!(codes(&first), codes(&list));
        let form = replicas.press(&first, "1/14").await;
        let ninth = replicas.fill_in(&form, &[("line", "9")], &first).await;
        assert!(ninth.has_button("9/14"), "{:?}", ninth.rows());
        let unused = replicas.choose(&ninth, "Filter", "Unused").await;
        let oldest = replicas.choose(&unused, "Sort", "Oldest first").await;
        assert_ne!(codes(&oldest), codes(&unused));
        let refreshed = replicas.press(&oldest, "Refresh").await;
        assert_eq!(codes(&refreshed), codes(&oldest));
        let code = codes(&refreshed)[0].clone();
        let card = replicas.choose(&refreshed, "Open an invite…", &code).await;
        assert!(card.text().contains(&code), "{}", card.text());
        let again = replicas.press(&card, "Refresh").await;
        let back = replicas.press(&again, "Back to list").await;
        assert_eq!(codes(&back), codes(&oldest));
        replicas.assert_shared();
    }
}

/// The buttons of a message that can be pressed: their ids.
fn buttons(message: &Message) -> Vec<String> {
    let rows = message.json()["components"]
        .as_array()
        .into_iter()
        .flatten();
    let parts = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    parts
        .filter(|part| part["type"] == 2 && part["disabled"] != true)
        .filter_map(|part| part["custom_id"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn every_button_of_every_command_is_answered_by_the_other_one() {
    for face in PlatformName::ALL {
        let replicas = Replicas::start(face, sample()).await;
        let code = json!(sample().invites[0].code);
        let commands: [(&str, &[(&str, Value)]); 8] = [
            ("list", &[("page", json!(3)), ("state", json!("used"))]),
            ("show", &[("code", code.clone())]),
            ("review", &[]),
            ("stats", &[]),
            ("who", &[("code", code)]),
            ("check", &[]),
            ("help", &[]),
            ("clean", &[]),
        ];
        let mut pressed = 0;
        for (command, options) in commands {
            let message = replicas.command(command, options).await;
            for id in buttons(&message) {
                let press = replicas.first.press(&id, On::Private, &[]);
                let next = replicas.read(&Replicas::below(press, &message)).await;
                let text = next.text();
                let is_known = !text.contains("another version of the bot");
                assert!(
                    is_known && !text.is_empty() || next.json()["custom_id"].is_string(),
                    "{face}, {command}: {text}"
                );
                pressed += 1;
            }
        }
        assert!(pressed > 20, "{pressed}");
        replicas.assert_shared();
    }
}

#[tokio::test]
async fn an_invite_is_revoked_with_a_form_of_the_other_one() {
    for face in PlatformName::ALL {
        let replicas = Replicas::start(face, sample()).await;
        let list = replicas.command("list", &[]).await;
        let code = codes(&list)[3].clone();
        let card = replicas.choose(&list, "Open an invite…", &code).await;
        let form = replicas.press(&card, "Revoke…").await;
        let told = replicas.fill_in(&form, &[("reason", "over")], &card).await;
        assert_eq!(
            replicas.platform().revoked(Community::SAMPLE_ID),
            std::slice::from_ref(&code),
            "{}",
            told.text()
        );

        // The one that did not do it may still know the list from before.
        let refreshed = replicas.press(&list, "Refresh").await;
        assert!(!codes(&refreshed).contains(&code));
        let paused = replicas.command("pause", &[]).await;
        let form = replicas.press(&paused, "Resume joining…").await;
        let resumed = replicas.fill_in(&form, &[("reason", "")], &paused).await;
        assert_eq!(resumed.title(), "Joining goes on");
        replicas.assert_shared();
    }
}

/// So many invites that a clean takes.
fn unused(count: usize) -> Community {
    let made_at = Timestamp::now() - SignedDuration::from_hours(24 * 40);
    let invites = (0..count).map(|n| SampleInvite::new(&format!("cLean{n:04}"), made_at));
    Community::of(Community::SAMPLE_ID, "Lantern Harbour").with_invites(invites.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_is_previewed_by_one_and_done_by_the_other() {
    for face in PlatformName::ALL {
        let replicas = Replicas::start(face, unused(12)).await;
        let preview = replicas.command("clean", &[]).await;
        let turned = replicas.press(&preview, "Next").await;
        let form = replicas.press(&turned, &danger(&turned).unwrap()).await;
        let outcome = replicas
            .fill_in(&form, &[("reason", "tidy")], &turned)
            .await;
        assert!(outcome.title().contains("12"), "{}", outcome.text());
        let revoked = replicas.platform().revoked(Community::SAMPLE_ID);
        assert_eq!(revoked.len(), 12, "{}", outcome.text());
        replicas.assert_shared();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clean_is_cancelled_only_by_the_one_that_does_it() {
    for face in PlatformName::ALL {
        let replicas = Replicas::start(face, unused(20)).await;
        let preview = replicas.command("clean", &[]).await;
        let form = replicas.press(&preview, &danger(&preview).unwrap()).await;
        let slow = Fault::Slow(std::time::Duration::from_millis(700));
        let slowness = replicas.platform().fault(Route::Revoke, slow);
        let run = replicas.first.filled(&form, &[("reason", "tidy")]);
        let run = Replicas::below(run.on_reply(&preview, On::Private), &preview);
        let (_, deferral) = replicas.try_send(&run).await;
        assert_eq!(deferral["type"], Reply::DEFERRED_UPDATE, "{deferral:#}");
        let progress = replicas.platform().edit(run.token(), PATIENCE).await;
        let progress = Message::new(progress.expect("progress comes").payload);
        assert!(progress.has_button("Cancel"), "{}", progress.text());

        // The next one is not the one that runs it: it says so, and leaves the run alone.
        let elsewhere = replicas.press(&progress, "Cancel").await;
        assert_eq!(elsewhere.title(), "This is not under way here any more");
        let before = slowness.met();
        let cancelled = replicas.press(&progress, "Cancel").await;
        assert_ne!(cancelled.title(), elsewhere.title());
        assert!(before < 20, "the run was over before it could be cancelled");
        let revoked = replicas.platform().revoked(Community::SAMPLE_ID).len();
        assert!(revoked < 20, "{revoked}");
        replicas.assert_shared();
    }
}

#[tokio::test]
async fn each_one_remembers_by_itself_what_was_sent_twice() {
    let replicas = Replicas::start(PlatformName::Discord, sample()).await;
    let list = replicas.first.command("list", &[]);
    let statuses = [
        replicas.try_send(&list).await.0,
        replicas.try_send(&list).await.0,
        replicas.try_send(&list).await.0,
        replicas.try_send(&list).await.0,
    ];
    assert_eq!(statuses, [200, 200, 409, 409]);
}

#[tokio::test]
async fn one_goes_on_when_the_other_is_stopped() {
    let mut replicas = Replicas::start(PlatformName::Fluxer, sample()).await;
    let list = replicas.command("list", &[]).await;
    replicas.second.begin_stop();
    replicas.second.stopped().await;
    let alone = Balancer::before(&[replicas.first.address]).await;
    replicas.balancer = alone;
    let next = replicas.press(&list, "Next").await;
    assert!(next.has_button("2/14"), "{:?}", next.rows());
}

/// A rate limit proxy takes the place of Discord's origin: it gets the same paths, and the token.
#[tokio::test]
async fn a_proxy_gets_the_paths_of_the_api() {
    let proxy = SamplePlatform::start(sample()).await.unwrap();
    let gatehouse = Setup::new().discord_api(&proxy.discord_api()).start().await;
    gatehouse.ask(&gatehouse.command("list", &[])).await;
    let export = gatehouse.command("export", &[]);
    gatehouse.send(&export).await;
    let file = proxy.edit(export.token(), PATIENCE).await;
    assert!(file.is_some(), "the file does not come by the proxy");
    for request in proxy.requests() {
        assert!(request.path.starts_with("/api/v10/"), "{}", request.path);
        let is_webhook = request.path.starts_with("/api/v10/webhooks/");
        assert_eq!(
            request.authorization.is_none(),
            is_webhook,
            "{}",
            request.path
        );
    }
    gatehouse.assert_platform_not_asked();
}
