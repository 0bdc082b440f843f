//! `/invites revoke`: one invite is ended, after a form that asks why.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, Route, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BY, NOW, codes, on};
use crate::support::{Gatehouse, Interaction, MEMBER, MODERATOR, Message, On, Reply, all};

const CODE: &str = "aBcD12xY";
const OTHER: &str = "eFgH34zW";

fn invite(code: &str) -> SampleInvite {
    SampleInvite {
        uses: 12,
        max_uses: 50,
        ..SampleInvite::new(code, NOW - SignedDuration::from_mins(10))
    }
}

/// Two invites.
fn community() -> Community {
    let other = SampleInvite {
        created_at: NOW - SignedDuration::from_mins(20),
        ..invite(OTHER)
    };
    Community::of(7, "Lantern Harbour").with_invites(vec![invite(CODE), other])
}

/// `/invites revoke`.
fn command(gatehouse: &Gatehouse, code: &str, reason: Option<&str>) -> Interaction {
    let mut options: Vec<(&str, Value)> = vec![("code", json!(code))];
    options.extend(reason.map(|reason| ("reason", json!(reason))));
    gatehouse.command("revoke", &options)
}

/// Revokes [`CODE`] from its card for this reason and gives the outcome.
async fn revoked_for(gatehouse: &Gatehouse, reason: &str) -> Message {
    let card = gatehouse.show(CODE).await;
    let form = gatehouse.opens(&card, "Revoke…").await;
    let filled = gatehouse.filled(&form, &[("reason", reason)]);
    gatehouse
        .read_in_the_end(&filled.on_reply(&card, On::Private))
        .await
}

#[track_caller]
fn assert_gone(told: &Message) {
    assert_eq!(told.title(), format!("There is no invite `{CODE}`"));
    assert!(
        told.description().contains("nothing left to do"),
        "{}",
        told.text()
    );
    assert_eq!(told.rows(), [["Back to list"]]);
}

#[tokio::test]
async fn the_button_of_a_card_asks_why_and_sending_that_ends_the_invite() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let card = gatehouse.show(CODE).await;
        assert!(card.button("Revoke…").is_danger);
        let form = gatehouse.opens(&card, "Revoke…").await;
        assert_eq!(form.title(), "Revoke aBcD12xY?");
        assert!(form.form_text().contains("cannot be undone"));
        let lines = form.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(
            (lines[0].custom_id.as_str(), lines[0].value.as_str()),
            ("reason", "")
        );
        assert!(!lines[0].is_required && lines[0].label.contains("audit log"));
        gatehouse.assert_nothing_was_changed();

        let done = gatehouse
            .sends(&form, &[("reason", "spam wave")], &card)
            .await;
        assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
        assert!(done.description().contains("Mallow"), "{}", done.text());
        assert!(done.description().contains("12 of 50 uses"));
        assert!(done.description().contains("spam wave"));
        assert_eq!(gatehouse.platform().revoked(7), [CODE]);
        assert_eq!(gatehouse.reasons(), [format!("spam wave{BY}")]);
        let list = gatehouse.click(&done, "Back to list").await;
        assert_eq!(codes(&list), [OTHER]);
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

#[tokio::test]
async fn a_reason_given_in_the_command_stands_in_the_form_already() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let link = format!("https://discord.gg/{CODE}");
        let form = gatehouse
            .form_of(&command(&gatehouse, &link, Some("  moved \n on ")))
            .await;
        assert_eq!(form.title(), "Revoke aBcD12xY?");
        assert!(form.form_text().contains("12 of 50 uses"), "{form:?}");
        assert_eq!(form.lines()[0].value, "moved on");
        let done = gatehouse
            .told_privately(&gatehouse.filled(&form, &[]))
            .await;
        assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
        assert_eq!(gatehouse.reasons(), [format!("moved on{BY}")]);
    }
}

