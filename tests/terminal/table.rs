//! `gatehouse invites list`, as a person reads it.

use gatehouse::{
    sandbox::platform::{Community, Fault, Route, SampleInvite, SamplePlatform, SampleUser},
    terminal::DEFAULT_WIDTH,
};
use jiff::{SignedDuration, Timestamp};
use unicode_width::UnicodeWidthStr;

use crate::support::{Gatehouse, sample};

const PLATFORMS: [&str; 2] = ["discord", "fluxer"];

/// The header line of the table and those below it, up to the blank one.
fn table(out: &str) -> Vec<&str> {
    let lines = out.lines().skip_while(|line| !line.starts_with("CODE"));
    lines.take_while(|line| !line.is_empty()).collect()
}

/// Where the columns of the header begin, in columns of the screen.
fn beginnings(header: &str) -> Vec<usize> {
    ["CODE", "USES", "ENDS", "CHANNEL", "CREATOR", "MADE"]
        .map(|name| header.find(name).unwrap())
        .to_vec()
}

/// Asserts that in each row a cell begins in this column of the screen, behind a blank.
#[track_caller]
fn assert_lined_up(rows: &[&str]) {
    let (header, rows) = rows.split_first().expect("a header");
    for row in rows {
        for beginning in beginnings(header).into_iter().skip(1) {
            let before: String = row
                .char_indices()
                .find(|(at, _)| row[..*at].width() >= beginning)
                .map(|(at, _)| row[..at].to_owned())
                .unwrap_or_default();
            let width = before.width();
            assert_eq!(width, beginning, "a cell across column {beginning}: {row}");
            assert!(before.ends_with("  "), "no gap at {beginning}: {row}");
            assert!(!row[before.len()..].starts_with(' '), "shifted: {row}");
        }
    }
}

async fn with_invites(invites: Vec<SampleInvite>) -> SamplePlatform {
    let community = Community::of(Community::SAMPLE_ID, "Kites").with_invites(invites);
    SamplePlatform::start(community).await.unwrap()
}

#[tokio::test]
async fn a_list_is_a_table_whose_columns_line_up() {
    let platform = sample().await;
    for on in PLATFORMS {
        for page in 1..=14 {
            let words = format!("list page:{page}");
            let out = Gatehouse::invites(&platform, on, &words).run().await.well();
            let rows = table(&out);
            assert_eq!(rows.len(), 11, "{out}");
            assert_lined_up(&rows);
            for row in rows {
                assert!(row.width() <= DEFAULT_WIDTH, "{row}");
            }
        }
    }
}

#[tokio::test]
async fn names_of_every_script_and_length_line_up() {
    let names = [
        "Mallow",
        "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢",
        "👩‍🚀👩‍🚀👩‍🚀 of the sky",
        "e\u{301}e\u{301}e\u{301} combining",
        "\u{200b}\u{200b}zero\u{200b}",
        "a\u{202e}desrever\u{202c}",
        "tab\there",
        "line\nbreak",
        "\u{1b}[31mred\u{1b}[0m",
        "",
        "한국어 이름",
        "ไทยภาษาไทย",
    ];
    let now = Timestamp::now();
    let invites = names.iter().zip(1_u32..).map(|(name, number)| {
        let user = SampleUser::new(u64::from(number), "someone", Some(name));
        SampleInvite {
            inviter: user.into(),
            ..SampleInvite::new(
                &format!("code{number:04}"),
                now - SignedDuration::from_hours(i64::from(number)),
            )
        }
    });
    let platform = with_invites(invites.collect()).await;
    for on in PLATFORMS {
        for page in ["list", "list page:2"] {
            let out = Gatehouse::invites(&platform, on, page).run().await.well();
            assert_lined_up(&table(&out));
            let unprintable = |c: char| c.is_control() && c != '\n';
            assert!(!out.contains(unprintable), "{out:?}");
        }
    }
}

#[tokio::test]
async fn no_escape_codes_go_where_there_is_no_terminal() {
    let platform = sample().await;
    let code = Community::sample(Timestamp::now()).invites[0].code.clone();
    let show = format!("show {code}");
    for words in ["list", &show, "help", "export csv", "list --json"] {
        let out = Gatehouse::invites(&platform, "fluxer", words)
            .set("TERM", "xterm-256color")
            .set("CLICOLOR_FORCE", "1")
            .run()
            .await
            .well();
        assert!(!out.contains('\u{1b}'), "{words}: {out:?}");
    }
}

#[tokio::test]
async fn the_head_of_a_list_says_whose_it_is_and_how_much_there_is() {
    let platform = sample().await;
    let out = Gatehouse::invites(&platform, "fluxer", "list page:2")
        .run()
        .await
        .well();
    let mut lines = out.lines();
    assert_eq!(
        lines.next(),
        Some("Invites into Paper Kite Society (sample)")
    );
    assert_eq!(lines.next(), Some("140 invites · newest first"));
    let last = lines.next_back();
    assert_eq!(
        last,
        Some("Page 2 of 14 · 140 of 1000 invites · read just now")
    );
    assert!(out.ends_with('\n'));
}

#[tokio::test]
async fn an_empty_list_has_no_table() {
    let platform = with_invites(Vec::new()).await;
    for on in PLATFORMS {
        let out = Gatehouse::invites(&platform, on, "list").run().await.well();
        assert!(out.contains("Nobody has made an invite yet"), "{out}");
        assert!(!out.contains("CODE"), "{out}");
    }
}

#[tokio::test]
async fn what_discord_hides_is_called_hidden() {
    let community = Community::sample(Timestamp::now()).hiding_metadata();
    let platform = SamplePlatform::start(community).await.unwrap();
    let out = Gatehouse::invites(&platform, "discord", "list")
        .run()
        .await
        .well();
    assert!(out.contains("hidden"), "{out}");
    assert!(out.contains("the bot lacks Manage Server"), "{out}");
    assert_lined_up(&table(&out));
}

#[tokio::test]
async fn a_paused_community_is_told_above_the_table() {
    let community = Community::sample(Timestamp::now()).paused();
    let platform = SamplePlatform::start(community).await.unwrap();
    for on in PLATFORMS {
        let out = Gatehouse::invites(&platform, on, "list").run().await.well();
        assert!(out.contains("Joining by invite is paused."), "{out}");
    }
}

#[tokio::test]
async fn a_list_does_not_need_the_community_itself() {
    let platform = sample().await;
    platform.fault(Route::Guild, Fault::Refused(500));
    for (on, title) in [
        ("discord", "Invites"),
        // Its invites name it.
        ("fluxer", "Invites into Paper Kite Society (sample)"),
    ] {
        let out = Gatehouse::invites(&platform, on, "list").run().await.well();
        assert_eq!(out.lines().next(), Some(title));
        assert_eq!(table(&out).len(), 11, "{out}");
    }
}
