//! Every interaction is answered in time, however long the platform takes, and what was promised
//! for later comes.
//!
//! Where time is paused it goes by itself whenever nobody has anything to do: what takes long
//! takes no time, and a deadline that is met is met on any machine. One test lets it go as it goes.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{
    Gatehouse, Interaction, Later, MEMBER, On, PATIENCE, Reply, Setup, all,
    assert_titled_without_the_guild,
};

/// Longer than a direct answer waits for the platform, shorter than the platform is given.
const SLOW: Fault = Fault::Slow(Duration::from_millis(2_500));

/// Within which a command has to be answered, or told to be answered later.
const PROMPT: Duration = Duration::from_secs(2);

async fn on(face: PlatformName) -> Gatehouse {
    Setup::new().face(face).start().await
}

/// Asserts that the answer has the list promised, seen by one person alone or by all.
#[track_caller]
fn assert_deferred(reply: &Reply, is_private: bool) {
    assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE, "{reply:#?}");
    assert_eq!(reply.is_private(), is_private, "{reply:#?}");
}

#[track_caller]
fn assert_lists(later: &Later) {
    assert!(
        later.message.title().contains("Paper Kite Society"),
        "{later:#?}"
    );
    assert!(later.message.has_button("Refresh"), "{later:#?}");
}

/// `/invites export`, whose answer always comes later: a file cannot be part of a direct one.
fn export(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Interaction {
    gatehouse.command("export", options)
}

#[tokio::test]
async fn a_list_that_comes_soon_is_the_direct_answer() {
    for face in PlatformName::ALL {
        for fault in [None, Some(Fault::Slow(Duration::from_millis(400)))] {
            let gatehouse = on(face).await;
            if let Some(fault) = fault {
                gatehouse.platform().fault(Route::Invites, fault);
            }
            let list = gatehouse.command("list", &[]);
            let reply = gatehouse.send(&list).await;
            assert_eq!(reply.kind, Reply::MESSAGE, "{face}");
            assert!(reply.is_private(), "{face}");
            assert!(reply.message.title().contains("Paper Kite Society"));
            assert_eq!(gatehouse.delivered_in_all(&list).await, 0, "{face}");
        }
    }
}

#[tokio::test]
async fn a_list_without_the_guilds_name_does_not_wait_for_it() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        gatehouse.platform().fault(Route::Guild, Fault::Hang);
        gatehouse.platform().fault(Route::WellKnown, Fault::Hang);
        let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
        assert_titled_without_the_guild(face, &list);
        assert!(list.text().contains("140 invites"), "{face}");
    }
}

#[tokio::test]
async fn a_list_that_takes_its_time_is_promised_and_then_comes_once() {
    let promised = async |face| {
        let gatehouse = on(face).await;
        gatehouse.platform().fault(Route::Invites, SLOW);
        let list = gatehouse.command("list", &[]);
        let asked_at = Instant::now();

        let reply = gatehouse.send(&list).await;
        assert_deferred(&reply, true);
        assert!(
            asked_at.elapsed() < PROMPT,
            "{face}: {:?}",
            asked_at.elapsed()
        );

        let edit = gatehouse.edit(&list).await;
        assert!(edit.at > reply.at, "{face}");
        assert_lists(&edit);
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
        assert_eq!(gatehouse.delivered_in_all(&list).await, 1, "{face}");
    };
    all(PlatformName::ALL.map(promised)).await;
}

