//! A reply that everyone sees, and somebody without rights who presses on it.

use thirtyfour::Key;

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 860).await;
    visit.press("#box").await;
    visit.type_in("/invites list share:true").await;
    visit.key(Key::Enter).await;
    visit
        .until("document.querySelector('#option-share')?.value === 'true'")
        .await;
    visit.press("#send-command").await;
    visit.until_last_says("Page 1 of 14").await;
    visit
        .until("!last.textContent.includes('Only you can see this')")
        .await;

    visit.switch("persona", "member").await;
    visit
        .until("document.querySelector('#whereabouts').textContent.includes('Pip')")
        .await;
    visit.until_last_says("Page 1 of 14").await;
    visit.press_in_last("Next").await;
    visit.until_last_says("This takes a moderator").await;
    visit.until_last_says("Only you can see this").await;
    visit.is_accessible("a refusal").await;
    visit.picture("refusal").await;

    // What one person sees alone is gone for the others, and comes back with that person.
    visit.switch("persona", "moderator").await;
    visit.until_last_says("Page 1 of 14").await;
    visit.switch("persona", "member").await;
    visit.until_last_says("This takes a moderator").await;
    visit.press_in_last("Dismiss message").await;
    visit.until_last_says("Page 1 of 14").await;
}
