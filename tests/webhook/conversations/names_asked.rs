//! Creators and channels, asked for by name and by id.

use gatehouse::sandbox::platform::{Community, SampleChannel, SampleInvite, SampleUser};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::json;

use super::{
    NOW, codes,
    expected::{self, creator, shown_name},
    over, read, sample,
};
use crate::support::{Gatehouse, Message, Setup};

/// The codes of what `username` made in the sample community.
fn made_by(username: &str) -> Vec<String> {
    let passes = |invite: &SampleInvite| creator(invite).is_some_and(|u| u.username == username);
    expected::codes(&sample(), passes, "newest")
}

/// The codes of what leads into this channel of the sample community.
fn into_channel(name: &str) -> Vec<String> {
    expected::codes(&sample(), |invite| invite.channel.name == name, "newest")
}

fn id_of(username: &str) -> u64 {
    let community = sample();
    let mut creators = community.invites.iter().filter_map(creator);
    creators.find(|who| who.username == username).unwrap().id
}

#[tokio::test]
async fn creators_are_asked_for_by_name_mention_and_id() {
    let gatehouse = over(sample()).await;
    let (marisol, ferry) = (id_of("marisol_v"), id_of("FerryBot"));
    for (given, username) in [
        (marisol.to_string(), "marisol_v"),
        (format!("<@{marisol}>"), "marisol_v"),
        (format!("<@!{marisol}>"), "marisol_v"),
        ("marisol_v".to_owned(), "marisol_v"),
        ("MARISOL VANCE".to_owned(), "marisol_v"),
        ("  @marisol ".to_owned(), "marisol_v"),
        ("Tobi 🪁".to_owned(), "tobi"),
        ("ليلى".to_owned(), "layla_h"),
        ("ferrybot".to_owned(), "FerryBot"),
        (ferry.to_string(), "FerryBot"),
        ("@everyone".to_owned(), "everyone"),
    ] {
        let listed = gatehouse.all_codes(&[("by", json!(given))]).await;
        assert!(!listed.is_empty(), "{given}");
        assert_eq!(listed, made_by(username), "{given}");
    }
}

#[tokio::test]
async fn channels_are_asked_for_by_name_mention_and_id() {
    let gatehouse = over(sample()).await;
    let id = sample().channels[1].id;
    for (given, name) in [
        (id.to_string(), "welcome"),
        (format!("<#{id}>"), "welcome"),
        ("#Welcome".to_owned(), "welcome"),
        ("wind".to_owned(), "wind_reports"),
        ("evening lounge".to_owned(), "Evening Lounge"),
        ("📣".to_owned(), "📣-announcements"),
        ("ושלום".to_owned(), "עברית-ושלום"),
    ] {
        let listed = gatehouse.all_codes(&[("channel", json!(given))]).await;
        assert!(!listed.is_empty(), "{given}");
        assert_eq!(listed, into_channel(name), "{given}");
    }
}

#[tokio::test]
async fn an_id_that_nobody_has_lists_nothing_and_says_so() {
    let gatehouse = over(sample()).await;
    let list = gatehouse
        .list(&[("by", json!("1234567890123456789"))])
        .await;
    assert_eq!(codes(&list), [""; 0]);
    assert!(read(list.description()).contains("by 1234567890123456789 · newest first"));
    assert!(list.has_button("Show all invites"));
}

