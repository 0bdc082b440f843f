//! An invite is looked at and revoked with a reason; whose the ones in messages are.

use crate::visit::Visit;

const REASON: &str = "posted in a raid server";

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 900).await;
    // The welcome, the poster's invite, and one from elsewhere.
    visit.apply(1, "Whose invite is this?").await;
    visit.until_last_says("Leads into").await;
    visit.until_last_says("Only you can see this").await;
    visit.is_accessible("whose invite it is").await;
    visit.picture("whose").await;
    visit.apply(2, "Whose invite is this?").await;
    visit.until_last_says("Not one of ours").await;

    visit.command("/invites list").await;
    visit.until_last_says("140 of 1000 invites").await;
    visit.choose_in_last("Open an invite", "").await;
    visit.until_last_says("Leads into").await;
    let code = visit.ask("last.querySelector('code').textContent").await;
    let code = code.as_str().unwrap();
    visit.press_in_last("Revoke…").await;
    visit.until_form_says("This cannot be undone").await;
    visit
        .until("document.activeElement.matches('dialog input')")
        .await;
    visit.is_accessible("the form").await;
    visit.picture("form").await;
    visit.fill("Reason", REASON).await;
    visit.submit().await;
    visit.until_last_says("Revoked invite").await;
    visit.until_last_says(REASON).await;
    visit.is_accessible("what came of it").await;
    visit.picture("outcome").await;
    // The platform's own log has it, and the wire shows how it got there.
    let log = visit.audit_log().await;
    assert_eq!(log[0]["target_id"], code, "{log:?}");
    let reason = log[0]["reason"].as_str().unwrap();
    assert!(reason.starts_with(REASON), "{reason}");
    assert!(reason.contains("mallow"), "{reason}");
    visit
        .until(&format!(
            "document.querySelector('#exchanges > li').textContent.includes('DELETE /v1/invites/{code}')"
        ))
        .await;
    visit.press_in_last("Back to list").await;
    visit.until_last_says("139 of 1000 invites").await;
    visit
        .until(&format!("!last.textContent.includes('{code}')"))
        .await;

    // Somebody without rights changes nothing.
    visit.switch("persona", "member").await;
    visit
        .until("document.querySelector('#whereabouts').textContent.includes('Pip')")
        .await;
    let code = visit
        .ask("messages[1].querySelector('a.link').textContent.split('/').at(-1)")
        .await;
    visit
        .command_with(
            "/invites revoke",
            &format!("code:{}", code.as_str().unwrap()),
        )
        .await;
    visit.until_last_says("This takes a moderator").await;
    visit.until_last_says("Only you can see this").await;
    visit.is_accessible("a refusal").await;
    visit.picture("refused").await;
    assert_eq!(visit.audit_log().await.len(), 1);
}
