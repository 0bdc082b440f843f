//! More than there is room for: who is answered then, and who has to go.

use std::time::Duration;

use gatehouse::{
    connections::STAY_MIN,
    sandbox::platform::{Community, Fault, Route},
    server::{HEADERS_TIMEOUT, WRITE_TIMEOUT},
    webhook::{BODY_FREE_BYTES, BODY_MAX_BYTES, LARGE_BODIES_MAX_BYTES},
};
use gatehouse_commands::PlatformName;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::support::{
    Gatehouse, Interaction, On, Reply, Setup, all,
    wire::{Wire, head},
};

/// Commands of one guild that are worked on while nobody else asks for anything.
const OF_ONE_GUILD: usize = 256;

/// Commands that are sent at one time, so that the test needs few connections.
const SENT_AT_ONCE: usize = 64;

/// Suggestions of one guild that are looked for while nobody else types.
const SUGGESTED_AT_ONCE: usize = 64;

const OTHER_GUILD: u64 = 1_510_000_000_000_000_002;

/// Few enough that a test can take them all.
const CONNECTIONS: usize = 8;

const BUSY: &str = "The bot is busy right now";

/// The service, with one guild's list hanging and another one's not.
async fn one_guild_hangs(face: PlatformName) -> Gatehouse {
    let gatehouse = Setup::new().face(face).start().await;
    let other = Community::of(OTHER_GUILD, "Other");
    gatehouse.platform().add_guild(other);
    let list = Route::Invites.in_guild(gatehouse.guild);
    gatehouse.platform().fault(list, Fault::Hang);
    gatehouse
}

/// As many lists as one guild may ask for, each of which is promised for later.
async fn flood(gatehouse: &Gatehouse) -> Vec<Interaction> {
    let lists = (0..OF_ONE_GUILD).map(|_| gatehouse.command("list", &[]));
    let lists: Vec<_> = lists.collect();
    for some in lists.chunks(SENT_AT_ONCE) {
        for reply in all(some.iter().map(|list| gatehouse.send(list))).await {
            assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE);
        }
    }
    lists
}

