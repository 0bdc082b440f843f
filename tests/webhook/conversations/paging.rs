//! `/invites list`, page by page.

use std::{sync::Arc, time::Duration};

use gatehouse::sandbox::platform::{
    Community, Fault, Route, SampleChannel, SampleInvite, SampleUser,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{NOW, codes, expected, over, read, sample};
use crate::support::{Gatehouse, Message, On, Reply};

/// The text of the middle button.
fn position(list: &Message) -> String {
    list.rows()[1][2].clone()
}

#[track_caller]
fn assert_enabled(list: &Message, enabled: &[&str], disabled: &[&str]) {
    for label in enabled {
        assert!(!list.button(label).is_disabled, "{label}");
    }
    for label in disabled {
        assert!(list.button(label).is_disabled, "{label}");
    }
}

#[tokio::test]
async fn the_first_page_shows_the_ten_newest_and_what_can_be_done() {
    let gatehouse = over(sample()).await;
    let list = gatehouse
        .told_privately(&gatehouse.command("list", &[]))
        .await;
    assert_eq!(
        read(list.title()),
        "Invites into Paper Kite Society (sample)"
    );
    assert!(list.description().starts_with("**140 invites** · newest"));
    assert_eq!(codes(&list), expected::newest(&sample())[..10]);
    assert_eq!(
        list.footer(),
        "Page 1 of 14 · 140 of 1000 invites · read just now"
    );
    let rows = list.rows();
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0], ["Open an invite…"]);
    assert_eq!(rows[1], ["First", "Back", "1/14", "Next", "Last"]);
    assert_eq!(rows[2..4], [["Filter"], ["Sort"]]);
    assert_eq!(
        rows[4],
        ["Refresh", "Export", "Clean these…", "Pause joining…"]
    );
    assert_enabled(&list, &["Next", "Last"], &["First", "Back"]);
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
    assert_eq!(gatehouse.platform().count(Route::Guild), 1);
}

#[tokio::test]
async fn an_entry_is_two_lines_with_all_that_matters() {
    let invite = SampleInvite {
        max_age: 3_600,
        max_uses: 50,
        uses: 12,
        temporary: true,
        ..SampleInvite::new("aBcD12xY", NOW - SignedDuration::from_mins(10))
    };
    let community = Community::of(7, "Lantern Harbour").with_invites(vec![invite]);
    let gatehouse = over(community).await;
    let list = gatehouse.list(&[]).await;
    let (made, ends) = (NOW.as_second() - 600, NOW.as_second() + 3_000);
    assert_eq!(
        read(list.description()),
        format!(
            "**1 invite** · newest first\n\n\
             `aBcD12xY` · **12 of 50 uses** · ends <t:{ends}:R>\n\
             #general · by Mallow · made <t:{made}:R> · temporary"
        )
    );
}

#[tokio::test]
async fn next_leads_to_the_end_and_back_to_the_beginning() {
    let gatehouse = over(sample()).await;
    let first = gatehouse.list(&[]).await;
    let pages = gatehouse.pages_from(first).await;
    assert_eq!(pages.len(), 14);
    let shown: Vec<String> = pages.iter().flat_map(codes).collect();
    assert_eq!(shown, expected::newest(&sample()));
    for (number, page) in (1..).zip(&pages) {
        assert_eq!(position(page), format!("{number}/14"));
        let footer = format!("Page {number} of 14 · 140 of 1000 invites");
        assert!(page.footer().starts_with(&footer), "{}", page.footer());
    }
    assert_enabled(&pages[6], &["First", "Back", "Next", "Last"], &[]);
}

#[tokio::test]
async fn back_first_and_last_go_where_they_say() {
    let gatehouse = over(sample()).await;
    let first = gatehouse.list(&[]).await;
    let last = gatehouse.click(&first, "Last").await;
    assert_eq!(position(&last), "14/14");
    assert_enabled(&last, &["First", "Back"], &["Next", "Last"]);
    let before = gatehouse.click(&last, "Back").await;
    assert_eq!(position(&before), "13/14");
    assert_eq!(codes(&before), expected::newest(&sample())[120..130]);
    let again = gatehouse.click(&before, "First").await;
    assert_eq!(again.description(), first.description());
    assert_enabled(&again, &["Next", "Last"], &["First", "Back"]);
}

