//! `/invites export` and the Export button.

use gatehouse::sandbox::platform::{Community, SampleChannel, SampleInvite, SampleUser};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, expected, expected::creator, over, read, sample};
use crate::support::{On, Reply};

const HEADER: [&str; 14] = [
    "code",
    "link",
    "channel_id",
    "channel",
    "creator_id",
    "creator",
    "creator_name",
    "creator_kind",
    "uses",
    "max_uses",
    "created_at",
    "expires_at",
    "max_age_seconds",
    "temporary",
];

/// The lines of a CSV file below its header.
fn lines(bytes: &[u8]) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(bytes);
    assert_eq!(reader.headers().unwrap(), HEADER.as_slice());
    reader.records().map(Result::unwrap).collect()
}

/// The column of this name.
fn column<'a>(lines: &'a [csv::StringRecord], name: &str) -> Vec<&'a str> {
    let index = HEADER.iter().position(|header| *header == name).unwrap();
    lines.iter().map(|line| &line[index]).collect()
}

#[tokio::test]
async fn a_table_holds_everything_in_order_and_goes_to_the_moderator_alone() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("export", &[]);
    let (later, name, bytes) = gatehouse.file(&command).await;
    assert_eq!(
        name,
        format!("invites-{}-2026-08-21.csv", Community::SAMPLE_ID)
    );
    assert_eq!(
        read(later.message.description()),
        "Invites into Paper Kite Society (sample). **140 invites** · newest first. Codes let \
         their holder in: keep the file to yourself."
    );
    let lines = lines(&bytes);
    assert_eq!(column(&lines, "code"), expected::newest(&sample()));
    assert!(String::from_utf8(bytes).unwrap().ends_with("\r\n"));
}

#[tokio::test]
async fn every_cell_is_what_the_platform_said() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("export", &[]);
    let (_, _, bytes) = gatehouse.file(&command).await;
    let invites = expected::invites(&sample(), |_| true, "newest")
        .into_iter()
        .cloned()
        .collect::<Vec<_>>();
    for (line, invite) in lines(&bytes).iter().zip(&invites) {
        let who = creator(invite);
        let kind = who.map_or("", |who| match (who.username.as_str(), who.bot) {
            ("DeletedUser", _) => "deleted",
            (_, true) => "bot",
            (_, false) => "person",
        });
        let or_none = |number: u32| {
            let some = (number > 0).then(|| number.to_string());
            some.unwrap_or_default()
        };
        let told = |name: &str| column(std::slice::from_ref(line), name)[0].to_owned();
        let link = format!("https://discord.gg/{}", invite.code);
        assert_eq!(told("link"), link);
        assert_eq!(told("channel"), invite.channel.name);
        assert_eq!(told("channel_id"), invite.channel.id.to_string());
        let id = who.map(|who| who.id.to_string()).unwrap_or_default();
        assert_eq!(told("creator_id"), id);
        assert_eq!(told("creator_kind"), kind);
        assert_eq!(told("uses"), invite.uses.to_string());
        assert_eq!(told("max_uses"), or_none(invite.max_uses));
        assert_eq!(told("created_at"), invite.created_at.to_string());
        let ends = invite.expires_at().map(|end| end.to_string());
        assert_eq!(told("expires_at"), ends.unwrap_or_default());
        assert_eq!(told("max_age_seconds"), or_none(invite.max_age));
        assert_eq!(told("temporary"), invite.temporary.to_string());
    }
}