#[tokio::test(start_paused = true)]
async fn a_guild_that_asks_for_too_much_is_told_so_at_once_and_others_are_served() {
    for face in PlatformName::ALL {
        let gatehouse = one_guild_hangs(face).await;
        let flood = flood(&gatehouse).await;

        let began = Instant::now();
        let one_more = gatehouse.send(&gatehouse.command("list", &[])).await;
        assert_eq!(began.elapsed().as_secs(), 0, "{face}");
        assert_eq!(one_more.kind, Reply::MESSAGE, "{face}");
        assert!(one_more.is_private(), "{face}");
        assert_eq!(one_more.message.title(), BUSY, "{face}");
        assert!(one_more.message.text().contains("Nothing was changed."));
        let again = one_more.message.button("Try again").custom_id;

        let other = Interaction::command(OTHER_GUILD, "list", &[]);
        assert!(gatehouse.ask(&other).await.title().contains("Other"));

        // Every promise is kept, and then there is room again.
        for list in &flood {
            let title = gatehouse.edit(list).await.message.title().to_owned();
            assert_eq!(title, format!("{face} took too long to answer"));
        }
        assert_eq!(gatehouse.platform().count(Route::Invites), 2, "{face}");
        gatehouse.platform().clear_faults();
        let press = gatehouse.press(&again, On::Private, &[]);
        assert_eq!(gatehouse.send(&press).await.kind, Reply::UPDATE, "{face}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_asks_nobody_is_answered_however_busy_the_bot_is() {
    let gatehouse = one_guild_hangs(PlatformName::Discord).await;
    flood(&gatehouse).await;

    let help = gatehouse.ask(&gatehouse.command("help", &[])).await;
    assert_ne!(help.title(), BUSY);
    let ping = gatehouse.try_send(&Interaction::ping()).await;
    assert_eq!(ping.json, json!({"type": Reply::PONG}));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_turned_away_is_not_made() {
    let gatehouse = one_guild_hangs(PlatformName::Discord).await;
    flood(&gatehouse).await;

    let reply = gatehouse.send(&gatehouse.command("pause", &[])).await;

    assert_eq!(reply.message.title(), BUSY);
    assert!(reply.is_private());
    assert_eq!(gatehouse.platform().count(Route::Pause), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_types_into_too_much_gets_no_suggestions_and_takes_no_commands_place() {
    let gatehouse = one_guild_hangs(PlatformName::Discord).await;
    let typing = || gatehouse.autocomplete("show", &[("code", json!("a"))]);
    let flood: Vec<_> = (0..SUGGESTED_AT_ONCE).map(|_| typing()).collect();
    all(flood.iter().map(|typing| gatehouse.send(typing))).await;

    let began = Instant::now();
    let one_more = gatehouse.send(&typing()).await;
    assert_eq!(one_more.kind, Reply::SUGGESTIONS);
    assert_eq!(began.elapsed().as_secs(), 0);
    let list = gatehouse.send(&gatehouse.command("list", &[])).await;
    assert_eq!(list.kind, Reply::DEFERRED_MESSAGE);
}

#[tokio::test(start_paused = true)]
async fn typing_on_while_the_list_is_read_again_reads_it_once() {
    let gatehouse = Gatehouse::start().await;
    gatehouse.ask(&gatehouse.command("list", &[])).await;
    // After a change the list is old, and still good for suggestions.
    gatehouse.ask(&gatehouse.command("pause", &[])).await;
    let asked = gatehouse.platform().count(Route::Invites);
    gatehouse.platform().fault(Route::Invites, Fault::Hang);
    for _ in 0..50 {
        let typing = gatehouse.autocomplete("show", &[("code", json!("a"))]);
        assert_eq!(gatehouse.send(&typing).await.kind, Reply::SUGGESTIONS);
    }
    assert_eq!(gatehouse.platform().count(Route::Invites), asked + 1);
}

async fn crowded() -> Gatehouse {
    Setup::new().connections(CONNECTIONS).start().await
}

/// A connection that has brought a PING.
async fn proven(gatehouse: &Gatehouse) -> Wire {
    let mut wire = Wire::connect(gatehouse.address).await;
    ping(gatehouse, &mut wire).await;
    wire
}

async fn ping(gatehouse: &Gatehouse, wire: &mut Wire) {
    let ping = Interaction::ping().body();
    let headers = gatehouse.signed(&ping);
    wire.send(head(&gatehouse.path(), &headers, ping.len()))
        .await;
    wire.send(&ping).await;
    let (status, _) = wire.answer().await.expect("it is answered");
    assert_eq!(status, 200);
}

/// Connections that waste our time, in the order in which they came.
async fn wasters(gatehouse: &Gatehouse, count: usize) -> Vec<Wire> {
    let headers = gatehouse.signed(b"{}");
    let body = head(&gatehouse.path(), &headers, 10_000) + "{";
    let mut wasters = Vec::new();
    for _ in 0..count.div_ceil(3) {
        for begun in ["", "POST /discord/interactions HTTP/1.1\r\n", &body] {
            let mut wire = Wire::connect(gatehouse.address).await;
            wire.send(begun).await;
            wasters.push(wire);
            // No two have waited for equally long.
            sleep(Duration::from_millis(1)).await;
        }
    }
    wasters
}

#[tokio::test(start_paused = true)]
async fn connections_that_waste_time_make_room_for_one_that_does_not() {
    let gatehouse = crowded().await;
    let mut kept = proven(&gatehouse).await;
    // More than there are places.
    let mut wasters = wasters(&gatehouse, 2 * CONNECTIONS).await;
    let began = Instant::now();

    for _ in 0..3 {
        let mut fresh = Wire::connect(gatehouse.address).await;
        ping(&gatehouse, &mut fresh).await;
        sleep(STAY_MIN).await;
    }

    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(wasters[0].answer().await, None, "it came first");
    ping(&gatehouse, &mut kept).await;
}

#[tokio::test(start_paused = true)]
async fn no_connection_is_hurried_while_there_are_places() {
    let gatehouse = crowded().await;
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS {
        idle.push(Wire::connect(gatehouse.address).await);
    }
    sleep(HEADERS_TIMEOUT / 2).await;
    for wire in &mut idle {
        ping(&gatehouse, wire).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_closed_while_its_command_is_worked_on() {
    let gatehouse = crowded().await;
    let slow = Fault::Slow(Duration::from_millis(1_200));
    gatehouse.platform().fault(Route::Invites, slow);
    let command = gatehouse.command("list", &[]).body();
    let headers = gatehouse.signed(&command);
    let mut asking = Wire::connect(gatehouse.address).await;
    asking
        .send(head(&gatehouse.path(), &headers, command.len()))
        .await;
    asking.send(&command).await;
    while gatehouse.platform().count(Route::Invites) == 0 {
        tokio::task::yield_now().await;
    }

    let (answer, _wasters) = tokio::join!(asking.answer(), wasters(&gatehouse, 3 * CONNECTIONS));

    let (status, _) = answer.expect("it is answered");
    assert_eq!(status, 200);
}

#[tokio::test(start_paused = true)]
async fn whoever_never_reads_his_answers_is_cut_off() {
    let gatehouse = Gatehouse::start().await;
    let mut wire = Wire::connect(gatehouse.address).await;
    let requests = head(&gatehouse.path(), &[], 0).repeat(1_000);
    let began = Instant::now();
    let flood = async { while wire.send(&requests).await {} };
    let cut_off = tokio::time::timeout(HEADERS_TIMEOUT, flood).await;
    assert!(cut_off.is_ok(), "he is still there");
    assert!(began.elapsed() >= WRITE_TIMEOUT, "{:?}", began.elapsed());
}

/// Requests whose large bodies are never sent to their end, and whose signature is nobody's.
const STALLED: usize = 40;

#[tokio::test]
async fn large_bodies_that_stall_keep_no_press_waiting() {
    let most_that_fit = LARGE_BODIES_MAX_BYTES / (BODY_MAX_BYTES - BODY_FREE_BYTES);
    assert!(STALLED > most_that_fit, "all find room");
    let gatehouse = Gatehouse::start().await;
    let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        let mut wire = Wire::connect(gatehouse.address).await;
        let headers = gatehouse.signed(b"{}");
        let head = head(&gatehouse.path(), &headers, BODY_MAX_BYTES);
        stalled.push(tokio::spawn(async move {
            wire.send(head).await;
            // All but the last byte, as far as it is taken.
            wire.send(vec![b' '; BODY_MAX_BYTES - 1]).await;
            wire
        }));
    }
    // Until there is no room for more.
    while stalled.iter().filter(|sent| sent.is_finished()).count() < most_that_fit {
        sleep(Duration::from_millis(1)).await;
    }

    let press = gatehouse.press_label(&list, "Refresh", On::Private);
    let press = press.set("/message/content", json!("–".repeat(4_000)));
    assert!(press.body().len() > 10_000);
    assert_eq!(gatehouse.send(&press).await.kind, Reply::UPDATE);

    for sent in stalled {
        sent.abort();
    }
}
