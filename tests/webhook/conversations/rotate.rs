//! `/invites rotate`: another invite with the same settings, and then the end of the old one.

use gatehouse::sandbox::platform::{Community, Fault, Route, SampleChannel, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BY, NOW, on};
use crate::support::{Gatehouse, Message, On};

const CODE: &str = "aBcD12xY";
const LOUNGE: u64 = 1_510_000_000_000_000_107;

fn invite() -> SampleInvite {
    SampleInvite {
        channel: SampleChannel::voice(LOUNGE, "Evening Lounge"),
        max_age: 86_400,
        max_uses: 25,
        uses: 7,
        temporary: true,
        ..SampleInvite::new(CODE, NOW - SignedDuration::from_mins(10))
    }
}

fn community(invite: SampleInvite) -> Community {
    Community::of(7, "Lantern Harbour").with_invites(vec![invite])
}

/// Codes of the guild that are not the old one.
fn new_codes(gatehouse: &Gatehouse) -> Vec<String> {
    let community = gatehouse.platform().community(7).unwrap();
    let codes = community.invites.into_iter().map(|invite| invite.code);
    codes.filter(|code| code != CODE).collect()
}

async fn rotated_for(gatehouse: &Gatehouse, reason: &str) -> Message {
    let card = gatehouse.show(CODE).await;
    let form = gatehouse.opens(&card, "Rotate…").await;
    let filled = gatehouse.filled(&form, &[("reason", reason)]);
    gatehouse
        .read_in_the_end(&filled.on_reply(&card, On::Private))
        .await
}

#[tokio::test]
async fn the_new_one_has_the_same_settings_and_is_made_before_the_old_one_ends() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community(invite())).await;
        let card = gatehouse.show(CODE).await;
        let form = gatehouse.opens(&card, "Rotate…").await;
        assert_eq!(form.title(), "Rotate aBcD12xY?");
        assert!(form.form_text().contains("old link stops working"));
        gatehouse.assert_nothing_was_changed();
        let done = gatehouse.sends(&form, &[("reason", "leaked")], &card).await;
        let changes = gatehouse.changes();
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(changes[0].ends_with(&format!("/channels/{LOUNGE}/invites")));
        assert!(changes[1].ends_with(&format!("/invites/{CODE}")));
        let requests = gatehouse.platform().requests();
        let made = requests.iter().find(|one| one.is(Route::Create)).unwrap();
        let body: Value = serde_json::from_slice(&made.body).unwrap();
        assert_eq!(
            body,
            json!({"max_age": 86_400, "max_uses": 25, "temporary": true, "unique": true})
        );
        let new = new_codes(&gatehouse).concat();
        assert_eq!(done.title(), format!("Rotated invite `{CODE}`"));
        assert!(done.description().contains(&format!("/{new}")));
        assert!(done.description().contains(&format!("`{CODE}`, stopped")));
        let reason = format!("leaked{BY}");
        assert_eq!(gatehouse.reasons(), [reason.clone(), reason]);
        let card = gatehouse.click(&done, "Show the new one").await;
        assert_eq!(card.title(), format!("Invite `{new}`"));
        assert_eq!(card.field("Uses"), "▱▱▱▱▱▱▱▱▱▱ 0 of 25 uses");
    }
}

#[tokio::test]
async fn the_command_asks_with_what_the_invite_is() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community(invite())).await;
        let options = [("code", json!(CODE)), ("reason", json!("leaked"))];
        let form = gatehouse
            .form_of(&gatehouse.command("rotate", &options))
            .await;
        assert!(form.form_text().contains("7 of 25 uses"), "{form:?}");
        assert_eq!(form.lines()[0].value, "leaked");
        let done = gatehouse
            .told_privately(&gatehouse.filled(&form, &[]))
            .await;
        assert_eq!(done.title(), format!("Rotated invite `{CODE}`"));
    }
}

#[tokio::test]
async fn an_invite_without_limits_gets_one_without_limits() {
    for platform in PlatformName::ALL {
        let endless = SampleInvite::new(CODE, NOW - SignedDuration::from_mins(10));
        let gatehouse = on(platform, community(endless)).await;
        rotated_for(&gatehouse, "").await;
        let there = gatehouse.platform().community(7).unwrap();
        let new = &there.invites[0];
        assert_eq!((new.max_age, new.max_uses, new.temporary), (0, 0, false));
    }
}

