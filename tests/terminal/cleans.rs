//! A service that is told to end while it revokes hundreds of invites.

use std::time::{Duration, Instant};

use gatehouse::{
    sandbox::platform::{
        Community, DISCORD_TOKEN, Delivered, FLUXER_TOKEN, Fault, Route, SampleInvite,
        SamplePlatform,
    },
    shutdown,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Ended, Face, Gatehouse};

const COUNT: usize = 300;

const GUILD: u64 = Community::SAMPLE_ID;

async fn crowded() -> SamplePlatform {
    let made = Timestamp::now() - SignedDuration::from_hours(40 * 24);
    let invites = (0_i64..)
        .take(COUNT)
        .map(|n| SampleInvite::new(&format!("crowd{n:03}"), made - SignedDuration::from_mins(n)));
    let community = Community::of(GUILD, "Lantern Harbour").with_invites(invites.collect());
    SamplePlatform::start(community).await.unwrap()
}

/// The id of the red button.
fn danger(message: &Value) -> String {
    let rows = message["data"]["components"].as_array().unwrap();
    let buttons = rows.iter().filter_map(|row| row["components"].as_array());
    let danger = buttons.flatten().find(|button| button["style"] == 4);
    danger.unwrap()["custom_id"].as_str().unwrap().to_owned()
}

/// Lets a service clean, ends it once `count` invites were asked to be revoked, and gives how it
/// ended, how long that took, and what its moderator was shown last.
async fn ended_while_it_cleans(
    platform: &SamplePlatform,
    signal: &str,
    count: usize,
) -> (Ended, Duration, Delivered) {
    let gatehouse = Gatehouse::serve().set("GATEHOUSE_LOG", "info,gatehouse=trace");
    let mut running = gatehouse.against(platform).start();
    let mut face = Face::discord(running.address().await);
    let (preview, _) = face.command("clean", json!([])).await;
    let (form, _) = face.press(&danger(&preview)).await;
    assert_eq!(form["type"], 9, "{form:#}");
    let id = form["data"]["custom_id"].as_str().unwrap();
    let number = COUNT.to_string();
    let lines = [("line", number.as_str()), ("reason", "hush-hush")];
    let (promise, token) = face.submit(id, &lines).await;
    assert!(
        matches!(promise["type"].as_u64(), Some(5 | 6)),
        "{promise:#}"
    );
    while platform.count(Route::Revoke) < count {
        assert!(running.is_running(), "{}", running.err());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let began = Instant::now();
    running.signal(signal);
    let ended = running.into_its_end().await;
    let took = began.elapsed();
    for secret in [DISCORD_TOKEN, FLUXER_TOKEN, "crowd0", "crowd2", "hush-hush"] {
        assert!(!ended.err.contains(secret), "{secret:?} in {}", ended.err);
    }
    for secret in &face.secrets {
        assert!(!ended.err.contains(secret.as_str()), "{}", ended.err);
    }
    let last = platform.delivered(&token).pop();
    (ended, took, last.expect("an answer was delivered"))
}

#[tokio::test]
async fn either_signal_ends_a_clean_with_word_of_how_far_it_got() {
    for signal in ["TERM", "INT"] {
        let platform = crowded().await;
        let (ended, took, last) = ended_while_it_cleans(&platform, signal, 60).await;

        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(took < shutdown::PATIENCE, "{took:?}");
        let revoked = platform.revoked(GUILD);
        let shown = last.payload.to_string();
        let told = format!("{} of {COUNT} invites revoked", revoked.len());
        assert!(shown.contains(&told), "{told}: {shown}");
        assert!(shown.contains("the bot is being restarted"), "{shown}");
        assert!(shown.contains("Continue…"), "{shown}");
        let [(_, file)] = &last.files[..] else {
            panic!("no file: {last:?}");
        };
        let mut reader = csv::Reader::from_reader(&file[..]);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), COUNT);
        for row in rows {
            let is_revoked = revoked.iter().any(|code| *code == row[0]);
            let expected = if is_revoked { "revoked" } else { "not_reached" };
            assert_eq!(&row[2], expected, "{}", &row[0]);
        }
    }
}

#[tokio::test]
async fn a_platform_that_hangs_does_not_hold_up_the_end_of_a_clean() {
    let platform = crowded().await;
    platform.fault_after(Route::Revoke, 70, None, Fault::Hang);
    let (ended, took, last) = ended_while_it_cleans(&platform, "TERM", 71).await;

    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(took < shutdown::GRACE, "{took:?}");
    let shown = last.payload.to_string();
    assert!(shown.contains("70 of 300"), "{shown}");
    assert!(shown.contains("being restarted"), "{shown}");
    assert!(!shown.contains("Cancel"), "{shown}");
    assert_eq!(platform.revoked(GUILD).len(), 70);
}