/// Presses the middle button and sends its form off with this text.
async fn jump(gatehouse: &Gatehouse, list: &Message, text: &str) -> Reply {
    let middle = list.button(&position(list)).custom_id;
    let form = gatehouse
        .send(&gatehouse.press(&middle, On::Private, &[]))
        .await;
    assert_eq!(form.kind, Reply::MODAL);
    assert_eq!(form.message.title(), "Go to a page");
    let form_id = form.message.form_id();
    let submit = gatehouse.submit(&form_id, text, On::Private);
    gatehouse.send(&submit).await
}

#[tokio::test]
async fn the_middle_button_asks_for_a_page_and_goes_there() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[("sort", json!("oldest"))]).await;
    let ninth = jump(&gatehouse, &list, " 9 ").await;
    assert_eq!(ninth.kind, Reply::UPDATE);
    assert_eq!(position(&ninth.message), "9/14");
    let oldest = expected::codes(&sample(), |_| true, "oldest");
    assert_eq!(codes(&ninth.message), oldest[80..90]);
}

#[tokio::test]
async fn a_page_past_the_end_is_the_last_and_before_the_first_the_first() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[("page", json!(5))]).await;
    for far in ["15", "999", "9999999"] {
        let there = jump(&gatehouse, &list, far).await;
        assert_eq!(position(&there.message), "14/14", "{far}");
    }
    let first = jump(&gatehouse, &list, "0").await;
    assert_eq!(position(&first.message), "1/14");
}

#[tokio::test]
async fn what_is_no_page_gets_an_example_and_leaves_the_list_alone() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    for wrong in ["two", "-3", "1.5", "９", " "] {
        let reply = jump(&gatehouse, &list, wrong).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{wrong:?}");
        assert!(reply.is_private(), "{wrong:?}");
        assert_eq!(reply.message.title(), "That is no page number");
        assert!(reply.message.text().contains("for example `2`"));
    }
}

#[tokio::test]
async fn one_page_has_no_paging_row() {
    let mut community = sample();
    community.invites.truncate(10);
    let gatehouse = over(community).await;
    let list = gatehouse.list(&[]).await;
    assert_eq!(codes(&list).len(), 10);
    assert_eq!(list.footer(), "10 of 1000 invites · read just now");
    let rows = list.rows();
    assert_eq!(rows[..3], [["Open an invite…"], ["Filter"], ["Sort"]]);
    assert_eq!(rows.len(), 4);
}

#[tokio::test]
async fn a_list_without_invites_says_so_and_offers_nothing_to_open() {
    let gatehouse = over(Community::of(7, "Lantern Harbour")).await;
    let list = gatehouse.list(&[]).await;
    assert_eq!(
        list.description(),
        "**0 invites** · newest first\n\n\
         Nobody has made an invite yet, or all have ended."
    );
    assert_eq!(list.rows()[0], ["Filter"]);
    assert!(!list.has_button("Show all invites"));
}

#[tokio::test]
async fn the_page_option_opens_that_page() {
    let gatehouse = over(sample()).await;
    let third = gatehouse.list(&[("page", json!(3))]).await;
    assert_eq!(position(&third), "3/14");
    assert_eq!(codes(&third), expected::newest(&sample())[20..30]);
    let last = gatehouse.list(&[("page", json!(1_000_000))]).await;
    assert_eq!(position(&last), "14/14");
}

