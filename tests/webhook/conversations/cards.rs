//! `/invites show`: one invite in full.

use gatehouse::sandbox::platform::{
    Community, Fault, Route, SampleChannel, SampleInvite, SampleInviter, SampleUser,
};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, codes, expected, over, read, sample};
use crate::support::{Message, On, Setup};

const DAY: u32 = 86_400;

fn community(invite: SampleInvite) -> Community {
    Community::of(7, "Lantern Harbour").with_invites(vec![invite])
}

/// An invite made ten minutes ago.
fn invite() -> SampleInvite {
    SampleInvite::new("aBcD12xY", NOW - SignedDuration::from_mins(10))
}

/// The card's fields as a reader sees them.
fn fields(card: &Message) -> Vec<(String, String)> {
    let fields = card.json()["embeds"][0]["fields"].as_array().unwrap();
    let text = |value: &Value| read(value.as_str().unwrap());
    fields
        .iter()
        .map(|field| (text(&field["name"]), text(&field["value"])))
        .collect()
}

#[tokio::test]
async fn a_card_tells_everything_that_is_known() {
    let gatehouse = over(community(SampleInvite {
        max_age: DAY,
        max_uses: 50,
        uses: 12,
        temporary: true,
        ..invite()
    }))
    .await;
    let command = gatehouse.command("show", &[("code", json!("aBcD12xY"))]);
    let card = gatehouse.told_privately(&command).await;
    assert_eq!(card.title(), "Invite `aBcD12xY`");
    let made = NOW.as_second() - 600;
    let ends = made + i64::from(DAY);
    let expected = [
        ("Link", "https://discord.gg/aBcD12xY".to_owned()),
        ("Leads into", "Lantern Harbour".to_owned()),
        ("Channel", "#general".to_owned()),
        (
            "Made by",
            "Mallow (mallow, person, id 1510000000000000201)".to_owned(),
        ),
        ("Uses", "▰▰▱▱▱▱▱▱▱▱ 12 of 50 uses".to_owned()),
        ("Made", format!("<t:{made}:f> (<t:{made}:R>)")),
        ("Ends", format!("<t:{ends}:f> (<t:{ends}:R>)")),
        ("Lifetime", "1 day from its making".to_owned()),
        (
            "Membership",
            "temporary: members are dropped when they disconnect, unless given a role".to_owned(),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    assert_eq!(fields(&card), expected);
    assert_eq!(card.footer(), "read just now");
    assert_eq!(
        card.rows(),
        [[
            "Back to list",
            "Refresh",
            "Who joined",
            "Rotate…",
            "Revoke…"
        ]]
    );
}

#[tokio::test]
async fn an_invite_without_limits_says_so() {
    let gatehouse = over(community(SampleInvite {
        uses: 3,
        ..invite()
    }))
    .await;
    let card = gatehouse.show("aBcD12xY").await;
    assert_eq!(card.field("Uses"), "3 uses, no limit");
    assert_eq!(card.field("Ends"), "never, until it is revoked");
    assert_eq!(card.field("Lifetime"), "without end");
    assert_eq!(card.field("Membership"), "lasting");
}

#[tokio::test]
async fn what_only_some_invites_bring_is_told() {
    let gatehouse = over(community(invite())).await;
    let body = json!([{
        "type": 0,
        "code": "aBcD12xY",
        "channel": {"id": "1510000000000000106", "type": 2, "name": "Evening Lounge"},
        "expires_at": null,
        "flags": 1,
        "target_type": 1,
        "roles": [{"id": "5", "name": "@everyone"}, {"id": "6", "name": "*Pilot*"}],
        "guild_scheduled_event": {"id": "9", "name": "Kite night"},
        "uses": 0, "max_uses": 0, "max_age": 0, "temporary": false,
        "created_at": "2026-08-21T11:00:00.000000+00:00",
    }]);
    let answer = Fault::Status { status: 200, body };
    gatehouse.platform().fault(Route::Invites, answer);
    let card = gatehouse.show("aBcD12xY").await;
    assert_eq!(
        read(card.field("Also")),
        "lets guests into a voice channel only · gives the roles @everyone, *Pilot* · \
         leads to the event Kite night · leads to someone's stream"
    );
    assert!(card.field("Also").contains("\\@everyone"));
}

#[tokio::test]
async fn a_link_and_another_case_are_taken_for_the_code() {
    let gatehouse = over(community(invite())).await;
    for given in [
        "https://discord.gg/aBcD12xY",
        "<https://discord.com/invite/aBcD12xY/>",
        "discord.gg/aBcD12xY?event=1",
        "  aBcD12xY ",
        "ABCD12XY",
        "https://discord.gg/abcd12xy",
    ] {
        let card = gatehouse.show(given).await;
        assert_eq!(card.title(), "Invite `aBcD12xY`", "{given}");
    }
}

#[tokio::test]
async fn a_code_that_fits_two_but_for_its_case_is_none() {
    let other = SampleInvite {
        code: "AbCd12Xy".to_owned(),
        ..invite()
    };
    let community = community(invite()).with_invites(vec![invite(), other]);
    let gatehouse = over(community).await;
    assert_eq!(
        gatehouse.show("AbCd12Xy").await.title(),
        "Invite `AbCd12Xy`"
    );
    let told = gatehouse.show("abcd12xy").await;
    assert_eq!(told.title(), "There is no such invite here");
}

#[tokio::test]
async fn an_unknown_code_is_told_politely_with_a_way_to_the_list() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("show", &[("code", json!("zzzzzzzz"))]);
    let told = gatehouse.told_privately(&command).await;
    assert_eq!(told.title(), "There is no such invite here");
    assert!(told.description().contains("`/invites list`"));
    let list = gatehouse.click(&told, "Back to list").await;
    assert_eq!(codes(&list).len(), 10);
}

#[tokio::test]
async fn what_can_be_no_code_gets_an_example_and_nobody_is_asked() {
    let gatehouse = over(sample()).await;
    for wrong in [
        "../../users/@me",
        "two words",
        "ä",
        "https://discord.gg/",
        "?",
    ] {
        let command = gatehouse.command("show", &[("code", json!(wrong))]);
        let told = gatehouse.told_privately(&command).await;
        assert!(told.text().contains("`code:aBcD12xY`"), "{}", told.text());
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn back_to_list_returns_to_the_page_with_its_filter_and_order() {
    let gatehouse = over(sample()).await;
    let options = [
        ("state", json!("never-expires")),
        ("sort", json!("oldest")),
        ("search", json!("e")),
        ("page", json!(2)),
    ];
    let list = gatehouse.list(&options).await;
    for code in codes(&list) {
        let card = gatehouse.choose(&list, "Open an invite…", &code).await;
        assert_eq!(card.title(), format!("Invite `{code}`"));
        let card = gatehouse.click(&card, "Refresh").await;
        let back = gatehouse.click(&card, "Back to list").await;
        assert_eq!(back.json()["components"], list.json()["components"]);
        assert_eq!(back.description(), list.description());
    }
}

#[tokio::test]
async fn refresh_reads_the_invite_again() {
    let gatehouse = over(community(invite())).await;
    let card = gatehouse.show("aBcD12xY").await;
    let used = SampleInvite {
        uses: 4,
        ..invite()
    };
    gatehouse.platform().add_guild(community(used));
    let refreshed = gatehouse.click(&card, "Refresh").await;
    assert_eq!(refreshed.field("Uses"), "4 uses, no limit");
    assert_eq!(gatehouse.platform().count(Route::Invites), 2);
}

#[tokio::test]
async fn an_invite_that_is_gone_since_leaves_the_way_back() {
    let mut community = sample();
    let gatehouse = over(community.clone()).await;
    let list = gatehouse.list(&[("sort", json!("oldest"))]).await;
    let code = codes(&list)[0].clone();
    let card = gatehouse.choose(&list, "Open an invite…", &code).await;
    community.invites.retain(|invite| invite.code != code);
    gatehouse.platform().add_guild(community);
    let told = gatehouse.click(&card, "Refresh").await;
    assert_eq!(told.title(), "There is no such invite here");
    let back = gatehouse.click(&told, "Back to list").await;
    assert!(back.description().starts_with("**139 invites** · oldest"));
}

#[tokio::test]
async fn creators_of_every_sort_are_told_apart() {
    let by = |inviter: SampleInviter| SampleInvite {
        inviter,
        ..invite()
    };
    let bot = SampleUser::bot(40, "FerryBot");
    let deleted = SampleUser::deleted(42);
    let tag = format!("FerryBot#{}", bot.discriminator);
    for (inviter, made_by, entry) in [
        (
            bot.into(),
            format!("FerryBot ({tag}, bot, id 40)"),
            "by FerryBot",
        ),
        (
            SampleInviter::Absent,
            "unknown: the platform does not say".to_owned(),
            "by unknown",
        ),
        (
            SampleInviter::Null,
            "unknown: the platform does not say".to_owned(),
            "by unknown",
        ),
        (
            deleted.into(),
            "a deleted account (id 42)".to_owned(),
            "by a deleted account",
        ),
    ] {
        let gatehouse = over(community(by(inviter))).await;
        let list = gatehouse.list(&[]).await;
        assert!(
            read(list.description()).contains(&format!("#general · {entry} · made")),
            "{}",
            list.description()
        );
        let card = gatehouse.choose(&list, "Open an invite…", "aBcD12xY").await;
        assert_eq!(read(card.field("Made by")), made_by);
    }
}

#[tokio::test]
async fn fluxer_names_its_own_links_and_tags() {
    let setup = Setup::new().face(PlatformName::Fluxer);
    let invite = SampleInvite {
        channel: SampleChannel::category(1_510_000_000_000_000_108, "Front Gate"),
        ..invite()
    };
    let gatehouse = setup.community(community(invite)).start().await;
    let card = gatehouse.show("aBcD12xY").await;
    assert!(card.field("Link").ends_with("/aBcD12xY"));
    assert!(!card.field("Link").contains("discord"));
    let tag = SampleUser::new(1_510_000_000_000_000_201, "mallow", None).discriminator;
    let made_by = read(card.field("Made by"));
    assert!(made_by.contains(&format!("(mallow#{tag}, ")), "{made_by}");
    assert_eq!(read(card.field("Channel")), "#Front Gate");
}

#[tokio::test]
async fn what_discord_hides_is_explained_and_not_made_up() {
    let gatehouse = over(sample().hiding_metadata()).await;
    let list = gatehouse.list(&[]).await;
    let why = "How often invites are used is hidden: the bot lacks **Manage Server**.";
    assert!(list.description().contains(why), "{}", list.description());
    assert!(list.description().contains("**Server Settings → Roles**"));
    for word in ["unused", "uses**", "made <t:", "temporary"] {
        assert!(!list.description().contains(word), "{word}");
    }
    let code = codes(&list)[0].clone();
    let card = gatehouse.choose(&list, "Open an invite…", &code).await;
    assert!(card.description().contains(why), "{}", card.description());
    let names: Vec<_> = fields(&card).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Link", "Leads into", "Channel", "Made by", "Ends"]);
    let used = gatehouse.list(&[("state", json!("used"))]).await;
    assert!(used.description().starts_with("**0 of 140** match: used"));
}

#[tokio::test]
async fn a_pause_is_told_on_list_and_card() {
    let soon = NOW + SignedDuration::from_hours(1);
    for community in [sample().paused(), sample().paused_until(soon)] {
        let gatehouse = over(community).await;
        let list = gatehouse.list(&[]).await;
        let paused = "**Joining by invite is paused.** These invites let nobody in";
        assert!(
            list.description().contains(paused),
            "{}",
            list.description()
        );
        let code = codes(&list)[0].clone();
        let card = gatehouse.show(&code).await;
        assert!(
            card.description().contains(paused),
            "{}",
            card.description()
        );
    }
    let gatehouse = over(sample().paused_until(NOW)).await;
    let list = gatehouse.list(&[]).await;
    assert!(!list.description().contains("paused"));
}

#[tokio::test]
async fn what_ended_since_the_list_was_read_is_told() {
    let gatehouse = over(community(SampleInvite {
        max_age: 605,
        ..invite()
    }))
    .await;
    gatehouse.list(&[]).await;
    gatehouse.clock.advance(SignedDuration::from_secs(6));
    let card = gatehouse.show("aBcD12xY").await;
    let ends = card.field("Ends");
    assert!(ends.starts_with("has ended, <t:"), "{ends}");
}

#[tokio::test]
async fn a_value_that_is_no_key_gets_a_fresh_list() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    let menu = list.menu("Open an invite…").custom_id;
    let newest = expected::newest(&sample());
    for wrong in [newest[0].as_str(), "", "@", "=", "@x", "=a b"] {
        let open = gatehouse.press(&menu, On::Private, &[wrong]);
        let fresh = gatehouse.told_privately(&open).await;
        assert!(fresh.description().contains("Here is a fresh list."));
    }
}