/// What is told to somebody whose name fits nothing or too much.
async fn told(gatehouse: &Gatehouse, option: &str, given: &str) -> Message {
    let command = gatehouse.command("list", &[(option, json!(given))]);
    gatehouse.told_privately(&command).await
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_how_to_find_one() {
    let gatehouse = over(sample()).await;
    let by = told(&gatehouse, "by", "**nobody**").await;
    assert_eq!(by.title(), "Nobody by that name made an invite");
    assert_eq!(
        read(by.description()),
        "No creator's name contains “**nobody**”. Start typing in `by` and pick a suggestion, \
         or leave it out."
    );
    let channel = told(&gatehouse, "channel", "#nowhere").await;
    assert_eq!(channel.title(), "No invite leads into such a channel");
    assert!(read(channel.description()).contains("contains “#nowhere”"));
}

#[tokio::test]
async fn a_name_that_fits_several_is_answered_with_all_of_a_few() {
    let gatehouse = over(sample()).await;
    let mut offered = candidates(&gatehouse, "by", "@AR").await;
    let community = sample();
    let creators = community.invites.iter().filter_map(creator);
    let mut fitting: Vec<_> = creators
        .filter(|who| {
            let names = [who.username.as_str(), shown_name(who)];
            names.iter().any(|name| name.to_lowercase().contains("ar"))
        })
        .map(|who| who.id.to_string())
        .collect();
    fitting.sort();
    fitting.dedup();
    offered.sort();
    assert!((2..=5).contains(&fitting.len()), "{fitting:?}");
    assert_eq!(offered, fitting);
}

#[tokio::test]
async fn a_name_that_fits_many_is_answered_with_some() {
    let gatehouse = over(sample()).await;
    assert_eq!(candidates(&gatehouse, "by", "e").await.len(), 5);
    let told = told(&gatehouse, "channel", "e").await;
    let text = read(told.description());
    assert!(text.contains("fits several: #"), "{text}");
    assert!(text.contains(" and 2 more. Type"), "{text}");
}

/// What stands behind each that an ambiguous name is answered with, as a moderator would type it.
async fn candidates(gatehouse: &Gatehouse, option: &str, given: &str) -> Vec<String> {
    let told = told(gatehouse, option, given).await;
    assert_eq!(told.title(), "Which one do you mean?");
    let text = read(told.description());
    let (_, rest) = text.split_once("fits several: ").unwrap();
    let (all, _) = rest.split_once(". Type the number").unwrap();
    let ids = all.split('`').skip(1).step_by(2);
    ids.map(str::to_owned).collect()
}

/// Types each candidate as it was offered, and asserts that it gets a list.
async fn assert_each_can_be_typed(gatehouse: &Gatehouse, option: &str, given: &str) {
    for candidate in candidates(gatehouse, option, given).await {
        let list = gatehouse.list(&[(option, json!(candidate))]).await;
        assert_eq!(codes(&list).len(), 1, "{candidate}: {}", list.text());
    }
}

fn invites(all: Vec<(SampleUser, SampleChannel)>) -> Community {
    let invites = (0_i64..)
        .zip(all)
        .map(|(number, (who, channel))| SampleInvite {
            inviter: who.into(),
            channel,
            ..SampleInvite::new(
                &format!("code{number:04}"),
                NOW - SignedDuration::from_mins(number),
            )
        });
    Community::of(7, "Lantern Harbour").with_invites(invites.collect())
}

#[tokio::test]
async fn candidates_of_long_names_can_be_typed() {
    let place = SampleChannel::text(1_510_000_000_000_000_101, "general");
    let names = [
        "grandmaster_of_paper_kites_no_31",
        "grandmaster_of_paper_kites_no_32",
    ];
    let people = (1_510_000_000_000_000_201..).zip(names);
    let community = invites(
        people
            .map(|(id, name)| (SampleUser::new(id, name, None), place.clone()))
            .collect(),
    );
    // Fluxer's names are not unique: four digits behind each tell them apart.
    let setup = Setup::new().face(PlatformName::Fluxer);
    let gatehouse = setup.community(community).start().await;
    assert_each_can_be_typed(&gatehouse, "by", "kites").await;
}

#[tokio::test]
async fn candidates_of_channels_with_the_same_name_can_be_typed() {
    let who = SampleUser::new(1_510_000_000_000_000_201, "mallow", None);
    let places = [1_510_000_000_000_000_101, 1_510_000_000_000_000_102]
        .map(|id| (who.clone(), SampleChannel::text(id, "announcements")));
    let gatehouse = over(invites(places.into())).await;
    assert_each_can_be_typed(&gatehouse, "channel", "announcements").await;
}

#[tokio::test]
async fn a_username_goes_before_a_name_that_anybody_may_choose() {
    let place = SampleChannel::text(1_510_000_000_000_000_101, "general");
    let people = [
        SampleUser::new(1_510_000_000_000_000_201, "ann", Some("Captain")),
        SampleUser::new(1_510_000_000_000_000_202, "bob", Some("Ann")),
    ];
    let community = invites(people.map(|who| (who, place.clone())).into());
    let gatehouse = over(community).await;
    let list = gatehouse.list(&[("by", json!("ann"))]).await;
    assert!(read(list.description()).contains("by Captain"));
}
