//! Between the preview and the run: the form, and what it finds when it is sent off.

use gatehouse::sandbox::platform::{AuditEntry, SampleInvite};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    GUILD, PLATFORMS, Ran, assert_nothing_revoked, codes, community, danger, line, lines, over,
    standing, unused,
};
use crate::support::{Gatehouse, Message};

/// The note at the head of a preview that is shown once more.
#[track_caller]
fn assert_shown_again(preview: &Message, why: &str) {
    let text = preview.description();
    assert!(text.contains(why), "{}", preview.text());
    assert!(text.contains("Nothing was revoked."), "{}", preview.text());
}

/// The reasons in the guild's audit log, of what was revoked.
fn reasons(gatehouse: &Gatehouse) -> Vec<String> {
    let log = gatehouse.platform().audit_log(GUILD).into_iter();
    log.filter(|entry| entry.action == AuditEntry::INVITE_DELETE)
        .map(|entry| entry.reason.unwrap_or_default())
        .collect()
}

#[track_caller]
fn assert_all_revoked(ran: &Ran, gatehouse: &Gatehouse, count: usize) {
    assert_eq!(ran.outcome.title(), format!("{count} invites revoked"));
    assert_eq!(ran.with("revoked").len(), count);
    ran.assert_agrees_with(gatehouse, GUILD);
    assert_eq!(gatehouse.platform().revoked(GUILD).len(), count);
}

