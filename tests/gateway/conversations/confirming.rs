//! What can't be undone is confirmed in words, by whoever asked, in time.

use gatehouse::sandbox::platform::SampleInvite;
use jiff::{SignedDuration, Timestamp};

use super::town::{ANN, BEN, FEW, MEMBER, OFFICE, Setup, Town, community, few};

#[tokio::test]
async fn one_invite_is_ended_after_a_question() {
    let town = Town::new().await;
    let code = town.platform.community(town.guild).unwrap().invites[3]
        .code
        .clone();
    let question = town
        .ask(
            OFFICE,
            ANN,
            &format!("/invites revoke {code} moved to the new link"),
        )
        .await;
    assert!(
        question.content.contains("Reason: `moved to the new link`"),
        "{question:?}"
    );
    assert!(town.platform.revoked(town.guild).is_empty());
    town.platform.reply(OFFICE, ANN, question.id, "revoke");
    town.until("revoked", |town| {
        (town.platform.revoked(town.guild) == [code.clone()]).then_some(())
    })
    .await;
    let reason = town.platform.audit_log(town.guild)[0]
        .reason
        .clone()
        .unwrap();
    assert!(
        reason.starts_with("moved to the new link - by ann"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_question_can_be_left_unanswered() {
    let town = Town::new().await;
    let code = town.platform.community(town.guild).unwrap().invites[3]
        .code
        .clone();
    let question = town
        .ask(OFFICE, ANN, &format!("/invites revoke {code}"))
        .await;
    town.change(&question, ANN, "cancel").await;
    assert!(town.platform.revoked(town.guild).is_empty());
}

#[tokio::test]
async fn an_invite_is_rotated_after_a_question() {
    let town = Town::new().await;
    let invites = town.platform.community(town.guild).unwrap().invites;
    let code = invites
        .iter()
        .find(|one| !one.temporary)
        .unwrap()
        .code
        .clone();
    let question = town
        .ask(OFFICE, ANN, &format!("/invites rotate {code}"))
        .await;
    town.platform.reply(OFFICE, ANN, question.id, "yes");
    town.until("rotated", |town| {
        (town.platform.revoked(town.guild) == [code.clone()]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn many_are_ended_by_their_number_and_each_is_told() {
    let town = few().await;
    let preview = town
        .ask(OFFICE, ANN, "/invites clean unused older_than:1h")
        .await;
    assert!(
        preview.content.contains(&format!("`revoke {FEW}`")),
        "{preview:?}"
    );
    town.platform.reply(
        OFFICE,
        ANN,
        preview.id,
        &format!("revoke {FEW} spring cleaning"),
    );
    let outcome = town
        .until_said(&preview, &format!("{FEW} invites revoked"))
        .await;
    assert_eq!(town.platform.revoked(town.guild).len(), FEW);
    let (name, bytes) = &outcome.files[0];
    assert_eq!(name.rsplit('.').next(), Some("csv"), "{name}");
    let rows = String::from_utf8_lossy(bytes).lines().count();
    assert_eq!(rows, FEW + 1);
    let reason = town.platform.audit_log(town.guild)[0]
        .reason
        .clone()
        .unwrap();
    assert!(reason.starts_with("spring cleaning"), "{reason}");
}

#[tokio::test]
async fn neither_a_reaction_nor_a_bare_word_nor_a_wrong_number_ends_many() {
    let town = few().await;
    let preview = town
        .ask(OFFICE, ANN, "/invites clean unused older_than:1h")
        .await;
    for emoji in ["✅", "👍", "▶️"] {
        town.platform.react(OFFICE, ANN, preview.id, emoji);
    }
    let told = town.reply(&preview, ANN, "revoke").await;
    assert!(
        told.content
            .contains(&format!("did you mean `revoke {FEW}`")),
        "{told:?}"
    );
    let again = town.change(&preview, ANN, "revoke 3").await;
    assert!(
        again.content.contains("not the number of these invites"),
        "{again:?}"
    );
    assert!(town.platform.revoked(town.guild).is_empty());
}

#[tokio::test]
async fn only_whoever_asked_can_confirm() {
    let town = few().await;
    let preview = town
        .ask(OFFICE, ANN, "/invites clean unused older_than:1h")
        .await;
    let words = format!("revoke {FEW}");
    let refused = town.reply(&preview, BEN, &words).await;
    assert!(
        refused.content.contains("This is for whoever asked"),
        "{refused:?}"
    );
    let refused = town.reply(&preview, MEMBER, &words).await;
    assert!(
        refused.content.contains("This takes a moderator"),
        "{refused:?}"
    );
    assert!(town.platform.revoked(town.guild).is_empty());
    // Whoever looks at the preview again does not make it theirs.
    town.platform.reply(OFFICE, BEN, preview.id, "refresh");
    let refused = town.reply(&preview, BEN, &words).await;
    assert!(
        refused.content.contains("This is for whoever asked"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn after_five_minutes_it_has_to_be_looked_at_again() {
    let town = few().await;
    let preview = town
        .ask(OFFICE, ANN, "/invites clean unused older_than:1h")
        .await;
    town.platform
        .set_clock_offset(SignedDuration::from_secs(5 * 60 + 5));
    let words = format!("revoke {FEW}");
    let refused = town.reply(&preview, ANN, &words).await;
    assert!(
        refused.content.contains("more than five minutes ago"),
        "{refused:?}"
    );
    assert!(town.platform.revoked(town.guild).is_empty());
    let asked = town.now(&preview).edited_at;
    town.platform.reply(OFFICE, ANN, preview.id, "refresh");
    town.until("refreshed", |town| {
        (town.now(&preview).edited_at != asked).then_some(())
    })
    .await;
    town.platform.reply(OFFICE, ANN, preview.id, &words);
    town.until_said(&preview, &format!("{FEW} invites revoked"))
        .await;
}

#[tokio::test]
async fn a_run_shows_how_far_it_is_and_is_cancelled_by_a_word() {
    let now = Timestamp::now();
    let mut community = community();
    let old = now - SignedDuration::from_hours(24 * 90);
    community.invites = (0..400)
        .map(|number| SampleInvite {
            channel: community.channels[0].clone(),
            max_age: 0,
            ..SampleInvite::new(&format!("oldOne{number:03}"), old)
        })
        .collect();
    let town = Setup::new().community(community).start().await;
    let preview = town.ask(OFFICE, ANN, "/invites clean").await;
    town.platform.reply(OFFICE, ANN, preview.id, "revoke 400");
    town.until_said(&preview, "Revoking invites").await;
    town.platform.reply(OFFICE, ANN, preview.id, "cancel");
    let outcome = town.until_said(&preview, "Stopped, as you asked.").await;
    let revoked = town.platform.revoked(town.guild).len();
    assert!(revoked < 400, "{revoked}");
    assert!(
        outcome
            .content
            .contains(&format!("{revoked} of 400 invites revoked")),
        "{outcome:?}"
    );
    assert_eq!(outcome.files.len(), 1);
    // What is left can be gone on with, in the same way.
    let left = 400 - revoked;
    assert!(
        outcome.content.contains(&format!("`revoke {left}`")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_clean_in_a_direct_message_goes_the_same_way() {
    let town = few().await;
    let preview = town
        .ask_discreetly(ANN, "/invites clean unused older_than:1h")
        .await;
    town.platform
        .reply(preview.channel, ANN, preview.id, &format!("revoke {FEW}"));
    let outcome = town
        .until_said(&preview, &format!("{FEW} invites revoked"))
        .await;
    assert_eq!(outcome.files.len(), 1);
    assert_eq!(town.platform.revoked(town.guild).len(), FEW);
}

#[tokio::test]
async fn a_restart_does_not_lose_a_question() {
    let mut town = few().await;
    let preview = town
        .ask(OFFICE, ANN, "/invites clean unused older_than:1h")
        .await;
    town.restart().await;
    town.platform
        .reply(OFFICE, ANN, preview.id, &format!("revoke {FEW}"));
    town.until_said(&preview, &format!("{FEW} invites revoked"))
        .await;
}
