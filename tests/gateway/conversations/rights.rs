//! Who is answered.

use gatehouse::sandbox::platform::{Community, Route};

use super::town::{
    ADMIN, ANN, LOUNGE, MEMBER, NAMED, OFFICE, OWNER, SILENCED, STRANGER, Setup, Town,
};

#[tokio::test]
async fn owners_administrators_managers_and_named_roles_are_answered() {
    let town = Town::new().await;
    for who in [OWNER, ADMIN, ANN, NAMED] {
        let letter = town.ask_discreetly(who, "/invites list").await;
        assert!(letter.content.contains("140 invites"), "{letter:?}");
    }
}

#[tokio::test]
async fn others_get_one_short_answer_without_any_data() {
    let town = Town::new().await;
    for who in [MEMBER, SILENCED, STRANGER] {
        let answer = town.ask(LOUNGE, who, "/invites list").await;
        assert!(
            answer.content.contains("This takes a moderator"),
            "{answer:?}"
        );
        assert!(answer.content.chars().count() < 300, "{answer:?}");
        assert!(!answer.content.contains("140"), "{answer:?}");
        assert!(town.letters(who).is_empty());
    }
    assert_eq!(town.platform.count(Route::Invites), 0);
}

#[tokio::test]
async fn where_moderators_are_among_themselves_others_get_nothing_either() {
    let town = Town::new().await;
    let answer = town.ask(OFFICE, MEMBER, "/invites list").await;
    assert!(
        answer.content.contains("This takes a moderator"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn nobody_turns_the_page_of_others_without_the_right() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    town.platform.react(OFFICE, MEMBER, page.id, "▶️");
    town.platform.react(OFFICE, SILENCED, page.id, "▶️");
    let refused = town.reply(&page, MEMBER, "next").await;
    assert!(
        refused.content.contains("This takes a moderator"),
        "{refused:?}"
    );
    town.quiet().await;
    assert_eq!(town.now(&page).content, page.content);
}

#[tokio::test]
async fn a_right_that_is_taken_away_ends_within_seconds() {
    let town = Town::new().await;
    let page = town.ask_discreetly(ANN, "/invites list").await;
    let mut community = town.platform.community(town.guild).unwrap();
    community.roles.clear();
    town.platform.add_guild(community);
    let refused = loop {
        // What was read lately is still good; afterwards it is not.
        town.platform.reply(page.channel, ANN, page.id, "refresh");
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        let letters = town.letters(ANN);
        if let Some(refused) = letters.get(1) {
            break refused.clone();
        }
    };
    assert!(
        refused.content.contains("This takes a moderator"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn in_a_linked_community_the_rights_of_this_one_count() {
    let mut other = Community::of(1_510_000_000_000_000_777, "Lantern Harbour");
    other = other.many(12, jiff::Timestamp::now());
    let town = Setup::new().link(other.id).start().await;
    town.platform.add_guild(other);
    let answer = town.ask(OFFICE, ANN, "/invites").await;
    assert!(answer.content.contains("Lantern Harbour"), "{answer:?}");
    assert!(answer.content.contains("12 invites"), "{answer:?}");
    let refused = town.ask(OFFICE, MEMBER, "/invites").await;
    assert!(
        refused.content.contains("This takes a moderator"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn rights_are_not_asked_for_again_and_again() {
    let town = Town::new().await;
    let page = town.ask(OFFICE, ANN, "/invites list").await;
    let asked = town.platform.count(Route::Member);
    let page = town.change(&page, ANN, "next").await;
    town.change(&page, ANN, "next").await;
    assert_eq!(town.platform.count(Route::Member), asked);
}