#[tokio::test(start_paused = true)]
async fn a_shared_list_that_takes_its_time_is_promised_to_all_and_shows_no_code() {
    let gatehouse = Gatehouse::start().await;
    gatehouse.platform().fault(Route::Invites, SLOW);
    let list = gatehouse.command("list", &[("share", json!(true))]);

    assert_deferred(&gatehouse.send(&list).await, false);

    let edit = gatehouse.edit(&list).await;
    assert_lists(&edit);
    let body = edit.message.json().to_string();
    let sample = Community::sample(Timestamp::now());
    for invite in &sample.invites {
        assert!(!body.contains(&invite.code), "{} in {body}", invite.code);
    }
    assert!(edit.message.text().contains("••••"));
    assert_eq!(gatehouse.delivered_in_all(&list).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_press_that_takes_its_time_changes_the_message_later() {
    let gatehouse = Gatehouse::start().await;
    let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
    gatehouse.platform().fault(Route::Invites, SLOW);
    let refresh = list.button("Refresh").custom_id;
    let presses = [On::Private, On::Shared].map(|on| gatehouse.press(&refresh, on, &[]));

    let replies = all(presses.iter().map(|press| gatehouse.send(press))).await;
    for reply in replies {
        assert_eq!(reply.kind, Reply::DEFERRED_UPDATE);
    }

    let edits = all(presses.iter().map(|press| gatehouse.edit(press))).await;
    for (edit, is_masked) in edits.iter().zip([false, true]) {
        assert_lists(edit);
        assert_eq!(edit.message.text().contains("••••"), is_masked);
    }
    let platform = gatehouse.stop().await;
    for press in &presses {
        assert_eq!(platform.delivered(press.token()).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_never_answers_is_told_of_in_the_end() {
    let told = async |face| {
        let gatehouse = on(face).await;
        let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
        let refresh = list.button("Refresh").custom_id;
        // Guilds of their own, so that nobody is answered from memory.
        let platform = gatehouse.platform();
        let elsewhere = |guild, interaction: Interaction| {
            let mut community = Community::sample(Timestamp::now());
            community.id = guild;
            platform.add_guild(community);
            interaction.in_guild(guild)
        };
        let private = elsewhere(91, gatehouse.command("list", &[]));
        let shared = gatehouse.command(
            "show",
            &[("code", json!("aBcD12xY")), ("share", json!(true))],
        );
        let shared = elsewhere(92, shared);
        let on_private = elsewhere(93, gatehouse.press(&refresh, On::Private, &[]));
        let on_shared = elsewhere(94, gatehouse.press(&refresh, On::Shared, &[]));
        platform.fault(Route::Invites, Fault::Hang);

        let asked = [&private, &shared, &on_private, &on_shared];
        let replies = all(asked.map(|interaction| gatehouse.send(interaction))).await;
        assert_deferred(&replies[0], true);
        assert_deferred(&replies[1], false);
        assert_eq!(replies[2].kind, Reply::DEFERRED_UPDATE);
        assert_eq!(replies[3].kind, Reply::DEFERRED_UPDATE);

        let title = format!("{face} took too long to answer");
        let edited = [&private, &on_private];
        for edit in all(edited.map(|interaction| gatehouse.edit(interaction))).await {
            assert_eq!(edit.message.title(), title);
            assert!(!edit.message.button("Try again").is_disabled);
        }
        // Everyone sees that it failed, and nothing of what was asked for.
        let seen = gatehouse.edit(&shared).await.message;
        assert_eq!(
            seen.description(),
            "That did not work. The person who asked has been told why."
        );
        assert!(!seen.json().to_string().contains("aBcD"), "{seen:?}");
        let told = gatehouse.follow_up(&shared).await.message;
        assert_eq!(told.title(), title);
        // What all see stays as it is; only the moderator who pressed is told.
        let beside = gatehouse.follow_up(&on_shared).await;
        assert_eq!(beside.message.title(), title);

        // The way on works, once the platform does.
        gatehouse.platform().clear_faults();
        let again = beside.message.button("Try again").custom_id;
        let again = gatehouse.press(&again, On::Private, &[]).in_guild(94);
        assert_eq!(gatehouse.send(&again).await.kind, Reply::UPDATE);

        let platform = gatehouse.stop().await;
        for (interaction, messages) in asked.iter().zip([1, 2, 1, 1]) {
            assert_eq!(platform.delivered(interaction.token()).len(), messages);
        }
    };
    all(PlatformName::ALL.map(told)).await;
}

#[tokio::test(start_paused = true)]
async fn suggestions_do_not_wait_for_a_platform_that_never_answers() {
    let gatehouse = Gatehouse::start().await;
    gatehouse.platform().fault(Route::Invites, Fault::Hang);
    let typing = gatehouse.autocomplete("list", &[("by", json!("to"))]);
    let asked_at = Instant::now();

    let reply = gatehouse.send(&typing).await;

    assert!(asked_at.elapsed() < PROMPT, "{:?}", asked_at.elapsed());
    assert_eq!(reply.kind, Reply::SUGGESTIONS);
    assert_eq!(reply.message.suggestions(), []);
    assert_eq!(gatehouse.platform().delivered(typing.token()).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_needs_no_list_does_not_wait_for_the_platform() {
    let gatehouse = Gatehouse::start().await;
    let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
    gatehouse.platform().fault(Route::Any, Fault::Hang);
    let asked = gatehouse.platform().requests().len();

    let help = gatehouse.send(&gatehouse.command("help", &[])).await;
    assert_eq!(help.kind, Reply::MESSAGE);
    let jump = list.button("1/14").custom_id;
    let form = gatehouse
        .send(&gatehouse.press(&jump, On::Private, &[]))
        .await;
    assert_eq!(form.kind, Reply::MODAL);
    let refused = gatehouse.press(&jump, On::Shared, &[]).by(MEMBER);
    assert_eq!(gatehouse.send(&refused).await.kind, Reply::MESSAGE);

    assert_eq!(gatehouse.platform().requests().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_token_of_the_bot_does_not_keep_its_failure_from_being_told() {
    let told = async |face| {
        let setup = Setup::new().face(face);
        let setup = match face {
            PlatformName::Discord => setup.discord_token(Some("mistyped")),
            PlatformName::Fluxer => setup.fluxer_token(Some("mistyped")),
        };
        let gatehouse = setup.start().await;
        gatehouse.platform().fault(Route::Invites, SLOW);
        let list = gatehouse.command("list", &[]);

        assert_deferred(&gatehouse.send(&list).await, true);

        // That the edit holds no token is looked at on the way.
        let edit = gatehouse.edit(&list).await;
        let title = format!("{face} does not accept the bot's token");
        assert_eq!(edit.message.title(), title);
        assert_eq!(gatehouse.delivered_in_all(&list).await, 1);
    };
    all(PlatformName::ALL.map(told)).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_fails_twice_is_delivered_once() {
    let faults = [
        // As long as the platform has not seen the deferral, there is nothing to edit.
        Fault::Refused(404),
        Fault::Refused(500),
        Fault::Html(502),
        Fault::limited(Duration::from_millis(10)),
        Fault::Redirect,
    ];
    let delivered = async |(face, fault): (PlatformName, Fault)| {
        let gatehouse = on(face).await;
        let export = export(&gatehouse, &[]);
        let failing = gatehouse
            .platform()
            .fault_times(Route::Edit, 2, fault.clone());

        assert_deferred(&gatehouse.send(&export).await, true);

        let edit = gatehouse.edit(&export).await;
        assert_eq!(edit.files.len(), 1, "{face} {fault:?}");
        assert_eq!(failing.met(), 2, "{face} {fault:?}");
        assert_eq!(
            gatehouse.platform().count(Route::Edit),
            3,
            "{face} {fault:?}"
        );
        assert_eq!(
            gatehouse.delivered_in_all(&export).await,
            1,
            "{face} {fault:?}"
        );
    };
    let pairs = faults.into_iter().flat_map(|fault| {
        let fault = move |face| (face, fault.clone());
        PlatformName::ALL.map(fault)
    });
    all(pairs.map(delivered)).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_is_never_taken_is_given_up_and_harms_nobody_else() {
    // Four attempts, and for a refusal a last word that the reply cannot be shown.
    let faults = [
        (Fault::Refused(404), 5),
        (Fault::Refused(400), 5),
        (Fault::Refused(401), 4),
        (Fault::Refused(500), 4),
        (Fault::Html(502), 4),
        (Fault::Hang, 4),
        (Fault::HangUp, 4),
    ];
    let given_up = async |(face, (fault, attempts)): (PlatformName, (Fault, usize))| {
        let gatehouse = on(face).await;
        let refused = gatehouse.platform().fault(Route::Edit, fault.clone());
        let lost = export(&gatehouse, &[]);
        assert_deferred(&gatehouse.send(&lost).await, true);
        let next = gatehouse.ask(&gatehouse.command("help", &[])).await;
        assert!(!next.title().is_empty());

        // A stop waits for what is under way, the giving up included.
        let platform = gatehouse.stop().await;

        assert_eq!(refused.met(), attempts, "{face} {fault:?}");
        assert_eq!(
            platform.delivered(lost.token()).len(),
            0,
            "{face} {fault:?}"
        );
    };
    let pairs = faults.into_iter().flat_map(|fault| {
        let fault = move |face| (face, fault.clone());
        PlatformName::ALL.map(fault)
    });
    all(pairs.map(given_up)).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_is_refused_for_what_it_holds_makes_room_for_word_of_it() {
    let told = async |face| {
        let gatehouse = on(face).await;
        let platform = gatehouse.platform();
        platform.fault_times(Route::Edit, 4, Fault::Refused(413));
        let export = export(&gatehouse, &[]);
        assert_deferred(&gatehouse.send(&export).await, true);
        let word = gatehouse.edit(&export).await;
        assert!(word.files.is_empty());
        assert_eq!(
            word.message.description(),
            "The reply could not be shown here. If it was a large file, choose a filter and try \
             again."
        );
    };
    all(PlatformName::ALL.map(told)).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_hangs_is_tried_again() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        gatehouse
            .platform()
            .fault_times(Route::Edit, 1, Fault::Hang);
        let export = export(&gatehouse, &[]);
        assert_deferred(&gatehouse.send(&export).await, true);

        assert_eq!(gatehouse.edit(&export).await.files.len(), 1, "{face}");

        assert_eq!(gatehouse.platform().count(Route::Edit), 2, "{face}");
    }
}

#[tokio::test]
async fn an_export_comes_as_a_file() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let csv = export(&gatehouse, &[]);
        let reply = gatehouse.send(&csv).await;
        assert_deferred(&reply, true);

        let edit = gatehouse.edit(&csv).await;
        assert!(edit.at > reply.at);
        let [(name, bytes)] = edit.files.as_slice() else {
            panic!("{face}: no single file: {edit:#?}");
        };
        assert_eq!(name.rsplit_once('.').unwrap().1, "csv", "{face}: {name}");
        let text = str::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 1 + 140, "{face}: {text}");
        assert!(text.starts_with("code,link,channel_id,channel,"), "{face}");
        let attachments = &edit.message.json()["attachments"];
        assert_eq!(attachments, &json!([{"id": "0", "filename": name}]));
        assert!(edit.message.text().contains("140"), "{face}: {edit:#?}");

        let json = export(&gatehouse, &[("format", json!("json"))]);
        assert_deferred(&gatehouse.send(&json).await, true);
        let edit = gatehouse.edit(&json).await;
        let (name, bytes) = &edit.files[0];
        assert_eq!(name.rsplit_once('.').unwrap().1, "json", "{face}: {name}");
        let exported: Value = serde_json::from_slice(bytes).unwrap();
        assert_eq!(exported["total"], 140, "{face}");
        assert_eq!(exported["invites"].as_array().unwrap().len(), 140, "{face}");
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
        assert_eq!(gatehouse.delivered_in_all(&json).await, 1, "{face}");
    }
}

#[tokio::test]
async fn an_export_of_what_all_see_is_for_the_moderator_alone() {
    let gatehouse = Gatehouse::start().await;
    let unused = [("state", json!("unused"))];
    let list = gatehouse.ask(&gatehouse.command("list", &unused)).await;
    let button = list.button("Export").custom_id;
    for on in [On::Private, On::Shared] {
        let press = gatehouse.press(&button, on, &[]);
        assert_deferred(&gatehouse.send(&press).await, true);
        let edit = gatehouse.edit(&press).await;
        let text = str::from_utf8(&edit.files[0].1).unwrap();
        let unused = Community::sample(Timestamp::now());
        let unused = unused.invites.iter().filter(|invite| invite.uses == 0);
        assert_eq!(text.lines().count(), 1 + unused.count(), "{on:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_export_that_fails_says_so() {
    let gatehouse = Gatehouse::start().await;
    gatehouse
        .platform()
        .fault(Route::Invites, Fault::Refused(500));
    let at_once = export(&gatehouse, &[]);
    let failure = gatehouse.ask(&at_once).await;
    assert_eq!(failure.title(), "Discord has a problem of its own");

    gatehouse.platform().clear_faults();
    gatehouse.platform().fault(Route::Invites, SLOW);
    gatehouse.platform().fault(Route::Guild, SLOW);
    let later = export(&gatehouse, &[("by", json!("nobody of this name"))]);
    assert_deferred(&gatehouse.send(&later).await, true);
    let edit = gatehouse.edit(&later).await;
    assert_eq!(edit.message.title(), "Nobody by that name made an invite");
    assert!(edit.files.is_empty());
}

#[tokio::test]
async fn an_interaction_without_a_token_is_answered_directly_or_not_at_all() {
    // Nothing could be delivered later.
    let gatehouse = Gatehouse::start().await;
    for key in ["token", "application_id"] {
        let list = gatehouse.command("list", &[]).without(key);
        let reply = gatehouse.send(&list).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{key}");
        assert_eq!(reply.message.title(), "I could not read that", "{key}");
    }
    let odd = gatehouse
        .command("list", &[])
        .set("/token", json!("a/../b"));
    let reply = gatehouse.send(&odd).await;
    assert_eq!(reply.message.title(), "I could not read that");
    gatehouse.assert_platform_not_asked();
}

#[tokio::test(start_paused = true)]
async fn many_promises_are_kept_at_once() {
    let gatehouse = Gatehouse::start().await;
    gatehouse.platform().fault(Route::Invites, SLOW);
    let commands: Vec<_> = (0..50).map(|_| gatehouse.command("list", &[])).collect();

    for reply in all(commands.iter().map(|command| gatehouse.send(command))).await {
        assert_deferred(&reply, true);
    }

    let edits = all(commands.iter().map(|command| gatehouse.edit(command)));
    for edit in tokio::time::timeout(PATIENCE, edits).await.unwrap() {
        assert_lists(&edit);
    }
    // Concurrent moderators share one call.
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
    let platform = gatehouse.stop().await;
    for command in &commands {
        assert_eq!(platform.delivered(command.token()).len(), 1);
    }
}

/// A follow-up is a new message each time it is sent: once the platform has said that it took
/// one, it is not sent again.
async fn a_follow_up_comes_once(face: PlatformName) {
    let list = on(face).await;
    let list = list.ask(&list.command("list", &[])).await;
    for fault in [Fault::Garbage, Fault::CutOff, Fault::HangAfterHeaders] {
        let setup = Setup::new().face(face);
        let setup = setup.discord_token(Some("mistyped"));
        let gatehouse = setup.fluxer_token(Some("mistyped")).start().await;
        let platform = gatehouse.platform();
        platform.fault(Route::Invites, SLOW);
        let fault_count = platform.fault_times(Route::FollowUp, 1, fault.clone());
        let refresh = list.button("Refresh").custom_id;
        let press = gatehouse.press(&refresh, On::Shared, &[]);

        assert_eq!(gatehouse.send(&press).await.kind, Reply::DEFERRED_UPDATE);

        gatehouse.follow_up(&press).await;
        assert_eq!(fault_count.met(), 1, "{fault:?}");
        let delivered = gatehouse.delivered_in_all(&press).await;
        assert_eq!(delivered, 1, "{face} {fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_on_discord_whose_answer_breaks_off_comes_once() {
    a_follow_up_comes_once(PlatformName::Discord).await;
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_on_fluxer_whose_answer_breaks_off_comes_once() {
    a_follow_up_comes_once(PlatformName::Fluxer).await;
}