#[tokio::test]
async fn without_a_reason_the_audit_log_still_says_who_it_was() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for reason in ["", " \u{3000} "] {
            gatehouse.platform().add_guild(community());
            revoked_for(&gatehouse, reason).await;
        }
        let expected = format!("no reason given{BY}");
        assert_eq!(gatehouse.reasons(), [expected.clone(), expected]);
    }
}

#[tokio::test]
async fn each_platform_gets_the_reason_in_the_letters_that_it_can_keep() {
    let reason = "Müll, 100% – 宣伝 🪁";
    for (platform, expected) in [
        (
            PlatformName::Discord,
            "Müll, 100% – 宣伝 🪁 - by zoë (553879653580800011)",
        ),
        (
            PlatformName::Fluxer,
            "Mull, 100% - Xuan Chuan kite - by zoe#0913 (553879653580800011)",
        ),
    ] {
        let gatehouse = on(platform, community()).await;
        let form = gatehouse.form_of(&command(&gatehouse, CODE, None)).await;
        let tag = match platform {
            PlatformName::Discord => "0",
            PlatformName::Fluxer => "0913",
        };
        let filled = gatehouse.filled(&form, &[("reason", reason)]);
        gatehouse.told_privately(&filled.named("zoë", tag)).await;
        assert_eq!(gatehouse.reasons(), [expected], "{platform}");
    }
}

#[tokio::test]
async fn the_longest_reason_leaves_room_for_who_it_was() {
    let name = "grandmaster_of_paper_kites_no_32";
    assert_eq!(name.len(), 32);
    for platform in PlatformName::ALL {
        for letter in ["a", "ö", "🦊", "宣"] {
            let gatehouse = on(platform, community()).await;
            let form = gatehouse.form_of(&command(&gatehouse, CODE, None)).await;
            let filled = gatehouse.filled(&form, &[("reason", &letter.repeat(400))]);
            gatehouse.told_privately(&filled.named(name, "0")).await;
            let reasons = gatehouse.reasons();
            let length = reasons[0].chars().count();
            assert!(length <= 512, "{length} on {platform}");
            let by = format!(" - by {name} ({})", MODERATOR.id);
            assert!(reasons[0].ends_with(&by), "{}", reasons[0]);
            assert!(length >= 400, "{}", reasons[0]);
        }
    }
}

#[tokio::test]
async fn a_name_that_looks_like_another_part_of_the_entry_stays_on_its_line() {
    let gatehouse = on(PlatformName::Fluxer, community()).await;
    let form = gatehouse.form_of(&command(&gatehouse, CODE, None)).await;
    let filled = gatehouse.filled(&form, &[("reason", "x\r\nX-Evil: 1\u{7f}\0")]);
    gatehouse.told_privately(&filled.named("a\r\nb", "0")).await;
    let expected = format!("x X-Evil: 1 - by a b ({})", MODERATOR.id);
    assert_eq!(gatehouse.reasons(), [expected]);
}

