//! What a preview shows: every invite that would be revoked, and no other.

use gatehouse::sandbox::platform::{Community, SampleInvite, SampleInviter};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    GUILD, PLATFORMS, assert_nothing_revoked, codes, community, danger, over, read, unused,
};
use crate::support::{Gatehouse, Message, On, Setup};

/// The codes of the sample that a rule takes, newest first.
fn taken(sample: &Community, passes: impl Fn(&SampleInvite) -> bool) -> Vec<String> {
    let mut invites: Vec<_> = sample.invites.iter().filter(|one| passes(one)).collect();
    invites.sort_by_key(|invite| (std::cmp::Reverse(invite.created_at), &invite.code));
    let codes = invites.into_iter().map(|invite| invite.code.clone());
    codes.collect()
}

fn is_older_than(invite: &SampleInvite, days: i64) -> bool {
    Timestamp::now().duration_since(invite.created_at) > SignedDuration::from_hours(24 * days)
}

fn made_by(invite: &SampleInvite, username: &str) -> bool {
    matches!(&invite.inviter, SampleInviter::Known(user) if user.username == username)
}

#[track_caller]
fn assert_says_how_many(preview: &Message, count: usize) {
    let title = match count {
        1 => "1 invite would stop working".to_owned(),
        count => format!("{count} invites would stop working"),
    };
    assert_eq!(preview.title(), title);
    let label = match count {
        1 => "Revoke this invite…".to_owned(),
        count => format!("Revoke these {count} invites…"),
    };
    assert_eq!(danger(preview), Some(label));
}

#[tokio::test]
async fn without_a_condition_it_takes_what_is_unused_and_older_than_thirty_days() {
    let sample = Community::sample(Timestamp::now());
    let expected = taken(&sample, |one| one.uses == 0 && is_older_than(one, 30));
    assert!(expected.len() > 10, "more than a page: {}", expected.len());
    for face in PLATFORMS {
        let setup = Setup::new().face(face).community(sample.clone());
        let gatehouse = setup.start().await;
        let first = gatehouse.preview(&[]).await;
        assert_says_how_many(&first, expected.len());
        let text = first.description().to_owned();
        assert!(text.contains("unused"), "{text}");
        assert!(text.contains("older than 30 days"), "{text}");
        assert_eq!(gatehouse.previewed(first).await, expected);
        assert_nothing_revoked(&gatehouse);
    }
}

