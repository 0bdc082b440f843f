//! `/invites stats`: totals, with a chart.

use std::collections::BTreeMap;

use gatehouse::sandbox::platform::{Community, SampleInvite};
use gatehouse_commands::PlatformName;
use serde_json::{Value, json};

use super::{expected, on, read, sample};
use crate::support::{Gatehouse, Interaction, Later, MEMBER, Message, On, Reply};

/// What groups are counted by, and the group of an invite.
type By = (&'static str, fn(&SampleInvite) -> String);

const BY: [By; 2] = [
    ("creator", |invite| {
        let known = expected::creator(invite).filter(|who| who.username != "DeletedUser");
        known.map_or("unknown or deleted".to_owned(), |who| {
            expected::shown_name(who).to_owned()
        })
    }),
    ("channel", |invite| format!("#{}", invite.channel.name)),
];

/// Uses and invites of the groups, the most used first.
fn groups(community: &Community, of: fn(&SampleInvite) -> String) -> Vec<(u32, usize)> {
    let mut groups: BTreeMap<String, (u32, usize)> = BTreeMap::new();
    for invite in &community.invites {
        let group = groups.entry(of(invite)).or_default();
        group.0 += invite.uses;
        group.1 += 1;
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_unstable();
    groups.reverse();
    groups
}

/// The reply that comes by an edit, since a picture goes with it.
async fn edited(gatehouse: &Gatehouse, interaction: &Interaction, promised: u64) -> Later {
    let reply = gatehouse.send(interaction).await;
    assert_eq!(reply.kind, promised, "{reply:#?}");
    gatehouse.edit(interaction).await
}

async fn stats(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Later {
    let command = gatehouse.command("stats", options);
    edited(gatehouse, &command, Reply::DEFERRED_MESSAGE).await
}

/// The description of the attached picture.
fn alt_text(message: &Message) -> String {
    let text = message.json()["attachments"][0]["description"].as_str();
    text.unwrap().to_owned()
}

/// `1. name · 12 uses · 3 invites` as `(12, 3)`, of the text or of what the picture shows.
fn numbers(line: &str) -> (u32, usize) {
    let words: Vec<&str> = line.split([' ', ';']).collect();
    let before = |noun: &str| {
        let at = words
            .iter()
            .rposition(|word| word.trim_end_matches('s') == noun);
        words[at.unwrap() - 1].to_owned()
    };
    (
        before("use").parse().unwrap(),
        before("invite").parse().unwrap(),
    )
}

#[track_caller]
fn assert_chart(later: &Later) {
    assert_eq!(later.message.picture(), Some("attachment://stats.png"));
    let [(name, bytes)] = &later.files[..] else {
        panic!("one file: {later:#?}");
    };
    assert_eq!(name, "stats.png");
    assert!(bytes.len() < 500_000, "{} bytes", bytes.len());
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert!(frame.width >= 300 && frame.height >= 100, "{frame:?}");
    let pixels = &pixels[..frame.buffer_size()];
    assert!(
        pixels.iter().any(|byte| *byte != pixels[0]),
        "nothing drawn"
    );
}

#[tokio::test]
async fn totals_are_those_of_the_list() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, sample()).await;
        let later = stats(&gatehouse, &[]).await;
        let stats = &later.message;
        assert_eq!(
            read(stats.title()),
            "Invites of Paper Kite Society (sample)"
        );
        assert_eq!(
            stats.field_names(),
            [
                "Capacity",
                "Uses",
                "Never end",
                "Ages",
                "Uses by creator",
                "Uses by channel"
            ]
        );
        let all = sample().invites;
        let count = |is: fn(&SampleInvite) -> bool| all.iter().filter(|one| is(one)).count();
        assert_eq!(stats.field("Capacity"), "140 of 1000 invites (14 %)");
        let uses: u32 = all.iter().map(|invite| invite.uses).sum();
        let unused = count(|invite| invite.uses == 0);
        assert_eq!(
            stats.field("Uses"),
            format!("{uses} uses in all · {unused} invites never used")
        );
        let endless = count(|invite| invite.max_age == 0);
        let unlimited = count(|invite| invite.max_age == 0 && invite.max_uses == 0);
        let told = stats.field("Never end");
        assert!(told.starts_with(&format!("{endless} (")), "{told}");
        assert!(
            told.ends_with(&format!("{unlimited} of them without limit")),
            "{told}"
        );
        let ages = stats.field("Ages").split(" · ");
        let ages = ages.map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(ages.sum::<usize>(), 140, "{}", stats.field("Ages"));
    }
}

#[tokio::test]
async fn the_picture_the_text_and_its_description_hold_the_same_numbers() {
    for platform in PlatformName::ALL {
        for (by, of) in BY {
            let gatehouse = on(platform, sample()).await;
            let later = stats(&gatehouse, &[("by", json!(by))]).await;
            assert_chart(&later);
            let groups = groups(&sample(), of);
            let field = later.message.field(&format!("Uses by {by}")).to_owned();
            let lines: Vec<&str> = field.lines().collect();
            let shown = groups.len().min(10);
            let told: Vec<_> = lines[..shown].iter().map(|line| numbers(line)).collect();
            assert_eq!(told, groups[..shown], "{field}");
            if groups.len() > shown {
                let more = format!("and {} more", groups.len() - shown);
                assert_eq!(lines[shown], more);
            }
            let alt = alt_text(&later.message);
            assert!(
                alt.starts_with(&format!("Bar chart, uses by {by}. 1. ")),
                "{alt}"
            );
            let described: Vec<_> = alt.split("; ").map(numbers).collect();
            assert_eq!(described, groups[..shown], "{alt}");
        }
    }
}

