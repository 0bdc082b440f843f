//! How a run ends before it is through: by a press, and with the process.

use std::time::Duration;

use gatehouse::{
    sandbox::platform::{Fault, Route},
    shutdown,
};
use serde_json::json;
use tokio::time::Instant;

use super::{GUILD, PLATFORMS, community, line, over, standing, unused};
use crate::support::{Gatehouse, Interaction, Message, Reply, all};

/// The first word of how far a run is, with its button.
async fn progress(gatehouse: &Gatehouse, confirm: &Interaction) -> Message {
    let shown = gatehouse.edit(confirm).await;
    assert!(shown.files.is_empty(), "over already: {shown:#?}");
    assert!(shown.message.title().starts_with("Revoking"));
    shown.message
}

/// A run over this many invites that is under way, and what it showed first.
async fn started(gatehouse: &Gatehouse, options: &[(&str, &str)]) -> (Interaction, Message) {
    let options: Vec<_> = options.iter().map(|(a, b)| (*a, json!(b))).collect();
    let preview = gatehouse.preview(&options).await;
    let confirm = gatehouse.confirmation(&preview).await;
    gatehouse.send(&confirm).await;
    let shown = progress(gatehouse, &confirm).await;
    (confirm, shown)
}

#[tokio::test(start_paused = true)]
async fn cancel_ends_it_after_the_present_one_and_it_can_be_gone_on_with() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(300)).await;
        let (confirm, shown) = started(&gatehouse, &[("reason", "tidy")]).await;

        let stopping = gatehouse.click_on(&shown, "Cancel").await;
        assert!(stopping.title().starts_with("Stopping"), "{stopping:?}");
        assert!(!stopping.has_button("Cancel"));
        let ran = gatehouse.outcome(&confirm).await;

        let revoked = gatehouse.platform().revoked(GUILD);
        let left = 300 - revoked.len();
        assert!(left > 100, "{left}");
        assert_eq!(ran.with("revoked"), revoked);
        assert_eq!(ran.with("not_reached").len(), left);
        ran.assert_agrees_with(&gatehouse, GUILD);
        let text = ran.outcome.text();
        assert!(text.contains("Stopped, as you asked."), "{text}");
        assert!(
            text.contains(&format!("{left} invites were not reached")),
            "{text}"
        );

        let form = gatehouse.form(&ran.outcome).await;
        assert_eq!(form.title(), format!("Revoke {left} invites?"));
        assert_eq!(line(&form, "reason"), "tidy");
        let rest: Vec<String> = ran
            .with("not_reached")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let confirm = gatehouse.confirmation(&ran.outcome).await;
        // In a message of its own: the outcome so far stays, with its file.
        let reply = gatehouse.send(&confirm).await;
        assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE);
        let ran = gatehouse.outcome(&confirm).await;
        ran.assert_names_each_once(&rest);
        assert_eq!(ran.outcome.title(), format!("{left} invites revoked"));
        assert_eq!(gatehouse.platform().revoked(GUILD).len(), 300);
        assert!(standing(&gatehouse, GUILD).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_can_be_cancelled_while_the_bot_is_busy() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(300)).await;
        let (confirm, shown) = started(&gatehouse, &[]).await;
        gatehouse.platform().fault(Route::Invites, Fault::Hang);
        let flood: Vec<_> = (0..300).map(|_| gatehouse.command("list", &[])).collect();
        let replies = all(flood.iter().map(|list| gatehouse.send(list))).await;
        let busy = "The bot is busy right now";
        assert!(replies.iter().any(|reply| reply.message.title() == busy));

        let stopping = gatehouse.click_on(&shown, "Cancel").await;
        assert!(stopping.title().starts_with("Stopping"), "{stopping:?}");
        let ran = gatehouse.outcome(&confirm).await;
        assert!(ran.outcome.text().contains("Stopped, as you asked."));
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopping_does_not_say_that_it_goes_on() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(100)).await;
        let hang = Fault::Hang;
        gatehouse
            .platform()
            .fault_after(Route::Revoke, 10, Some(1), hang);
        let (confirm, shown) = started(&gatehouse, &[]).await;
        gatehouse.click_on(&shown, "Cancel").await;
        let ran = gatehouse.outcome(&confirm).await;
        for shown in &ran.progress {
            assert!(shown.title().starts_with("Stopping"), "{}", shown.text());
            assert!(!shown.has_button("Cancel"), "{}", shown.text());
        }
        ran.assert_agrees_with(&gatehouse, GUILD);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_knows_what_became_of_an_invite_whose_answer_was_lost() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(100)).await;
        gatehouse
            .platform()
            .fault_after(Route::Revoke, 10, Some(1), Fault::HangAfterHeaders);
        gatehouse
            .platform()
            .fault_after(Route::Revoke, 12, Some(1), Fault::CutOff);
        let (confirm, shown) = started(&gatehouse, &[]).await;
        gatehouse
            .platform()
            .fault_after(Route::Revoke, 3, Some(1), Fault::CutOff);
        while gatehouse.platform().count(Route::Revoke) < 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        gatehouse.click_on(&shown, "Cancel").await;
        let ran = gatehouse.outcome(&confirm).await;
        assert_eq!(ran.with("failed"), [""; 0], "{}", ran.outcome.text());
        ran.assert_agrees_with(&gatehouse, GUILD);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_over_or_elsewhere_cannot_be_cancelled_and_that_is_said() {
    const OTHER: u64 = GUILD + 1_000;
    for face in PLATFORMS {
        let gatehouse = over(face, unused(200)).await;
        let mut other = community(unused(1));
        other.id = OTHER;
        gatehouse.platform().add_guild(other);
        let (confirm, shown) = started(&gatehouse, &[]).await;

        // The moderator of another guild is none of this one's.
        let foreign = gatehouse.press_on(&shown, "Cancel").in_guild(OTHER);
        let refused = gatehouse.comes_of(&foreign).await;
        assert_eq!(refused.title(), "This is not under way here any more");
        let ran = gatehouse.outcome(&confirm).await;
        assert_eq!(ran.with("revoked").len(), 200);

        let late = gatehouse.click_on(&shown, "Cancel").await;
        assert_eq!(late.title(), "This is not under way here any more");
        // The outcome is not taken away by it.
        assert_eq!(
            gatehouse
                .platform()
                .delivered(confirm.token())
                .last()
                .unwrap()
                .files
                .len(),
            1
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_cannot_cancel() {
    let gatehouse = over(PLATFORMS[0], unused(200)).await;
    let (confirm, shown) = started(&gatehouse, &[]).await;
    let press = gatehouse
        .press_on(&shown, "Cancel")
        .by(crate::support::MEMBER);
    let refused = gatehouse.ask(&press).await;
    assert!(refused.title().contains("moderator"), "{refused:?}");
    let ran = gatehouse.outcome(&confirm).await;
    assert_eq!(ran.with("revoked").len(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_run_with_word_of_how_far_it_got() {
    for face in PLATFORMS {
        let mut gatehouse = over(face, unused(300)).await;
        let (confirm, _) = started(&gatehouse, &[]).await;
        let began = Instant::now();
        gatehouse.begin_stop();
        let ran = gatehouse.outcome(&confirm).await;
        gatehouse.stopped().await;
        assert!(
            began.elapsed() < shutdown::PATIENCE,
            "{:?}",
            began.elapsed()
        );
        ran.assert_agrees_with(&gatehouse, GUILD);
        assert!(
            ran.outcome
                .text()
                .contains("Stopped, since the bot is being restarted.")
        );
        assert!(!ran.with("not_reached").is_empty());
        assert!(ran.outcome.has_button("Continue…"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_a_platform_that_hangs_on_an_invite() {
    for face in PLATFORMS {
        let mut gatehouse = over(face, unused(300)).await;
        let (confirm, _) = started(&gatehouse, &[]).await;
        gatehouse.platform().fault(Route::Revoke, Fault::Hang);
        tokio::time::sleep(Duration::from_millis(500)).await;
        let began = Instant::now();
        gatehouse.begin_stop();
        gatehouse.stopped().await;
        assert!(began.elapsed() < shutdown::GRACE, "{:?}", began.elapsed());
        let last = gatehouse
            .platform()
            .delivered(confirm.token())
            .pop()
            .unwrap();
        let shown = last.payload.to_string();
        assert!(
            shown.contains("being restarted"),
            "neither an outcome nor word of it: {shown}"
        );
        assert!(!shown.contains("Cancel"), "{shown}");
    }
}