/// Options of a clean, and what they take.
type Case = (
    Vec<(&'static str, Value)>,
    Box<dyn Fn(&SampleInvite) -> bool>,
);

#[tokio::test]
async fn every_condition_takes_what_it_says_and_all_of_them_together() {
    let sample = Community::sample(Timestamp::now());
    let [kept, linked] = [&sample.invites[0].code, &sample.invites[10].code];
    let keep = format!("{kept}, https://discord.gg/{linked}");
    let (kept, linked) = (kept.clone(), linked.clone());
    let cases: Vec<Case> = vec![
        (
            vec![("state", json!("never-expires"))],
            Box::new(|one| one.max_age == 0),
        ),
        (
            vec![("by", json!("tobi"))],
            Box::new(|one| made_by(one, "tobi")),
        ),
        (
            vec![("channel", json!("welcome"))],
            Box::new(|one| one.channel.name == "welcome"),
        ),
        (
            vec![("older_than", json!("12w"))],
            Box::new(|one| is_older_than(one, 84)),
        ),
        (
            vec![("uses_at_most", json!(3))],
            Box::new(|one| one.uses <= 3),
        ),
        (
            vec![("state", json!("unused")), ("keep", json!(keep))],
            Box::new(move |one| one.uses == 0 && one.code != kept && one.code != linked),
        ),
        (
            vec![
                ("state", json!("never-expires")),
                ("channel", json!("general")),
                ("older_than", json!("90d")),
                ("uses_at_most", json!(500)),
            ],
            Box::new(|one| {
                one.max_age == 0
                    && one.channel.name == "general"
                    && is_older_than(one, 90)
                    && one.uses <= 500
            }),
        ),
    ];
    for face in PLATFORMS {
        let setup = Setup::new().face(face).community(sample.clone());
        let gatehouse = setup.start().await;
        for (options, passes) in &cases {
            let expected = taken(&sample, passes);
            assert!(!expected.is_empty(), "{options:?}");
            let first = gatehouse.preview(options).await;
            assert_says_how_many(&first, expected.len());
            assert_eq!(gatehouse.previewed(first).await, expected, "{options:?}");
        }
        assert_nothing_revoked(&gatehouse);
    }
}

#[tokio::test]
async fn a_list_leads_to_the_preview_of_all_that_it_shows() {
    let sample = Community::sample(Timestamp::now());
    let search = taken(&sample, |one| {
        one.channel.name.to_lowercase().contains("kite")
            || one.code.to_lowercase().contains("kite")
            || matches!(&one.inviter, SampleInviter::Known(user)
                if user.username.contains("kite"))
    });
    assert!(!search.is_empty());
    for face in PLATFORMS {
        let setup = Setup::new().face(face).community(sample.clone());
        let gatehouse = setup.start().await;
        for (options, expected) in [
            (vec![("search", json!("kite"))], search.clone()),
            (
                vec![("state", json!("unused")), ("sort", json!("oldest"))],
                taken(&sample, |one| one.uses == 0),
            ),
            (
                vec![("by", json!("tobi")), ("page", json!(1))],
                taken(&sample, |one| made_by(one, "tobi")),
            ),
        ] {
            let list = gatehouse.ask(&gatehouse.command("list", &options)).await;
            let first = gatehouse.click_on(&list, "Clean these…").await;
            assert_says_how_many(&first, expected.len());
            assert_eq!(gatehouse.previewed(first).await, expected, "{options:?}");
        }
        assert_nothing_revoked(&gatehouse);
    }
}

#[tokio::test]
async fn a_page_can_be_jumped_to_and_shows_what_the_next_one_would() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(35)).await;
        let first = gatehouse.preview(&[]).await;
        let pages = gatehouse.turn_through(first).await;
        assert_eq!(pages.len(), 4);
        for (number, page) in (1..).zip(&pages) {
            let last = &pages[3];
            let opened = gatehouse.ask(&gatehouse.press_on(last, "4/4")).await;
            let typed = format!("{number}");
            let jump = gatehouse.filled_in(&opened, last, &[("line", &typed)]);
            let jumped = gatehouse.comes_of(&jump).await;
            assert_eq!(codes(&jumped), codes(page));
            assert_eq!(jumped.title(), page.title());
            assert!(jumped.footer().contains(&format!("Page {number} of 4")));
        }
        let back = gatehouse.click_on(&pages[3], "First").await;
        assert_eq!(codes(&back), codes(&pages[0]));
        let last = gatehouse.click_on(&back, "Last").await;
        assert_eq!(codes(&last), codes(&pages[3]));
        let back = gatehouse.click_on(&last, "Back").await;
        assert_eq!(codes(&back), codes(&pages[2]));
    }
}

#[tokio::test]
async fn what_leads_elsewhere_or_was_named_is_kept_and_told() {
    let mut invites = unused(6);
    invites[1].event = Some("Lantern parade".to_owned());
    invites[2].roles = vec![(GUILD + 9, "Keeper".to_owned())];
    let mut harbour = community(invites);
    harbour.vanity_code = Some("clean003".to_owned());
    for face in PLATFORMS {
        let setup = Setup::new().face(face).community(harbour.clone());
        let gatehouse = setup.start().await;
        let preview = gatehouse.preview(&[("keep", json!("clean004"))]).await;
        let text = preview.description().to_owned();
        assert!(text.contains("Kept although they fit: "), "{text}");
        assert!(text.contains("1 that you named"), "{text}");
        let kept = codes(&preview);
        for code in ["clean003", "clean004"] {
            assert!(!kept.iter().any(|shown| shown == code), "{kept:?}");
        }
        assert!(text.contains("this community's own address"), "{text}");
        // Fluxer has neither roles nor events at its invites.
        let is_discord = gatehouse.face == gatehouse_commands::PlatformName::Discord;
        assert_eq!(
            text.contains("1 to a scheduled event"),
            is_discord,
            "{text}"
        );
        assert_eq!(text.contains("1 with roles"), is_discord, "{text}");

        let ran = gatehouse.go(&gatehouse.confirmation(&preview).await).await;
        let mut expected = vec!["clean000", "clean005"];
        if !is_discord {
            expected.splice(1..1, ["clean001", "clean002"]);
        }
        assert_eq!(gatehouse.platform().revoked(GUILD), expected);
        assert_eq!(ran.with("revoked"), expected);
    }
}

