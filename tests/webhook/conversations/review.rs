//! `/invites review`: the few invites that matter, each with why and what to do.

use std::cmp::Reverse;

use gatehouse::sandbox::platform::{Community, Route, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::json;

use super::{NOW, expected, on, read, sample};
use crate::support::{MEMBER, Message, On};

/// What is shown at most.
const SHOWN: usize = 8;

/// Weight, why, and the next step of each rule that an invite breaks, in the order of the rules.
fn broken(invite: &SampleInvite) -> Vec<(u32, &'static str, &'static str)> {
    let age = NOW.duration_since(invite.created_at).as_secs_f64();
    let hours = age.max(3600.0) / 3600.0;
    let is_endless = invite.max_age == 0;
    let is_orphan = expected::creator(invite).is_none_or(|who| who.username == "DeletedUser");
    let left = invite.expires_at().map(|end| end.duration_since(NOW));
    let ends_soon = left.is_some_and(|left| left <= SignedDuration::from_hours(24));
    let is_nearly_full = invite.max_uses > 0 && 5 * invite.uses >= 4 * invite.max_uses;
    let is_forgotten = invite.uses == 0 && age > 30.0 * 86_400.0;
    let is_fast = invite.uses >= 10 && f64::from(invite.uses) / hours > 5.0;
    [
        (is_fast, 50, "unusually fast", "who"),
        (is_orphan && is_endless, 40, "and it never ends", "revoke"),
        (
            is_endless && invite.max_uses == 0,
            30,
            "no limit of uses",
            "rotate",
        ),
        (is_orphan && !is_endless, 20, "gone or unknown", "revoke"),
        (ends_soon && invite.uses > 0, 15, "it ends in", "rotate"),
        (is_nearly_full, 15, "almost used up", "rotate"),
        (is_forgotten, 10, "nobody has used it", "revoke"),
    ]
    .into_iter()
    .filter(|(is_broken, ..)| *is_broken)
    .map(|(_, weight, why, next)| (weight, why, next))
    .collect()
}

fn weight(invite: &SampleInvite) -> u32 {
    broken(invite).iter().map(|(weight, ..)| weight).sum()
}

/// The invites that matter, the weightiest first.
fn matter(community: &Community) -> Vec<&SampleInvite> {
    let mut all = expected::invites(community, |invite| weight(invite) > 0, "newest");
    all.sort_by_key(|invite| (Reverse(weight(invite)), Reverse(invite.uses)));
    all
}

/// The paragraphs about single invites.
fn paragraphs(review: &Message) -> Vec<String> {
    let text = read(review.description());
    let paragraphs = text.split("\n\n").skip(1);
    paragraphs
        .filter(|paragraph| paragraph.contains("**Why:**"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_weightiest_come_first_each_with_why_and_one_next_step() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, sample()).await;
        let review = gatehouse
            .told_privately(&gatehouse.command("review", &[]))
            .await;
        assert_eq!(
            read(review.title()),
            "What matters in Paper Kite Society (sample)"
        );
        let sample = sample();
        let matter = matter(&sample);
        let text = review.description();
        let summary = format!("**{} of 140** matter", matter.len());
        assert!(text.starts_with(&summary), "{text}");
        let shown = paragraphs(&review);
        assert_eq!(shown.len(), SHOWN);
        for (paragraph, invite) in shown.iter().zip(&matter) {
            let lines: Vec<&str> = paragraph.lines().collect();
            assert_eq!(lines.len(), 3, "{paragraph}");
            assert!(
                lines[0].starts_with(&format!("`{}`", invite.code)),
                "{paragraph}"
            );
            let rules = broken(invite);
            for (_, why, _) in &rules {
                assert!(lines[1].contains(why), "{why}: {paragraph}");
            }
            assert_eq!(
                lines[1].matches(';').count(),
                rules.len() - 1,
                "{paragraph}"
            );
            let next = match (rules[0].2, platform) {
                // There the platform does not tell.
                ("who", PlatformName::Discord) => "revoke",
                (next, _) => next,
            };
            let next = format!("`/invites {next} {}`", invite.code);
            assert!(lines[2].ends_with(&next), "{next}: {paragraph}");
        }
        let more = format!("and {} more of less weight", matter.len() - SHOWN);
        assert!(text.ends_with(&more), "{text}");
        assert_eq!(gatehouse.platform().count(Route::Invites), 1);
    }
}

#[tokio::test]
async fn each_can_be_opened_and_the_review_read_again() {
    let gatehouse = on(PlatformName::Discord, sample()).await;
    let review = gatehouse.ask(&gatehouse.command("review", &[])).await;
    assert_eq!(
        review.rows(),
        [&["Open an invite…"][..], &["Refresh", "Back to list"][..]]
    );
    let sample = sample();
    for invite in matter(&sample).iter().take(SHOWN) {
        let card = gatehouse
            .choose(&review, "Open an invite…", &invite.code)
            .await;
        assert_eq!(card.title(), format!("Invite `{}`", invite.code));
    }
    let heaviest = matter(&sample)[0];
    let form = {
        let options = [("code", json!(heaviest.code))];
        gatehouse
            .form_of(&gatehouse.command("revoke", &options))
            .await
    };
    gatehouse
        .told_privately(&gatehouse.filled(&form, &[]))
        .await;
    let again = gatehouse.click(&review, "Refresh").await;
    assert!(!again.description().contains(&heaviest.code));
    assert_eq!(paragraphs(&again).len(), SHOWN);
    let list = gatehouse.click(&again, "Back to list").await;
    assert!(list.description().starts_with("**139 invites**"));
}

#[tokio::test]
async fn a_shared_review_holds_no_code_anywhere() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, sample()).await;
        let command = gatehouse.command("review", &[("share", json!(true))]);
        let review = gatehouse.told_everyone(&command).await;
        let refresh = gatehouse.press_label(&review, "Refresh", On::Shared);
        let again = gatehouse.replaced_by(&refresh).await;
        for review in [&review, &again] {
            let body = review.json().to_string();
            for invite in &sample().invites {
                assert!(!body.contains(&invite.code), "{}", invite.code);
            }
            assert!(body.contains("••••"), "{body}");
            assert_eq!(paragraphs(review).len(), SHOWN);
            assert!(review.description().contains("open it below"));
        }
        let by_member = refresh.renewed().by(MEMBER);
        let told = gatehouse.told_privately(&by_member).await;
        assert_eq!(told.title(), "This takes a moderator");
        let menu = review.menu("Open an invite…");
        let open = gatehouse.press(&menu.custom_id, On::Shared, &[&menu.options[0].value]);
        let card = gatehouse.told_privately(&open).await;
        let sample = sample();
        let code = &matter(&sample)[0].code;
        assert_eq!(card.title(), format!("Invite `{code}`"));
    }
}