#[tokio::test]
async fn buttons_change_what_is_counted_and_lead_back_without_the_picture() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, sample()).await;
        let by_creator = stats(&gatehouse, &[]).await.message;
        assert_eq!(
            by_creator.rows(),
            [["By creator", "By channel", "Back to list"]]
        );
        let press = gatehouse.press_label(&by_creator, "By channel", On::Private);
        let later = edited(&gatehouse, &press, Reply::DEFERRED_UPDATE).await;
        assert_chart(&later);
        assert!(later.message.field("Uses by channel").starts_with("1. "));
        let press = gatehouse.press_label(&later.message, "By creator", On::Private);
        let later = edited(&gatehouse, &press, Reply::DEFERRED_UPDATE).await;
        assert_eq!(
            later.message.field("Uses by creator"),
            by_creator.field("Uses by creator")
        );
        let list = gatehouse.click(&later.message, "Back to list").await;
        assert_eq!(list.json()["attachments"], json!([]));
        assert!(list.description().starts_with("**140 invites**"));
    }
}

#[tokio::test]
async fn a_slow_way_back_drops_the_picture_too() {
    let gatehouse = on(PlatformName::Discord, sample()).await;
    let later = stats(&gatehouse, &[]).await;
    let slow = gatehouse::sandbox::platform::Fault::Slow(std::time::Duration::from_millis(1_700));
    let press = gatehouse.press_label(&later.message, "Back to list", On::Private);
    // Whatever was read before is old once something has been changed.
    gatehouse
        .told_privately(&gatehouse.command("create", &[("channel", json!("#general"))]))
        .await;
    gatehouse
        .told_privately(&gatehouse.command("pause", &[]))
        .await;
    gatehouse
        .platform()
        .fault(gatehouse::sandbox::platform::Route::Invites, slow);
    let later = edited(&gatehouse, &press, Reply::DEFERRED_UPDATE).await;
    assert_eq!(later.message.json()["attachments"], json!([]));
    assert!(later.message.description().starts_with("**141 invites**"));
}

#[tokio::test]
async fn shared_stats_are_for_everyone_and_hold_no_code() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, sample()).await;
        let command = gatehouse.command("stats", &[("share", json!(true))]);
        let reply = gatehouse.send(&command).await;
        assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE);
        assert!(!reply.is_private());
        let later = gatehouse.edit(&command).await;
        assert_chart(&later);
        let body = later.message.json().to_string();
        for invite in sample().invites {
            assert!(!body.contains(&invite.code), "{}", invite.code);
        }
        let press = gatehouse.press_label(&later.message, "By channel", On::Shared);
        let told = gatehouse.told_privately(&press.clone().by(MEMBER)).await;
        assert_eq!(told.title(), "This takes a moderator");
        let later = edited(&gatehouse, &press.renewed(), Reply::DEFERRED_UPDATE).await;
        assert_chart(&later);
        let back = gatehouse.press_label(&later.message, "Back to list", On::Shared);
        let list = gatehouse.replaced_by(&back).await;
        assert!(list.json().to_string().contains("••••"));
        assert_eq!(list.json()["attachments"], json!([]));
    }
}

#[tokio::test]
async fn an_empty_community_has_no_picture() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, Community::of(7, "Lantern Harbour")).await;
        let stats = gatehouse
            .told_privately(&gatehouse.command("stats", &[]))
            .await;
        assert_eq!(stats.field("Capacity"), "0 of 1000 invites (0 %)");
        assert_eq!(stats.picture(), None);
        let by_channel = gatehouse.click(&stats, "By channel").await;
        assert_eq!(by_channel.picture(), None);
    }
}

#[tokio::test]
async fn hidden_uses_are_not_counted_as_none() {
    let gatehouse = on(PlatformName::Discord, sample().hiding_metadata()).await;
    let later = stats(&gatehouse, &[]).await;
    let text = later.message.text();
    assert!(text.contains("is hidden"), "{text}");
    assert!(!later.message.field_names().contains(&"Uses"), "{text}");
    assert!(!text.contains(" 0 uses"), "{text}");
    assert!(!text.contains("without limit"), "{text}");
    let alt = alt_text(&later.message);
    assert!(
        alt.starts_with("Bar chart, invites by creator. 1. "),
        "{alt}"
    );
    assert!(!alt.contains("use"), "{alt}");
    let mut most: Vec<_> = groups(&sample(), BY[0].1)
        .into_iter()
        .map(|group| group.1)
        .collect();
    most.sort_unstable();
    let first = text.lines().find(|line| line.starts_with("1. ")).unwrap();
    assert!(
        first.ends_with(&format!(" · {} invites", most.pop().unwrap())),
        "{first}"
    );
}

#[tokio::test]
async fn bulky_names_keep_every_limit() {
    for platform in PlatformName::ALL {
        let bulky = Community::of(7, "Lantern Harbour").many(1_000, super::NOW);
        let gatehouse = on(platform, bulky).await;
        for (by, _) in BY {
            let later = stats(&gatehouse, &[("by", json!(by))]).await;
            assert_chart(&later);
        }
    }
}
