//! `/invites help`.

use gatehouse_commands::{Topic, commands::Choices};
use serde_json::json;

use super::{over, sample};
use crate::support::{MEMBER, On};

#[tokio::test]
async fn help_says_what_there_is_and_asks_nobody() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("help", &[]).by(MEMBER);
    let help = gatehouse.told_privately(&command).await;
    assert_eq!(help.title(), "What I can do");
    for command in ["list", "show", "export", "help"] {
        let line = format!("`/invites {command}`");
        assert!(help.description().contains(&line), "{command}");
    }
    assert_eq!(help.rows(), [["More about…"]]);
    assert_eq!(help.menu("More about…").chosen(), [""; 0]);
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn every_topic_is_explained_by_option_and_by_menu() {
    let gatehouse = over(sample()).await;
    let mut shown = gatehouse.ask(&gatehouse.command("help", &[])).await;
    for topic in Topic::choices() {
        let command = gatehouse.command("help", &[("topic", json!(topic.value))]);
        let asked = gatehouse.told_privately(&command).await;
        let menu = shown.menu("More about…").custom_id;
        let choose = gatehouse.press(&menu, On::Private, &[topic.value]);
        shown = gatehouse.replaced_by(&choose).await;
        assert_eq!(shown.json()["embeds"], asked.json()["embeds"]);
        assert_eq!(shown.menu("More about…").chosen().len(), 1);
        assert!(!shown.description().is_empty(), "{}", topic.value);
    }
    assert_eq!(
        shown.menu("More about…").options.len(),
        Topic::choices().len()
    );
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_command_is_explained_with_all_its_options() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("help", &[("topic", json!("list"))]);
    let help = gatehouse.ask(&command).await;
    assert_eq!(help.title(), "/invites list");
    let options = ["search", "by", "channel", "state", "sort", "page", "share"];
    for option in options {
        assert!(help.description().contains(&format!("`{option}`")));
    }
}

#[tokio::test]
async fn help_works_while_the_platform_is_down() {
    let mut gatehouse = over(sample()).await;
    gatehouse.take_platform_down().await;
    let help = gatehouse.ask(&gatehouse.command("help", &[])).await;
    let rights = gatehouse
        .choose(&help, "More about…", "Who may do what")
        .await;
    assert_eq!(rights.title(), "Who may do what");
}

#[tokio::test]
async fn help_needs_no_permission_of_the_bot() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("help", &[]).bot_may(0);
    let help = gatehouse.told_privately(&command).await;
    assert_eq!(help.title(), "What I can do");
}

#[tokio::test]
async fn an_unknown_topic_is_told_which_there_are() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("help", &[("topic", json!("magic"))]);
    let told = gatehouse.told_privately(&command).await;
    for topic in Topic::choices() {
        assert!(told.description().contains(topic.value), "{}", topic.value);
    }
}