#[tokio::test]
async fn a_rule_that_takes_nothing_offers_nothing_to_revoke() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(3)).await;
        let preview = gatehouse.preview(&[("older_than", json!("52w"))]).await;
        assert_eq!(preview.title(), "Nothing to clean");
        assert!(read(preview.description()).contains("takes no invite"));
        assert_eq!(danger(&preview), None);
    }
}

#[tokio::test]
async fn a_preview_whose_list_changed_between_two_pages_says_so() {
    for face in PLATFORMS {
        let gatehouse = over(face, unused(25)).await;
        let first = gatehouse.preview(&[]).await;
        let newest = Timestamp::now() - SignedDuration::from_hours(31 * 24);
        let mut invites = unused(25);
        invites.insert(0, SampleInvite::new("unseen", newest));
        gatehouse.platform().add_guild(community(invites));
        // What was read before that is forgotten, as it would be after some seconds.
        let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
        gatehouse.click_on(&list, "Refresh").await;

        let shown = gatehouse.click_on(&first, "Next").await;

        assert!(
            shown.description().contains("The list has changed"),
            "{}",
            shown.text()
        );
        // Whoever goes on from here has to have had a chance to see it.
        assert!(codes(&shown).contains(&"unseen".to_owned()), "{shown:?}");
        let next = gatehouse.click_on(&shown, "Next").await;
        assert!(!next.description().contains("The list has changed"));
    }
}

#[tokio::test]
async fn codes_to_keep_that_are_none_are_refused_with_an_example() {
    let gatehouse = Gatehouse::start().await;
    let eleven: Vec<String> = (0..11).map(|n| format!("keep{n:02}")).collect();
    for wrong in [eleven.join(","), "ä".to_owned()] {
        let command = gatehouse.command("clean", &[("keep", json!(wrong))]);
        let answer = gatehouse.ask(&command).await;
        assert!(read(&answer.text()).contains("keep"), "{}", answer.text());
        assert_eq!(danger(&answer), None);
    }
    gatehouse.assert_platform_not_asked();
    // A press on another's message would put whole codes where others read them.
    let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
    let press = gatehouse.press(&list.button("Clean these…").custom_id, On::Shared, &[]);
    let reply = gatehouse.send(&press).await;
    assert!(reply.is_private(), "{reply:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_fullest_rule_fits_into_its_buttons() {
    let mut invites = unused(40);
    for invite in &mut invites {
        invite.channel.name = "漢".repeat(32);
    }
    let keep: Vec<String> = (0..10).map(|n| format!("clean{n:03}")).collect();
    for face in PLATFORMS {
        let gatehouse = over(face, invites.clone()).await;
        let options = [
            ("state", json!("never-expires")),
            ("by", json!("mallow")),
            ("channel", json!("漢".repeat(32))),
            ("older_than", json!("30d")),
            ("uses_at_most", json!(1_000_000)),
            ("keep", json!(keep.join(","))),
            ("reason", json!("a".repeat(400))),
        ];
        let preview = gatehouse.preview(&options).await;
        let last = gatehouse.click_on(&preview, "Last").await;
        assert_eq!(gatehouse.previewed(preview).await.len(), 30);
        let ran = gatehouse.go(&gatehouse.confirmation(&last).await).await;
        assert_eq!(ran.with("revoked").len(), 30);

        let search = [
            ("search", json!("漢".repeat(32))),
            ("by", json!("mallow")),
            ("channel", json!("漢".repeat(32))),
            ("state", json!("never-expires")),
        ];
        let found = gatehouse.ask(&gatehouse.command("list", &search)).await;
        let preview = gatehouse.click_on(&found, "Clean these…").await;
        let ran = gatehouse.go(&gatehouse.confirmation(&preview).await).await;
        assert_eq!(ran.with("revoked").len(), 10);
    }
}
