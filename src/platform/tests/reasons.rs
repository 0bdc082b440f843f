//! What audit logs keep.

use gatehouse_commands::AUDIT_REASON_MAX_CHARS;

use super::*;

/// The reasons that the platform kept, the oldest first.
async fn kept(platform: PlatformName, reason: &Reason) -> Vec<String> {
    let bench = Bench::start().await;
    let guild = at(platform, GUILD);
    let gone = code(&code_of("a", guild));
    bench.platforms.revoke(guild, &gone, reason).await.unwrap();
    let new = new_invite();
    bench.platforms.create(guild, &new, reason).await.unwrap();
    let pause = Pause {
        until: (platform == PlatformName::Discord)
            .then(|| Timestamp::now() + SignedDuration::from_hours(1)),
    };
    for pause in [Some(pause), None] {
        let set = bench.platforms.set_pause(guild, pause, reason);
        set.await.unwrap();
    }
    let log = bench.sample.audit_log(GUILD).into_iter();
    log.map(|entry| entry.reason.unwrap()).collect()
}

#[tokio::test]
async fn every_change_says_why_and_who_wanted_it() {
    for platform in PlatformName::ALL {
        let kept = kept(platform, &reason()).await;
        assert_eq!(kept, ["Spam link - by ann (42)"; 4], "{platform}");
    }
}

#[tokio::test]
async fn discord_keeps_every_character() {
    let reason = Reason::new(Some("Überfall 🪁 50% „Spam“"), &actor("נועה לביא"));
    let kept = kept(PlatformName::Discord, &reason).await;
    let whole = "Überfall 🪁 50% „Spam“ - by נועה לביא (42)";
    assert_eq!(kept, [whole; 4]);
}

#[tokio::test]
async fn fluxer_keeps_what_can_be_read_in_ascii() {
    let reason = Reason::new(Some("Überfall 🪁 50% „Spam“"), &actor("Zoë Ødegård"));
    let kept = kept(PlatformName::Fluxer, &reason).await;
    let whole = "Uberfall kite 50% ,,Spam\" - by Zoe Odegard (42)";
    assert_eq!(kept, [whole; 4]);
}

#[tokio::test]
async fn a_long_name_is_cut_in_ascii_too() {
    let reason = Reason::new(None, &actor(&"Ж".repeat(32)));
    let kept = kept(PlatformName::Fluxer, &reason).await;
    let name = format!("{}.", "Zh".repeat(18));
    assert_eq!(kept[0], format!("no reason given - by {name} (42)"));
}

#[tokio::test]
async fn a_reason_is_kept_at_the_limit_and_cut_past_it() {
    // Each character becomes two; with the name they fill an entry to the last one.
    let by = " - by annie (42)";
    assert_eq!(by.len() % 2, 0);
    let fitting = (AUDIT_REASON_MAX_CHARS - by.len()) / 2;
    for chars in [fitting, fitting + 1] {
        let reason = Reason::new(Some(&"Ж".repeat(chars)), &actor("annie"));
        let whole = format!("{}{by}", "Zh".repeat(fitting));
        assert_eq!(whole.len(), AUDIT_REASON_MAX_CHARS);
        let kept = kept(PlatformName::Fluxer, &reason).await;
        assert_eq!(kept[0], whole, "{chars}");
    }
}

#[tokio::test]
async fn the_longest_reason_that_can_be_typed_is_kept_by_discord() {
    let reason = Reason::new(Some(&"🪁".repeat(600)), &actor(&"נ".repeat(40)));
    let kept = kept(PlatformName::Discord, &reason).await;
    assert!(kept[0].starts_with("🪁🪁"));
    assert!(kept[0].ends_with(" (42)"));
}
