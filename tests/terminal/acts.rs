//! What changes something, from the terminal: shown first, done with `--yes` alone.

use std::{collections::BTreeSet, time::Duration};

use gatehouse::sandbox::platform::{
    AuditEntry, Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route, SampleInvite, SamplePlatform,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::{Ended, Gatehouse, sample};

const PLATFORMS: [&str; 2] = ["discord", "fluxer"];

const HINT: &str = "Nothing was changed. To do it, say --yes.\n";

/// What changes something on the platform.
const CHANGES: [Route; 3] = [Route::Revoke, Route::Create, Route::Pause];

const GUILD: u64 = Community::SAMPLE_ID;

/// An invite of the sample that can be rotated on both platforms.
fn code() -> String {
    let invites = Community::sample(Timestamp::now()).invites;
    let lasting = |invite: &&SampleInvite| invite.max_age == 0 && invite.channel.kind == 0;
    invites.iter().find(lasting).unwrap().code.clone()
}

/// The codes of the sample that nobody has used, in order.
fn unused() -> BTreeSet<String> {
    let invites = Community::sample(Timestamp::now()).invites.into_iter();
    let unused = invites.filter(|invite| invite.uses == 0);
    unused.map(|invite| invite.code).collect()
}

fn is_paused(platform: &SamplePlatform) -> bool {
    let community = platform.community(GUILD).unwrap();
    community.is_paused() || community.pause_end().is_some()
}

async fn run(platform: &SamplePlatform, on: &str, words: &str) -> Ended {
    Gatehouse::invites(platform, on, words).run().await
}

async fn done(platform: &SamplePlatform, on: &str, words: &str) -> String {
    run(platform, on, &format!("{words} --yes")).await.well()
}

#[track_caller]
fn json(out: &str) -> Value {
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(out).unwrap()
}

/// The reason of the only entry of the audit log with this action.
#[track_caller]
fn reason(platform: &SamplePlatform, action: u32) -> String {
    let log = platform.audit_log(GUILD);
    let of_it: Vec<_> = log.iter().filter(|one| one.action == action).collect();
    assert_eq!(of_it.len(), 1, "{log:?}");
    of_it[0].reason.clone().unwrap_or_default()
}

/// A community with so many invites that nobody has used.
async fn crowded(count: i64) -> SamplePlatform {
    let made = Timestamp::now() - SignedDuration::from_hours(40 * 24);
    let invites = (0..count)
        .map(|n| SampleInvite::new(&format!("crowd{n:03}"), made - SignedDuration::from_mins(n)));
    let community = Community::of(GUILD, "Lantern Harbour").with_invites(invites.collect());
    SamplePlatform::start(community).await.unwrap()
}

#[tokio::test]
async fn without_yes_nothing_is_changed_and_the_way_on_is_told() {
    for on in PLATFORMS {
        let platform = sample().await;
        let mut paused = Community::sample(Timestamp::now());
        paused.id = GUILD;
        let code = code();
        for words in [
            format!("revoke {code} moved to the new link"),
            format!("rotate {code} leaked"),
            "clean unused".to_owned(),
            "create channel:general expires:1d uses:5 temporary:true".to_owned(),
            "pause".to_owned(),
            "resume".to_owned(),
        ] {
            if words == "resume" {
                platform.add_guild(paused.clone().paused());
            }
            for style in ["", " --json"] {
                let ended = run(&platform, on, &format!("{words}{style}")).await;
                assert_eq!(ended.status, Some(0), "{words}: {ended:#?}");
                assert_eq!(ended.err, HINT, "{words}");
                assert!(!ended.out.trim().is_empty(), "{words}");
                if !style.is_empty() {
                    json(&ended.out);
                }
            }
            for change in CHANGES {
                assert_eq!(platform.count(change), 0, "{on}: {words}");
            }
        }
        assert!(platform.audit_log(GUILD).is_empty());
        assert_eq!(platform.community(GUILD).unwrap().invites.len(), 140);
    }
}

#[tokio::test]
async fn what_would_be_done_is_told_before_it_is() {
    let platform = sample().await;
    for on in PLATFORMS {
        let code = code();
        let revoke = run(&platform, on, &format!("revoke {code}")).await.out;
        assert!(revoke.starts_with(&format!("Revoke {code}?")), "{revoke}");
        assert!(revoke.contains("cannot be undone"), "{revoke}");
        let made = run(&platform, on, "create #general expires:1d uses:5").await;
        assert!(made.out.starts_with("Make an invite?"), "{made:#?}");
        for part in ["#general", "1 day", "5 times"] {
            assert!(made.out.contains(part), "{part}: {}", made.out);
        }
        let pause = run(&platform, on, "pause").await.out;
        assert!(pause.starts_with("Pause joining?"), "{pause}");
        let resume = run(&platform, on, "resume").await.out;
        assert!(resume.starts_with("Resume joining?"), "{resume}");
    }
    // What would be refused is not offered.
    let refused = run(&platform, "fluxer", "pause 12h").await;
    assert!(refused.err.starts_with("gatehouse: "), "{refused:#?}");
    assert_eq!(refused.status, Some(1));
}

#[tokio::test]
async fn a_preview_names_the_codes_of_all_its_pages() {
    let platform = sample().await;
    let expected = unused();
    assert!(expected.len() > 20, "more than two pages");
    for on in PLATFORMS {
        let text = run(&platform, on, "clean unused").await.out;
        let head = format!("{} invites would stop working\n", expected.len());
        assert!(text.starts_with(&head), "{text}");
        for invite in Community::sample(Timestamp::now()).invites {
            let is_there = text.contains(&invite.code);
            assert_eq!(is_there, invite.uses == 0, "{}: {text}", invite.code);
        }
        let list = json(&run(&platform, on, "clean unused --json").await.out);
        let rows = list["invites"].as_array().unwrap();
        let codes: BTreeSet<String> = rows
            .iter()
            .map(|row| row["code"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(codes, expected);
        assert_eq!(rows.len(), expected.len(), "each once");
        assert_eq!((&list["page"], &list["pages"]), (&1.into(), &1.into()));
    }
}

#[tokio::test]
async fn with_yes_a_clean_is_done_and_every_outcome_is_told() {
    for on in PLATFORMS {
        let expected = unused();
        let platform = sample().await;
        let out = done(&platform, on, "clean unused reason:spring clean --json").await;
        let told = json(&out);
        assert_eq!(told["guild"], format!("{on}:{GUILD}"));
        assert_eq!(told["halt"], Value::Null);
        let outcomes = told["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), expected.len());
        let mut codes = BTreeSet::new();
        for outcome in outcomes {
            assert_eq!(outcome["outcome"], "revoked");
            assert_eq!(outcome["why"], Value::Null);
            codes.insert(outcome["invite"]["code"].as_str().unwrap().to_owned());
        }
        assert_eq!(codes, expected);
        let revoked: BTreeSet<String> = platform.revoked(GUILD).into_iter().collect();
        assert_eq!(revoked, expected);
        assert_eq!(platform.revoked(GUILD).len(), expected.len(), "each once");
        for entry in platform.audit_log(GUILD) {
            let reason = entry.reason.unwrap();
            assert!(reason.starts_with("spring clean"), "{reason}");
            assert!(reason.contains("the operator"), "{reason}");
        }
        // There is nothing to do any more, and that is no failure.
        let again = done(&platform, on, "clean unused").await;
        assert!(again.starts_with("Nothing to clean\n"), "{again}");
    }
}

#[tokio::test]
async fn with_yes_a_clean_as_text_names_each_invite() {
    for on in PLATFORMS {
        let platform = crowded(30).await;
        let out = done(&platform, on, "clean").await;
        assert!(out.starts_with("30 invites revoked\n"), "{out}");
        for n in 0..30 {
            assert!(out.contains(&format!("crowd{n:03}  revoked")), "{out}");
        }
    }
}

#[tokio::test]
async fn with_yes_an_invite_is_revoked_for_the_words_behind_it() {
    for on in PLATFORMS {
        for style in ["", " --json"] {
            let platform = sample().await;
            let code = code();
            let words = format!("revoke {code} moved to the new link{style}");
            let out = done(&platform, on, &words).await;
            assert!(out.contains(&format!("Revoked invite {code}")), "{out}");
            assert_eq!(platform.revoked(GUILD), [code.as_str()]);
            let reason = reason(&platform, AuditEntry::INVITE_DELETE);
            assert!(reason.starts_with("moved to the new link - by"), "{reason}");
            let gone = done(&platform, on, &words).await;
            assert!(gone.contains("There is no invite"), "{gone}");
        }
    }
}

#[tokio::test]
async fn with_yes_an_invite_is_made() {
    for on in PLATFORMS {
        let platform = sample().await;
        let words = "create #general 1d uses:5 reason:for the fair";
        let out = done(&platform, on, words).await;
        assert!(out.starts_with("Made invite "), "{out}");
        let made = reason(&platform, AuditEntry::INVITE_CREATE);
        assert!(made.starts_with("for the fair"), "{made}");
        let out = done(&platform, on, "create #welcome 1d --json").await;
        let code = json(&out)["invite"]["code"].as_str().unwrap().to_owned();
        let community = platform.community(GUILD).unwrap();
        let invite = community.invite(&code).unwrap();
        assert_eq!((invite.max_age, invite.max_uses), (86_400, 0));
        assert_eq!(invite.channel.name, "welcome");
    }
}

#[tokio::test]
async fn with_yes_an_invite_is_rotated() {
    for on in PLATFORMS {
        for style in ["", " --json"] {
            let platform = sample().await;
            let code = code();
            let out = done(&platform, on, &format!("rotate {code}{style}")).await;
            assert!(out.contains(&format!("Rotated invite {code}")), "{out}");
            assert_eq!(platform.revoked(GUILD), [code.as_str()]);
            assert_eq!(platform.count(Route::Create), 1);
            assert_eq!(platform.community(GUILD).unwrap().invites.len(), 140);
        }
    }
}

#[tokio::test]
async fn with_yes_joining_is_paused_and_goes_on() {
    for on in PLATFORMS {
        for style in ["", " --json"] {
            let platform = sample().await;
            let paused = done(&platform, on, &format!("pause{style}")).await;
            assert!(paused.contains("Joining is paused"), "{paused}");
            assert!(is_paused(&platform));
            let resumed = done(&platform, on, &format!("resume{style}")).await;
            assert!(resumed.contains("Joining goes on"), "{resumed}");
            assert!(!is_paused(&platform));
        }
    }
}

#[tokio::test]
async fn what_changes_nothing_needs_no_yes_and_does_nothing_more_with_it() {
    let platform = sample().await;
    for on in PLATFORMS {
        let code = code();
        for words in [
            format!("show {code}"),
            format!("who {code}"),
            "list unused".to_owned(),
            "review".to_owned(),
            "stats by:channel".to_owned(),
            "help clean".to_owned(),
        ] {
            for more in ["", " --yes", " --json", " --yes --json"] {
                let out = run(&platform, on, &format!("{words}{more}")).await.well();
                assert!(!out.is_empty(), "{words}{more}");
            }
        }
    }
    for change in CHANGES {
        assert_eq!(platform.count(change), 0);
    }
}

/// Keys may be added, but none of these may be missing.
#[track_caller]
fn assert_keys(object: &Value, keys: &[&str]) {
    for key in keys {
        assert!(object.get(key).is_some(), "no {key:?}: {object}");
    }
}

#[tokio::test]
async fn reports_as_json_are_as_documented() {
    let platform = sample().await;
    for on in PLATFORMS {
        let review = json(&run(&platform, on, "review --json").await.well());
        assert_keys(&review, &["guild", "read_at", "more", "findings"]);
        let findings = review["findings"].as_array().unwrap();
        assert!(!findings.is_empty());
        for finding in findings {
            assert_keys(finding, &["rules", "why", "next", "invite"]);
        }
        for by in ["creator", "channel"] {
            let words = format!("stats by:{by} --json");
            let stats = json(&run(&platform, on, &words).await.well());
            assert_keys(
                &stats,
                &["guild", "read_at", "total", "uses", "by", "groups"],
            );
            assert_eq!(stats["total"], 140);
            assert_keys(&stats["groups"][0], &["name", "invites", "uses"]);
        }
        let words = format!("who {} --json", code());
        let who = json(&run(&platform, on, &words).await.well());
        if on == "discord" {
            assert_keys(&who, &["title", "paragraphs"]);
        } else {
            assert_keys(&who, &["guild", "total", "page", "pages", "members"]);
        }
    }
}

#[tokio::test]
async fn an_interrupt_ends_a_clean_after_the_present_one_with_all_outcomes() {
    for on in PLATFORMS {
        let platform = crowded(300).await;
        let gatehouse = Gatehouse::invites(&platform, on, "clean --yes --json");
        let mut running = gatehouse.start();
        while platform.count(Route::Revoke) < 20 {
            assert!(running.is_running(), "{}", running.err());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.signal("INT");
        let ended = running.into_its_end().await;

        assert_eq!(ended.status, Some(1), "{ended:#?}");
        let told = json(&ended.out);
        assert_eq!(told["halt"], "stopping");
        let outcomes = told["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), 300);
        let revoked = platform.revoked(GUILD);
        assert!((20..300).contains(&revoked.len()), "{}", revoked.len());
        for outcome in outcomes {
            let code = outcome["invite"]["code"].as_str().unwrap();
            let is_revoked = revoked.iter().any(|one| one == code);
            let expected = if is_revoked { "revoked" } else { "not_reached" };
            assert_eq!(outcome["outcome"], expected, "{code}");
        }
        let told = format!("gatehouse: {} of 300 invites revoked\n", revoked.len());
        assert!(ended.err.ends_with(&told), "{}", ended.err);
    }
}

#[tokio::test]
async fn an_interrupt_ends_a_clean_over_a_platform_that_hangs() {
    let platform = crowded(30).await;
    platform.fault_after(Route::Revoke, 10, None, Fault::Hang);
    let mut running = Gatehouse::invites(&platform, "fluxer", "clean --yes").start();
    while platform.count(Route::Revoke) < 11 {
        assert!(running.is_running(), "{}", running.err());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.signal("INT");
    let ended = running.into_its_end().await;
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(
        ended.out.starts_with("10 of 30 invites revoked\n"),
        "{}",
        ended.out
    );
    for n in 0..30 {
        assert!(
            ended.out.contains(&format!("crowd{n:03}  ")),
            "{}",
            ended.out
        );
    }
}

#[tokio::test]
async fn a_long_run_tells_how_far_it_is_and_a_failure_is_its_exit_status() {
    let platform = crowded(120).await;
    platform.fault_after(Route::Revoke, 3, Some(1), Fault::Refused(403));
    let ended = run(&platform, "discord", "clean --yes").await;
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.err.contains(" of 120 done · "), "{}", ended.err);
    assert!(
        ended.out.starts_with("119 of 120 invites revoked\n"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("crowd003  failed: "), "{}", ended.out);
}

#[tokio::test]
async fn no_secret_is_printed_whatever_is_done() {
    for on in PLATFORMS {
        let platform = sample().await;
        let code = code();
        for words in [
            format!("revoke {code} moved"),
            "clean unused --json".to_owned(),
            "create #general".to_owned(),
            "pause".to_owned(),
        ] {
            let words = format!("{words} --yes");
            let gatehouse = Gatehouse::invites(&platform, on, &words);
            let ended = gatehouse.set("GATEHOUSE_LOG", "trace").run().await;
            assert_eq!(ended.status, Some(0), "{words}");
            for token in [DISCORD_TOKEN, FLUXER_TOKEN] {
                assert!(!ended.out.contains(token), "{words}: {}", ended.out);
                assert!(!ended.err.contains(token), "{words}: {}", ended.err);
            }
        }
    }
}

#[tokio::test]
async fn help_tells_of_yes_and_of_every_subcommand() {
    let out = Gatehouse::new(&["invites", "--help"]).run().await.well();
    for part in ["--yes", "--json", "--guild", "list unused oldest page:2"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = Gatehouse::new(&["--help"]).run().await.well();
    for part in ["serve", "sandbox", "register", "check", "invites"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = Gatehouse::new(&["check", "--help"]).run().await.well();
    for part in ["--guild", "--json", "discord:<id> or fluxer:<id>"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let platform = sample().await;
    let help = run(&platform, "fluxer", "help").await.well();
    for name in [
        "list", "show", "review", "stats", "who", "revoke", "clean", "create", "rotate", "pause",
        "resume", "export", "check",
    ] {
        assert!(help.contains(name), "{name}: {help}");
    }
}
