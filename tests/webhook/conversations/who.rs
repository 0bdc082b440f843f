//! `/invites who`: who came through an invite and is still here.

use gatehouse::sandbox::platform::{
    Community, Fault, MemberSearch, Route, SampleInvite, SampleMember, SampleUser,
};
use gatehouse_commands::PlatformName;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{NOW, on, read};
use crate::support::{Gatehouse, Message, On};

const CODE: &str = "aBcD12xY";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The first moment that an id can tell.
const EPOCH_MS: i64 = 1_420_070_400_000;

fn invite(uses: u32) -> SampleInvite {
    SampleInvite {
        uses,
        ..SampleInvite::new(CODE, NOW - DAY * 40)
    }
}

/// Somebody with an account of this age.
fn user(name: &str, made: Timestamp) -> SampleUser {
    let millis = u64::try_from(made.as_millisecond() - EPOCH_MS).unwrap();
    SampleUser::new(millis << 22, name, None)
}

/// As many who came as this, one every minute, the latest a minute ago, with old accounts.
fn crowd(invite: &SampleInvite, count: i32) -> Vec<SampleMember> {
    (1..=count)
        .map(|number| {
            let joined = NOW - MINUTE * number;
            let made = NOW - DAY * 900 - MINUTE * number;
            SampleMember::through(invite, user(&format!("guest{number}"), made), joined)
        })
        .collect()
}

fn community(uses: u32, members: Vec<SampleMember>) -> Community {
    let mut community = Community::of(7, "Lantern Harbour").with_invites(vec![invite(uses)]);
    community.members = members;
    community
}

async fn who(gatehouse: &Gatehouse) -> Message {
    let command = gatehouse.command("who", &[("code", json!(CODE))]);
    gatehouse.told_privately(&command).await
}

/// The names on a page.
fn names(page: &Message) -> Vec<String> {
    let text = read(page.description());
    text.lines()
        .filter_map(|line| Some(line.split_once(" (")?.0.to_owned()))
        .filter(|name| name.starts_with("guest"))
        .collect()
}

/// From which one on members were asked for.
fn offsets(gatehouse: &Gatehouse) -> Vec<u64> {
    let requests = gatehouse.platform().requests();
    let searches = requests.iter().filter(|one| one.is(Route::MembersSearch));
    searches
        .map(|search| {
            let body: Value = serde_json::from_slice(&search.body).unwrap();
            assert_eq!(body["source_invite_code"], json!([CODE]));
            body["offset"].as_u64().unwrap_or_default()
        })
        .collect()
}

#[tokio::test]
async fn fluxer_tells_exactly_who_newest_first_with_the_age_of_their_accounts() {
    let invite = invite(3);
    let nicknamed = SampleMember {
        nickname: Some("Ann of the *Kites*".to_owned()),
        ..SampleMember::through(&invite, user("ann", NOW - DAY * 400), NOW - HOUR * 2)
    };
    let young = SampleMember::through(&invite, user("bob", NOW - DAY * 3), NOW - DAY);
    let old = SampleMember::through(&invite, user("cy", NOW - DAY * 800), NOW - DAY * 2);
    let by_another = SampleMember {
        source_invite_code: Some("eFgH34zW".to_owned()),
        ..SampleMember::new(user("dee", NOW - DAY * 9), NOW - MINUTE)
    };
    let unknown = SampleMember::new(user("eve", NOW - DAY * 9), NOW - MINUTE);
    let members = vec![old, by_another, nicknamed, unknown, young];
    let gatehouse = on(PlatformName::Fluxer, community(3, members)).await;
    let page = who(&gatehouse).await;
    assert_eq!(page.title(), format!("Who came through `{CODE}`"));
    let text = read(page.description());
    assert!(text.contains("**3 members** still here"), "{text}");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("joined"))
        .collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("Ann of the *Kites* (ann#"), "{text}");
    let joined = (NOW - HOUR * 2).as_second();
    assert!(
        lines[0].contains(&format!("joined <t:{joined}:R>")),
        "{text}"
    );
    assert!(lines[0].ends_with("account 1 year old"), "{text}");
    assert!(lines[1].starts_with("bob (bob#"), "{text}");
    assert!(lines[1].ends_with("**account 2 days old then**"), "{text}");
    assert!(lines[2].starts_with("cy (cy#"), "{text}");
    assert!(
        page.description().contains("\\*Kites\\*"),
        "markup stays text"
    );
    assert_eq!(page.rows(), [["Back to invite", "Revoke…", "Back to list"]]);
}