#[tokio::test]
async fn a_page_option_that_is_none_gets_an_example() {
    let gatehouse = over(sample()).await;
    for wrong in [json!(0), json!(-1), json!(1.5), json!(1_000_001)] {
        let command = gatehouse.command("list", &[("page", wrong.clone())]);
        let told = gatehouse.told_privately(&command).await;
        assert_eq!(told.title(), "“page” does not take that", "{wrong}");
        assert!(told.text().contains("`page:2`"), "{}", told.text());
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn the_footer_tells_how_old_the_list_is() {
    let gatehouse = over(sample()).await;
    gatehouse.list(&[]).await;
    gatehouse.clock.advance(SignedDuration::from_secs(7));
    let later = gatehouse.list(&[]).await;
    assert!(
        later.footer().ends_with(" · read 7 seconds ago"),
        "{}",
        later.footer()
    );
    let refreshed = gatehouse.click(&later, "Refresh").await;
    assert!(refreshed.footer().ends_with(" · read just now"));
}

#[tokio::test]
async fn only_refresh_asks_the_platform_again() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    let next = gatehouse.click(&list, "Next").await;
    let sorted = gatehouse.choose(&next, "Sort", "Oldest first").await;
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);

    let mut changed = sample();
    changed.invites.push(SampleInvite::new(
        "newest77",
        NOW - SignedDuration::from_secs(1),
    ));
    gatehouse.platform().add_guild(changed);
    let newest = gatehouse.choose(&sorted, "Sort", "Newest first").await;
    assert!(!codes(&newest).contains(&"newest77".to_owned()));
    let fresh = gatehouse.click(&newest, "Refresh").await;
    assert_eq!(codes(&fresh)[0], "newest77");
    assert!(
        fresh
            .footer()
            .starts_with("Page 1 of 15 · 141 of 1000 invites")
    );
    assert_eq!(gatehouse.platform().count(Route::Invites), 2);
}

#[tokio::test]
async fn however_many_ask_at_once_the_platform_is_asked_once() {
    let gatehouse = Arc::new(over(sample()).await);
    let slow = Fault::Slow(Duration::from_millis(200));
    gatehouse.platform().fault(Route::Invites, slow);
    let mut asking = JoinSet::new();
    for number in 0..20 {
        let gatehouse = Arc::clone(&gatehouse);
        asking.spawn(async move {
            let page = json!(1 + number % 14);
            let list = gatehouse.command("list", &[("page", page)]);
            codes(&gatehouse.read_in_the_end(&list).await).len()
        });
    }
    assert_eq!(asking.join_all().await, vec![10; 20]);
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
}

/// Everything that can be sent from a message.
fn custom_ids(message: &Message) -> Vec<String> {
    let rows = message.json()["components"].as_array().unwrap();
    rows.iter()
        .flat_map(|row| row["components"].as_array().unwrap())
        .map(|component| component["custom_id"].as_str().unwrap().to_owned())
        .collect()
}

/// 25 invites, by an account and into a channel with the greatest of ids.
fn with_long_names(name: &str) -> Community {
    let invites = (0_i64..25).map(|number| SampleInvite {
        channel: SampleChannel::text(u64::MAX, name),
        inviter: SampleUser::new(u64::MAX - 1, "kiteflyer", None).into(),
        ..SampleInvite::new(
            &format!("code{number:04}xyz"),
            NOW - SignedDuration::from_mins(number),
        )
    });
    Community::of(u64::MAX - 2, "Lantern Harbour").with_invites(invites.collect())
}

#[tokio::test]
async fn the_longest_view_fits_into_every_button_and_survives_a_press() {
    for letter in ["漢", "🪁", "ע", "İ"] {
        let name = letter.repeat(32);
        let gatehouse = over(with_long_names(&name)).await;
        let options: [(&str, Value); 6] = [
            ("search", json!(name)),
            ("by", json!((u64::MAX - 1).to_string())),
            ("channel", json!(u64::MAX.to_string())),
            ("state", json!("unused")),
            ("sort", json!("least-used")),
            ("page", json!(2)),
        ];
        let list = gatehouse.list(&options).await;
        assert_eq!(position(&list), "2/3", "{letter}");
        let card = gatehouse
            .choose(&list, "Open an invite…", "code0012xyz")
            .await;
        for id in [custom_ids(&list), custom_ids(&card)].concat() {
            assert!(id.chars().count() <= 100, "{id}");
        }
        let back = gatehouse.click(&card, "Back to list").await;
        assert_eq!(back.json()["embeds"], list.json()["embeds"], "{letter}");
        let next = gatehouse.click(&back, "Next").await;
        assert_eq!((position(&next), codes(&next).len()), ("3/3".to_owned(), 5));
    }
}