#[tokio::test]
async fn what_is_gone_already_is_no_error_and_nothing_is_sent() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let card = gatehouse.show(CODE).await;
        let form = gatehouse.opens(&card, "Revoke…").await;
        let mut left = community();
        left.invites.retain(|invite| invite.code != CODE);
        gatehouse.platform().add_guild(left);
        assert_gone(&gatehouse.sends(&form, &[("reason", "late")], &card).await);
        let command = command(&gatehouse, CODE, None);
        assert_gone(&gatehouse.told_privately(&command).await);
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn what_is_gone_in_that_very_moment_is_no_error_either() {
    for (platform, unknown) in [
        (
            PlatformName::Discord,
            Fault::discord(404, 10_006, "Unknown Invite"),
        ),
        (
            PlatformName::Fluxer,
            Fault::fluxer(404, "UNKNOWN_INVITE", "Invite wasn't found."),
        ),
    ] {
        let gatehouse = on(platform, community()).await;
        gatehouse.platform().fault(Route::Revoke, unknown);
        assert_gone(&revoked_for(&gatehouse, "late").await);
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

#[tokio::test]
async fn an_invite_that_was_used_since_it_was_shown_is_asked_about_once_more() {
    for platform in PlatformName::ALL {
        for (times, told_times) in [(1, "used once since"), (3, "used 3 times since")] {
            let gatehouse = on(platform, community()).await;
            let card = gatehouse.show(CODE).await;
            let form = gatehouse.opens(&card, "Revoke…").await;
            gatehouse.platform().use_invite(7, CODE, times);
            let told = gatehouse.sends(&form, &[("reason", "spam")], &card).await;
            assert_eq!(told.title(), format!("Used since you looked: `{CODE}`"));
            assert!(told.description().contains(told_times), "{}", told.text());
            assert!(told.footer().ends_with("Reason: spam"), "{}", told.text());
            gatehouse.assert_nothing_was_changed();

            let again = "Revoke it all the same…";
            assert!(told.button(again).is_danger);
            let form = gatehouse.opens(&told, again).await;
            assert_eq!(form.lines()[0].value, "spam");
            // Whatever happens now, the moderator knows that it is in use.
            gatehouse.platform().use_invite(7, CODE, 1);
            let done = gatehouse.sends(&form, &[], &told).await;
            assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
            assert_eq!(gatehouse.reasons(), [format!("spam{BY}")]);
        }
    }
}

#[tokio::test]
async fn an_invite_of_another_guild_is_never_ended() {
    let elsewhere = || Community::of(8, "Elsewhere").with_invites(vec![invite("zzYYxx99")]);
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        gatehouse.platform().add_guild(elsewhere());
        for code in ["zzYYxx99", "ZZYYXX99", "https://discord.gg/zzYYxx99"] {
            let told = gatehouse
                .told_privately(&command(&gatehouse, code, Some("mine")))
                .await;
            assert!(
                told.title().starts_with("There is no invite"),
                "{}",
                told.text()
            );
        }
        // A form that nobody was shown, as only a forger would send it.
        for id in ["g1v:=zzYYxx99::1:-n:::", "g1x:=zzYYxx99:1:-n:::"] {
            let form = Message::new(json!({"custom_id": id, "components": []}));
            gatehouse
                .told_privately(&gatehouse.filled(&form, &[]))
                .await;
        }
        gatehouse.assert_nothing_was_changed();
        let there = gatehouse.platform().community(8).unwrap();
        assert_eq!(there.invites, elsewhere().invites);
    }
}

#[tokio::test]
async fn from_a_shared_card_it_is_told_to_the_moderator_alone() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let options = [("code", json!(CODE)), ("share", json!(true))];
        let card = gatehouse
            .told_everyone(&gatehouse.command("show", &options))
            .await;
        let other = crate::support::Member {
            id: MEMBER.id,
            ..MODERATOR
        };
        let press = gatehouse
            .press_label(&card, "Revoke…", On::Shared)
            .by(other);
        let form = gatehouse.form_of(&press).await;
        assert!(!form.json().to_string().contains(CODE), "{form:?}");
        let submit = || {
            let filled = gatehouse.filled(&form, &[("reason", "leaked")]).by(other);
            filled.on_reply(&card, On::Shared)
        };
        let done = gatehouse.told_privately(&submit()).await;
        assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
        let by = format!("leaked - by rowan.k ({})", MEMBER.id);
        assert_eq!(gatehouse.reasons(), [by]);
        let again = gatehouse.told_privately(&submit()).await;
        assert_eq!(again.title(), "This invite is no more");
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

#[tokio::test]
async fn rights_are_those_of_who_presses_a_shared_card() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let options = [("code", json!(CODE)), ("share", json!(true))];
    let card = gatehouse
        .told_everyone(&gatehouse.command("show", &options))
        .await;
    let press = gatehouse.press_label(&card, "Revoke…", On::Shared);
    let told = gatehouse.told_privately(&press.clone().by(MEMBER)).await;
    assert_eq!(told.title(), "This takes a moderator");
    let form = gatehouse.form_of(&press.renewed()).await;
    let filled = gatehouse.filled(&form, &[]).on_reply(&card, On::Shared);
    let told = gatehouse.told_privately(&filled.by(MEMBER)).await;
    assert_eq!(told.title(), "This takes a moderator");
    gatehouse.assert_nothing_was_changed();
}