#[tokio::test]
async fn more_than_the_platform_gives_at_once_come_ten_a_page() {
    let members = crowd(&invite(123), 123);
    let gatehouse = on(PlatformName::Fluxer, community(123, members)).await;
    let mut page = who(&gatehouse).await;
    let mut seen = names(&page);
    assert!(page.footer().starts_with("Page 1 of 13"), "{}", page.text());
    assert!(!page.has_button("Back"));
    for number in 2..=13 {
        page = gatehouse.click(&page, "Next").await;
        let footer = page.footer();
        assert!(
            footer.starts_with(&format!("Page {number} of 13")),
            "{footer}"
        );
        seen.extend(names(&page));
    }
    let all: Vec<String> = (1..=123).map(|number| format!("guest{number}")).collect();
    assert_eq!(seen, all);
    assert!(!page.has_button("Next"));
    let back = gatehouse.click(&page, "Back").await;
    assert_eq!(names(&back), all[110..120]);
    let offsets = offsets(&gatehouse);
    assert_eq!(offsets[..11], [[0; 10].as_slice(), &[100]].concat());
    assert_eq!(offsets[11..], [100; 3]);
}

#[tokio::test]
async fn a_page_that_is_no_more_is_the_last_one() {
    let invite = invite(123);
    let gatehouse = on(PlatformName::Fluxer, community(123, crowd(&invite, 123))).await;
    let mut page = who(&gatehouse).await;
    for _ in 0..11 {
        page = gatehouse.click(&page, "Next").await;
    }
    let left = community(123, crowd(&invite, 25));
    gatehouse.platform().add_guild(left);
    let last = gatehouse.click(&page, "Next").await;
    assert_eq!(names(&last).len(), 5, "{}", last.text());
    assert!(last.footer().starts_with("Page 3 of 3"), "{}", last.text());
    assert!(last.has_button("Back") && !last.has_button("Next"));
}

#[tokio::test]
async fn from_a_card_and_back_again() {
    let members = crowd(&invite(12), 12);
    let gatehouse = on(PlatformName::Fluxer, community(12, members)).await;
    let card = gatehouse.show(CODE).await;
    let page = gatehouse.click(&card, "Who joined").await;
    assert_eq!(names(&page).len(), 10);
    let next = gatehouse.click(&page, "Next").await;
    assert_eq!(names(&next), ["guest11", "guest12"]);
    let back = gatehouse.click(&next, "Back to invite").await;
    assert_eq!(back.title(), format!("Invite `{CODE}`"));
    let form = gatehouse.opens(&next, "Revoke…").await;
    let done = gatehouse.sends(&form, &[("reason", "raid")], &next).await;
    assert_eq!(done.title(), format!("Revoked invite `{CODE}`"));
}

#[tokio::test]
async fn from_a_shared_card_names_are_for_the_moderator_alone() {
    let members = crowd(&invite(12), 12);
    let gatehouse = on(PlatformName::Fluxer, community(12, members)).await;
    let options = [("code", json!(CODE)), ("share", json!(true))];
    let card = gatehouse
        .told_everyone(&gatehouse.command("show", &options))
        .await;
    let press = gatehouse.press_label(&card, "Who joined", On::Shared);
    let page = gatehouse.told_privately(&press).await;
    assert_eq!(names(&page).len(), 10);
}

