//! A moderator's other tools: numbers with a picture, a checkup, a new invite, a pause.

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 980).await;
    visit.command("/invites stats").await;
    visit
        .until("last.querySelector('img.picture')?.naturalWidth > 0")
        .await;
    visit
        .until("last.querySelector('img.picture').alt.length > 20")
        .await;
    visit.is_accessible("stats").await;
    visit.picture("stats").await;

    visit.command("/invites check").await;
    visit.until_last_says("✅").await;
    visit.until("!last.textContent.includes('❌')").await;
    visit.is_accessible("a checkup").await;
    visit.picture("check").await;

    visit.command("/invites review").await;
    visit.until_last_says("Only you can see this").await;
    visit.is_accessible("a review").await;
    visit.picture("review").await;

    let create = "channel:welcome uses:5 reason:\"for the workshop\"";
    visit.command_with("/invites create", create).await;
    visit.until_last_says("Made invite").await;
    visit.until_last_says("0 of 5 uses").await;
    visit.is_accessible("a new invite").await;
    visit.picture("create").await;
    let code = visit.ask("last.querySelector('code').textContent").await;
    let log = visit.audit_log().await;
    assert_eq!(log[0]["target_id"], code, "{log:?}");

    visit.press_in_last("Who joined").await;
    visit.until_last_says("Nobody").await;
    visit.is_accessible("who came").await;
    visit.picture("who").await;

    visit.command("/invites list").await;
    visit.until_last_says("141 of 1000 invites").await;
    visit.press_in_last("Pause joining…").await;
    visit.until_form_says("Nobody can join").await;
    visit.is_accessible("the form of a pause").await;
    visit.picture("pause-form").await;
    visit.submit().await;
    visit.until_last_says("Joining is paused").await;
    visit.press_in_last("Back to list").await;
    visit.until_last_says("Joining by invite is paused.").await;
    visit.until_last_says("141 of 1000 invites").await;
    visit.is_accessible("a list while joining is paused").await;
    visit.picture("paused").await;
    visit.press_in_last("Resume joining…").await;
    visit.until_form_says("Every invite works again").await;
    visit.submit().await;
    visit.until_last_says("Joining goes on").await;
    visit.press_in_last("Back to list").await;
    visit.until_last_says("141 of 1000 invites").await;
    visit
        .until("!last.textContent.includes('Joining by invite is paused.')")
        .await;
}
