//! Who may clean: a moderator, at every step.

use super::{GUILD, PLATFORMS, assert_nothing_revoked, over, standing, unused};
use crate::support::{Interaction, MEMBER, MODERATOR, Member, On};

/// Manage Messages: a right, but not the one that it takes.
const HELPER: Member = Member {
    permissions: 1 << 13 | 1 << 10,
    ..MEMBER
};

#[tokio::test(start_paused = true)]
async fn whoever_is_no_moderator_is_refused_at_every_step() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(30)).await;
        let preview = gatehouse.preview(&[]).await;
        let form = gatehouse.form(&preview).await;
        let jump = gatehouse.ask(&gatehouse.press_on(&preview, "1/3")).await;
        let right = gatehouse.confirmation(&preview).await;
        let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
        let steps: Vec<Interaction> = vec![
            gatehouse.command("clean", &[]),
            gatehouse.press_on(&list, "Clean these…"),
            gatehouse.press_on(&preview, "Next"),
            gatehouse.press_on(&preview, "1/3"),
            gatehouse.press_on(&preview, "Refresh"),
            gatehouse.filled_in(&jump, &preview, &[("line", "2")]),
            gatehouse.press_on(&preview, "Revoke these 30 invites…"),
            gatehouse.filled_in(&form, &preview, &[("line", "30"), ("reason", "")]),
            right.clone(),
        ];
        for member in [MEMBER, HELPER] {
            for step in &steps {
                let step = step.clone().renewed().by(member);
                let refused = gatehouse.send(&step).await;
                assert!(refused.is_private(), "{refused:#?}");
                assert!(
                    refused.message.title().contains("moderator"),
                    "{:?}",
                    refused.message
                );
                assert!(!refused.message.text().contains("clean0"), "{refused:#?}");
            }
        }
        assert_nothing_revoked(&gatehouse);
        assert_eq!(standing(&gatehouse, GUILD).len(), 30);
        // The same form does it for who may.
        let ran = gatehouse.go(&right.by(MODERATOR)).await;
        assert_eq!(ran.with("revoked").len(), 30);
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_right_the_bot_says_so_before_anything_is_asked() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        // View Audit Log alone lets it read a list on Discord, and revoke nothing.
        let command = gatehouse.command("clean", &[]).bot_may(1 << 7 | 1 << 10);
        let answer = gatehouse.ask(&command).await;
        assert!(answer.text().contains("Manage"), "{}", answer.text());
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_others_would_see_is_told_to_one_person_alone() {
    let gatehouse = over(PLATFORMS[0], unused(3)).await;
    let preview = gatehouse.preview(&[]).await;
    let form = gatehouse.form(&preview).await;
    let confirm = gatehouse.submit(&form.form_id(), "", On::Shared);
    let reply = gatehouse.send(&confirm).await;
    assert!(reply.is_private(), "{reply:#?}");
    let ran = gatehouse.outcome(&confirm).await;
    assert_eq!(ran.with("revoked").len(), 3);
}