#[tokio::test]
async fn where_nothing_matters_that_is_said() {
    let harmless = SampleInvite {
        max_age: 7 * 86_400,
        max_uses: 50,
        uses: 3,
        ..SampleInvite::new("aBcD12xY", NOW - SignedDuration::from_hours(2))
    };
    for platform in PlatformName::ALL {
        let community = Community::of(7, "Lantern Harbour");
        let empty = on(platform, community.clone()).await;
        let review = empty.ask(&empty.command("review", &[])).await;
        assert!(
            review.description().contains("Nothing to worry about"),
            "{}",
            review.text()
        );
        assert!(
            !review.description().contains("None of 0"),
            "{}",
            review.text()
        );
        assert_eq!(review.rows(), [["Refresh", "Back to list"]]);

        let community = community.with_invites(vec![harmless.clone()]);
        let calm = on(platform, community).await;
        let review = calm.ask(&calm.command("review", &[])).await;
        assert!(review.description().contains("Nothing to worry about"));
    }
}

#[tokio::test]
async fn what_is_hidden_is_not_held_against_an_invite() {
    let gatehouse = on(PlatformName::Discord, sample().hiding_metadata()).await;
    let review = gatehouse.ask(&gatehouse.command("review", &[])).await;
    let text = read(review.description());
    assert!(text.contains("is hidden"), "{text}");
    for why in ["fast", "no limit", "almost used up", "nobody has used it"] {
        assert!(!text.contains(why), "{why}: {text}");
    }
}
