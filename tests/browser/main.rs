//! The sandbox's page in a real browser: what a newcomer sees and does, by keyboard and by press.
//!
//! Chromium is driven through chromedriver. Where one of them is not installed the journeys are
//! skipped, and say so; with `GATEHOUSE_REQUIRE_BROWSER=1` that is a failure. Each journey fails
//! on an error in the browser's console, on a request to any other host, and on what axe-core
//! finds wrong with the page's accessibility. With `GATEHOUSE_SCREENS=1` the pictures of the
//! README are taken anew.
//!
//! A new journey is an async function of a [`visit::Visit`] in a file of its own, and a test here.

#![expect(clippy::unwrap_used, reason = "a step that fails ends the test")]

mod chromium;
mod cleaning;
mod files;
mod keyboard;
mod listing;
mod messages;
mod phone;
mod revoking;
mod sandbox;
mod sharing;
mod tools;
mod trouble;
mod visit;

use visit::visiting;

#[tokio::test]
async fn a_moderator_goes_through_the_list_by_keyboard_and_by_press() {
    visiting("list", listing::journey).await;
}

#[tokio::test]
async fn a_member_without_rights_is_refused_at_a_shared_reply() {
    visiting("sharing", sharing::journey).await;
}

#[tokio::test]
async fn messages_are_answered_where_there_are_no_commands() {
    visiting("messages", messages::journey).await;
}

#[tokio::test]
async fn everything_fits_on_a_phone() {
    visiting("phone", phone::journey).await;
}

#[tokio::test]
async fn a_platform_in_trouble_is_told_of() {
    visiting("trouble", trouble::journey).await;
}

#[tokio::test]
async fn an_export_can_be_saved() {
    visiting("files", files::journey).await;
}

#[tokio::test]
async fn an_invite_is_revoked_with_a_reason_and_not_by_a_member_without_rights() {
    visiting("revoking", revoking::journey).await;
}

#[tokio::test]
async fn a_clean_shows_its_progress_can_be_stopped_and_goes_on_to_its_end() {
    visiting("cleaning", cleaning::journey).await;
}

#[tokio::test]
async fn the_other_tools_show_what_they_did() {
    visiting("tools", tools::journey).await;
}

#[tokio::test]
async fn the_keyboard_alone_leads_to_an_outcome() {
    visiting("keyboard", keyboard::journey).await;
}