#[tokio::test]
async fn when_the_old_one_cannot_be_ended_both_are_named_with_a_button_to_end_it() {
    for platform in PlatformName::ALL {
        for status in [403, 500] {
            let gatehouse = on(platform, community(invite())).await;
            let fault = Fault::Refused(status);
            gatehouse.platform().fault(Route::Revoke, fault);
            let told = rotated_for(&gatehouse, "leaked").await;
            assert_eq!(
                told.title(),
                "A new invite was made, but the old one could not be revoked"
            );
            let new = new_codes(&gatehouse).concat();
            let text = told.description();
            assert!(text.contains(&format!("/{new}")), "{text}");
            assert!(text.contains(&format!("`{CODE}`")), "{text}");
            assert!(text.contains("works on"), "{text}");
            assert_eq!(
                told.rows(),
                [["Revoke the old one…", "Show the new one", "Back to list"]]
            );
            gatehouse.platform().clear_faults();
            let form = gatehouse.opens(&told, "Revoke the old one…").await;
            assert_eq!(form.lines()[0].value, "leaked");
            let done = gatehouse.sends(&form, &[], &told).await;
            assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
            assert_eq!(gatehouse.reasons()[1], format!("leaked{BY}"));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_at_the_end_is_looked_up_in_the_list() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community(invite())).await;
        gatehouse.platform().fault(Route::Revoke, Fault::CutOff);
        let done = rotated_for(&gatehouse, "").await;
        assert_eq!(done.title(), format!("Rotated invite `{CODE}`"));
        assert_eq!(gatehouse.changes().len(), 2);
    }
}

#[tokio::test]
async fn when_no_new_one_can_be_made_the_old_one_stays() {
    for platform in PlatformName::ALL {
        for (fault, title) in [
            (
                Fault::CutOff,
                format!("{platform} did not say whether it made the invite"),
            ),
            (
                Fault::Refused(400),
                format!("{platform} refused the bot's request"),
            ),
        ] {
            let gatehouse = on(platform, community(invite())).await;
            gatehouse.platform().fault(Route::Create, fault);
            let told = rotated_for(&gatehouse, "leaked").await;
            assert_eq!(told.title(), title);
            assert_eq!(gatehouse.changes().len(), 1, "{:?}", gatehouse.changes());
            assert!(gatehouse.platform().revoked(7).is_empty());
            // A second one must not follow by a slip of the finger.
            assert!(!told.has_button("Try again"), "{:?}", told.rows());
        }
    }
}

#[tokio::test]
async fn a_full_community_keeps_the_old_one() {
    for platform in PlatformName::ALL {
        let mut full = community(invite());
        full.max_invites = 1;
        let gatehouse = on(platform, full).await;
        let told = rotated_for(&gatehouse, "").await;
        assert_eq!(
            told.title(),
            format!("{platform} takes no more invites here")
        );
        assert!(gatehouse.platform().revoked(7).is_empty());
    }
}

#[tokio::test]
async fn an_invite_that_gives_more_than_another_can_is_refused() {
    let with_roles = SampleInvite {
        roles: vec![(6, "Pilot".to_owned())],
        ..invite()
    };
    let with_event = SampleInvite {
        event: Some("Kite night".to_owned()),
        ..invite()
    };
    for special in [with_roles, with_event] {
        let gatehouse = on(PlatformName::Discord, community(special)).await;
        let command = gatehouse.command("rotate", &[("code", json!(CODE))]);
        let told = gatehouse.told_privately(&command).await;
        let title = "This invite gives more than another can be made to give";
        assert_eq!(told.title(), title);
        assert_eq!(rotated_for(&gatehouse, "").await.title(), title);
        assert!(told.description().contains("`/invites revoke`"));
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn an_invite_whose_settings_are_hidden_is_refused() {
    let hidden = community(invite()).hiding_metadata();
    let gatehouse = on(PlatformName::Discord, hidden).await;
    let title = "How this invite is set is hidden from the bot";
    let command = gatehouse.command("rotate", &[("code", json!(CODE))]);
    let told = gatehouse.told_privately(&command).await;
    assert_eq!(told.title(), title);
    assert_eq!(rotated_for(&gatehouse, "").await.title(), title);
    gatehouse.assert_nothing_was_changed();
}

#[tokio::test]
async fn an_invite_that_is_gone_is_not_made_again() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community(invite())).await;
        let card = gatehouse.show(CODE).await;
        let form = gatehouse.opens(&card, "Rotate…").await;
        gatehouse.platform().add_guild(Community::of(7, "Empty"));
        let told = gatehouse.sends(&form, &[], &card).await;
        assert_eq!(told.title(), "There is no such invite here");
        assert_eq!(told.rows(), [["Back to list"]]);
        gatehouse.assert_nothing_was_changed();
    }
}