#[tokio::test]
async fn nobody_is_said_only_where_nobody_came() {
    let unused = on(PlatformName::Fluxer, community(0, Vec::new())).await;
    let page = who(&unused).await;
    assert!(page.description().contains("Nobody has used it yet"));

    let mut indexing = community(12, crowd(&invite(12), 12));
    indexing.member_search = MemberSearch::Indexing;
    let page = who(&on(PlatformName::Fluxer, indexing).await).await;
    let text = page.description();
    assert!(text.contains("still building its search"), "{text}");
    assert!(
        text.contains("Try again") && !text.contains("Nobody"),
        "{text}"
    );

    let mut missing = community(12, crowd(&invite(12), 12));
    missing.member_search = MemberSearch::Missing;
    let page = who(&on(PlatformName::Fluxer, missing).await).await;
    let text = page.description();
    assert!(text.contains("no search of members"), "{text}");
    assert!(
        text.contains("12 uses") && !text.contains("Nobody"),
        "{text}"
    );

    let all_left = on(PlatformName::Fluxer, community(12, Vec::new())).await;
    let page = who(&all_left).await;
    let text = page.description();
    assert!(
        text.contains("may all have left") && !text.contains("Nobody"),
        "{text}"
    );
}

#[tokio::test]
async fn discord_does_not_tell_and_is_not_asked() {
    let members = crowd(&invite(12), 12);
    let gatehouse = on(PlatformName::Discord, community(12, members)).await;
    let told = who(&gatehouse).await;
    assert_eq!(
        told.title(),
        "Discord does not tell bots who came through an invite"
    );
    let text = told.description();
    assert!(text.contains("12 uses"), "{text}");
    assert!(text.contains("Server Settings → Members"), "{text}");
    let card = gatehouse.click(&told, "Back to invite").await;
    assert_eq!(card.title(), format!("Invite `{CODE}`"));
    let told = gatehouse.click(&card, "Who joined").await;
    assert!(told.title().starts_with("Discord does not tell"));
    for route in [Route::MembersSearch, Route::Member, Route::AuditLog] {
        assert_eq!(gatehouse.platform().count(route), 0, "{route:?}");
    }
}

#[tokio::test]
async fn a_search_that_fails_is_told_and_can_be_tried_again() {
    let members = crowd(&invite(12), 12);
    let gatehouse = on(PlatformName::Fluxer, community(12, members)).await;
    let broken = Fault::Refused(500);
    gatehouse.platform().fault(Route::MembersSearch, broken);
    let told = who(&gatehouse).await;
    assert_eq!(told.title(), "Fluxer has a problem of its own");
    gatehouse.platform().clear_faults();
    let page = gatehouse.click(&told, "Try again").await;
    assert_eq!(names(&page).len(), 10);
}

#[tokio::test]
async fn an_unknown_code_leads_to_the_list() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community(0, Vec::new())).await;
        let command = gatehouse.command("who", &[("code", json!("zzzzzzzz"))]);
        let told = gatehouse.told_privately(&command).await;
        assert_eq!(told.title(), "There is no such invite here");
        assert!(told.has_button("Back to list"));
    }
}

#[tokio::test]
async fn those_of_the_sample_are_all_there() {
    let sample = super::sample();
    let came = |code: &str| {
        let through = sample.members.iter();
        through
            .filter(|one| one.source_invite_code.as_deref() == Some(code))
            .count()
    };
    let gatehouse = on(PlatformName::Fluxer, sample.clone()).await;
    for invite in sample.invites.iter().take(25) {
        let command = gatehouse.command("who", &[("code", json!(invite.code))]);
        let page = gatehouse.told_privately(&command).await;
        let expected = match came(&invite.code) {
            0 => "Nobody has used it yet".to_owned(),
            1 => "**1 member** still here".to_owned(),
            count => format!("**{count} members** still here"),
        };
        assert!(page.description().starts_with(&expected), "{}", page.text());
    }
}