/// A slow platform leaves no time for a form.
async fn opened_later(platform: PlatformName) {
    let gatehouse = on(platform, community()).await;
    let slow = Fault::Slow(Duration::from_millis(1_700));
    gatehouse.platform().fault_times(Route::Invites, 1, slow);
    let command = command(&gatehouse, CODE, Some("moved on"));
    let reply = gatehouse.send(&command).await;
    assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE, "{reply:#?}");
    assert!(reply.is_private());
    let offer = gatehouse.edit(&command).await.message;
    assert_eq!(offer.title(), "Revoke aBcD12xY?");
    assert!(offer.description().contains(CODE), "{}", offer.text());
    assert!(offer.button("Revoke it…").is_danger);
    let form = gatehouse.opens(&offer, "Revoke it…").await;
    assert_eq!(form.lines()[0].value, "moved on");
    let done = gatehouse.sends(&form, &[], &offer).await;
    assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
    assert_eq!(gatehouse.reasons(), [format!("moved on{BY}")]);
}

#[tokio::test]
async fn a_slow_platform_makes_the_form_a_message_with_a_button_that_opens_it() {
    all(PlatformName::ALL.map(opened_later)).await;
}

/// The outcome comes late, in place of the card.
async fn told_later(platform: PlatformName) {
    let gatehouse = on(platform, community()).await;
    let card = gatehouse.show(CODE).await;
    let form = gatehouse.opens(&card, "Revoke…").await;
    let slow = Fault::Slow(Duration::from_millis(1_700));
    gatehouse.platform().fault(Route::Revoke, slow);
    let submit = gatehouse.filled(&form, &[]).on_reply(&card, On::Private);
    let reply = gatehouse.send(&submit).await;
    assert_eq!(reply.kind, Reply::DEFERRED_UPDATE, "{reply:#?}");
    let done = gatehouse.edit(&submit).await.message;
    assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
    assert_eq!(gatehouse.changes().len(), 1);
}

#[tokio::test]
async fn a_platform_that_is_slow_to_end_it_is_waited_for() {
    all(PlatformName::ALL.map(told_later)).await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_in_the_list() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        gatehouse.platform().fault(Route::Revoke, Fault::CutOff);
        let done = revoked_for(&gatehouse, "spam").await;
        assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
        assert_eq!(gatehouse.changes().len(), 1, "{:?}", gatehouse.changes());
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_reason_for_another_try() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        gatehouse
            .platform()
            .fault(Route::Revoke, Fault::Refused(500));
        let told = revoked_for(&gatehouse, "spam").await;
        assert_eq!(
            told.title(),
            format!("{platform} has a problem of its own"),
            "{}",
            told.text()
        );
        assert!(told.footer().ends_with("Reason: spam"), "{}", told.text());
        gatehouse.platform().clear_faults();
        let form = gatehouse.opens(&told, "Try again").await;
        assert_eq!(form.lines()[0].value, "spam");
        let done = gatehouse.sends(&form, &[], &told).await;
        assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
        assert_eq!(gatehouse.reasons(), [format!("spam{BY}")]);
    }
}

#[tokio::test]
async fn a_bot_that_may_not_end_invites_is_told_which_right_it_lacks() {
    for (platform, name) in [
        (PlatformName::Discord, "**Manage Server**"),
        (PlatformName::Fluxer, "**Manage Community**"),
    ] {
        let gatehouse = on(platform, community()).await;
        gatehouse
            .platform()
            .fault(Route::Revoke, Fault::Refused(403));
        let told = revoked_for(&gatehouse, "spam").await;
        assert_eq!(told.title(), "The bot may not change invites");
        assert!(told.description().contains(name), "{}", told.text());
        assert!(gatehouse.platform().revoked(7).is_empty());
    }
}