#[tokio::test]
async fn table_and_script_follow_filter_and_order() {
    let gatehouse = over(sample()).await;
    let filter = [
        ("state", json!("used")),
        ("by", json!("marisol_v")),
        ("sort", json!("most-used")),
    ];
    let passes = |invite: &SampleInvite| {
        invite.uses > 0 && creator(invite).is_some_and(|who| who.username == "marisol_v")
    };
    let expected = expected::codes(&sample(), passes, "most-used");
    assert!(!expected.is_empty());
    for format in ["csv", "json"] {
        let options = [&filter[..], &[("format", json!(format))]].concat();
        let command = gatehouse.command("export", &options);
        let (later, name, bytes) = gatehouse.file(&command).await;
        assert!(name.ends_with(&format!(".{format}")), "{name}");
        let summary = read(later.message.description());
        assert!(
            summary.contains("used · by Marisol Vance · most used first"),
            "{summary}"
        );
        if format == "csv" {
            assert_eq!(column(&lines(&bytes), "code"), expected);
        } else {
            let document: Value = serde_json::from_slice(&bytes).unwrap();
            let invites = document["invites"].as_array().unwrap();
            let codes: Vec<_> = invites.iter().map(|one| one["code"].as_str()).collect();
            assert_eq!(
                codes,
                expected
                    .iter()
                    .map(|code| Some(code.as_str()))
                    .collect::<Vec<_>>()
            );
            assert_eq!(document["total"], 140);
            assert_eq!(
                document["guild"],
                format!("discord:{}", Community::SAMPLE_ID)
            );
            assert_eq!(document["read_at"], "2026-08-21T12:00:00Z");
        }
    }
}

#[tokio::test]
async fn the_button_exports_what_the_list_shows_on_all_its_pages() {
    let gatehouse = over(sample()).await;
    let list = gatehouse
        .list(&[("state", json!("unused")), ("sort", json!("oldest"))])
        .await;
    let export = list.button("Export").custom_id;
    let press = gatehouse.press(&export, On::Private, &[]);
    let (_, name, bytes) = gatehouse.file(&press).await;
    assert_eq!(name.rsplit_once('.').unwrap().1, "csv");
    let unused = expected::codes(&sample(), |invite| invite.uses == 0, "oldest");
    assert_eq!(column(&lines(&bytes), "code"), unused);
}

#[tokio::test]
async fn nothing_to_export_is_a_file_with_its_header() {
    let gatehouse = over(Community::of(7, "Lantern Harbour")).await;
    let (_, _, bytes) = gatehouse.file(&gatehouse.command("export", &[])).await;
    assert_eq!(lines(&bytes).len(), 0);
}

#[tokio::test]
async fn no_cell_is_a_formula_and_a_script_gets_names_as_they_are() {
    let names = [
        "=HYPERLINK(\"https://evil.example\",\"x\")",
        "+1+1",
        "-2",
        "@SUM(1)",
        "\t=1",
        " =1",
        "＝1",
        "a,\"b\"\r\n=c",
    ];
    let invites = (0_i64..).zip(names).map(|(number, name)| SampleInvite {
        channel: SampleChannel::text(100 + number.unsigned_abs(), name),
        inviter: SampleUser::new(200 + number.unsigned_abs(), name, Some(name)).into(),
        ..SampleInvite::new(
            &format!("-code{number:03}"),
            NOW - SignedDuration::from_mins(number),
        )
    });
    let community = Community::of(7, "=Harbour").with_invites(invites.collect());
    let gatehouse = over(community).await;
    let (_, _, bytes) = gatehouse.file(&gatehouse.command("export", &[])).await;
    let lines = lines(&bytes);
    assert_eq!(lines.len(), names.len());
    for line in &lines {
        for cell in line {
            let first = cell.trim_start_matches(' ').chars().next();
            let starts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
            assert!(first.is_none_or(|c| !starts.contains(&c)), "{cell:?}");
        }
    }
    for column in ["channel", "creator", "creator_name"].map(|name| column(&lines, name)) {
        for (cell, name) in column.iter().zip(names) {
            assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), name);
        }
    }

    let command = gatehouse.command("export", &[("format", json!("json"))]);
    let (_, _, bytes) = gatehouse.file(&command).await;
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    for (row, name) in document["invites"].as_array().unwrap().iter().zip(names) {
        assert_eq!(row["channel"], name);
        assert_eq!(row["creator"], name);
    }
}

#[tokio::test]
async fn a_wish_that_cannot_be_met_comes_without_a_file() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("export", &[("by", json!("nobody-here"))]);
    let reply = gatehouse.send(&command).await;
    assert_eq!(reply.kind, Reply::MESSAGE);
    assert!(reply.is_private());
    assert_eq!(reply.message.title(), "Nobody by that name made an invite");
    let command = gatehouse.command("export", &[("format", json!("xlsx"))]);
    let told = gatehouse.told_privately(&command).await;
    assert!(told.text().contains("one of csv, json"), "{}", told.text());
}