#[tokio::test(start_paused = true)]
async fn from_twenty_five_on_the_number_is_asked_for() {
    for face in PLATFORMS {
        for (count, asked) in [(24, false), (25, true)] {
            let gatehouse = over(face, unused(count)).await;
            let preview = gatehouse.preview(&[]).await;
            let form = gatehouse.form(&preview).await;
            assert_eq!(form.title(), format!("Revoke {count} invites?"));
            let ids: Vec<String> = lines(&form).into_iter().map(|(id, _)| id).collect();
            let expected: &[&str] = if asked {
                &["line", "reason"]
            } else {
                &["reason"]
            };
            assert_eq!(ids, expected, "{count}");
            let all = gatehouse.previewed(preview.clone()).await;
            let ran = gatehouse.go(&gatehouse.confirmation(&preview).await).await;
            assert_all_revoked(&ran, &gatehouse, count);
            ran.assert_names_each_once(&all);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_reason_of_the_command_stands_in_the_form_and_in_every_entry_of_the_audit_log() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(12)).await;
        let preview = gatehouse.preview(&[("reason", json!("moved house"))]).await;
        let preview = gatehouse.click_on(&preview, "Next").await;
        let form = gatehouse.form(&preview).await;
        assert_eq!(line(&form, "reason"), "moved house");
        gatehouse.go(&gatehouse.confirmation(&preview).await).await;
        let reasons = reasons(&gatehouse);
        assert_eq!(reasons.len(), 12);
        for reason in reasons {
            assert!(reason.starts_with("moved house"), "{reason}");
            assert!(reason.contains("rowan.k"), "{reason}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reason_can_be_written_into_the_form_alone() {
    let gatehouse = over(PLATFORMS[0], unused(2)).await;
    let preview = gatehouse.preview(&[]).await;
    let form = gatehouse.form(&preview).await;
    assert_eq!(line(&form, "reason"), "");
    let confirm = gatehouse.filled_in(&form, &preview, &[("reason", "spring clean")]);
    gatehouse.go(&confirm).await;
    assert!(reasons(&gatehouse)[1].starts_with("spring clean"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_number_revokes_nothing() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(25)).await;
        let preview = gatehouse.preview(&[]).await;
        let form = gatehouse.form(&preview).await;
        for wrong in ["", "24", "26", "twenty-five", "250"] {
            let typed = [("line", wrong), ("reason", "tidy")];
            let confirm = gatehouse.filled_in(&form, &preview, &typed);
            let again = gatehouse.comes_of(&confirm).await;
            assert_shown_again(&again, "That is not the number");
            // What was written need not be written again.
            let form = gatehouse.form(&again).await;
            assert_eq!(line(&form, "reason"), "tidy");
        }
        assert_nothing_revoked(&gatehouse);
        assert_eq!(standing(&gatehouse, GUILD).len(), 25);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_changed_revokes_nothing_and_is_shown() {
    for face in PLATFORMS {
        for is_more in [true, false] {
            let gatehouse = over(face, unused(3)).await;
            let preview = gatehouse.preview(&[]).await;
            let confirm = gatehouse.confirmation(&preview).await;
            let mut invites = unused(3);
            if is_more {
                let old = Timestamp::now() - SignedDuration::from_hours(80 * 24);
                invites.push(SampleInvite::new("another", old));
            } else {
                invites.pop();
            }
            gatehouse.platform().add_guild(community(invites.clone()));

            let again = gatehouse.comes_of(&confirm).await;

            assert_shown_again(&again, "The list has changed since you looked.");
            assert_eq!(codes(&again).len(), invites.len());
            assert_nothing_revoked(&gatehouse);
            let ran = gatehouse.go(&gatehouse.confirmation(&again).await).await;
            assert_all_revoked(&ran, &gatehouse, invites.len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_used_since_is_asked_for_again_as_often_as_it_is_used() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        let preview = gatehouse.preview(&[("uses_at_most", json!(5))]).await;
        let confirm = gatehouse.confirmation(&preview).await;
        gatehouse.platform().use_invite(GUILD, "clean001", 2);

        let again = gatehouse.comes_of(&confirm).await;
        assert_shown_again(&again, "Some of these were used since you looked.");
        assert!(again.description().contains("2 uses"), "{}", again.text());
        assert_nothing_revoked(&gatehouse);

        // What was shown again covers what it showed, and no more.
        let confirm = gatehouse.confirmation(&again).await;
        gatehouse.platform().use_invite(GUILD, "clean001", 1);
        let again = gatehouse.comes_of(&confirm).await;
        assert_shown_again(&again, "Some of these were used since you looked.");
        assert_nothing_revoked(&gatehouse);
        let confirm = gatehouse.confirmation(&again).await;
        let ran = gatehouse.go(&confirm).await;
        assert_all_revoked(&ran, &gatehouse, 3);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_taken_since_it_was_used_is_not_revoked() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        let preview = gatehouse.preview(&[]).await;
        let confirm = gatehouse.confirmation(&preview).await;
        gatehouse.platform().use_invite(GUILD, "clean001", 1);
        let again = gatehouse.comes_of(&confirm).await;
        assert_shown_again(&again, "The list has changed since you looked.");
        assert_eq!(codes(&again), ["clean000", "clean002"]);
        assert_nothing_revoked(&gatehouse);
    }
}

#[tokio::test(start_paused = true)]
async fn when_nothing_is_left_nothing_is_done() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        let preview = gatehouse.preview(&[]).await;
        let confirm = gatehouse.confirmation(&preview).await;
        gatehouse.platform().add_guild(community(Vec::new()));
        let again = gatehouse.comes_of(&confirm).await;
        assert_eq!(again.title(), "Nothing to clean");
        assert_shown_again(&again, "The list has changed since you looked.");
        assert_eq!(danger(&again), None);
        assert_nothing_revoked(&gatehouse);
    }
}

#[tokio::test(start_paused = true)]
async fn a_form_that_is_sent_off_twice_revokes_once() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        let preview = gatehouse.preview(&[]).await;
        let confirm = gatehouse.confirmation(&preview).await;
        gatehouse.go(&confirm).await;
        // The platform repeats a request whose answer it lost.
        assert_eq!(gatehouse.try_send(&confirm).await.status, 409);
        let again = gatehouse.comes_of(&confirm.clone().renewed()).await;
        assert_eq!(again.title(), "Nothing to clean");
        assert_eq!(gatehouse.platform().revoked(GUILD).len(), 3);
    }
}
