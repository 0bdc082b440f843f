//! From the message box to an outcome with no other tool than the keyboard.

use thirtyfour::Key;

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 860).await;
    visit
        .until("document.querySelectorAll('#messages > li').length >= 3")
        .await;
    // Typing anywhere goes to the message box.
    visit.type_in("/invites clean state:unused").await;
    visit
        .until("document.querySelector('#box')?.getAttribute('aria-activedescendant')")
        .await;
    visit.key(Key::Enter).await;
    visit
        .until("document.querySelector('#option-state')?.value === 'unused'")
        .await;
    visit
        .until("document.activeElement.id === 'send-command'")
        .await;
    visit.key(Key::Enter).await;
    visit.until_last_says("would stop working").await;
    visit.until("document.activeElement.id === 'box'").await;
    visit.walk_back_to("Revoke these").await;
    visit.key(Key::Enter).await;
    visit
        .until("document.activeElement.matches('dialog[open] input')")
        .await;
    let number = "document.querySelector('dialog h2').textContent.match(/\\d+/)[0]";
    let number = visit.ask(number).await;
    // What is required is asked for before anything is sent.
    visit.key(Key::Enter).await;
    visit
        .until("document.activeElement.matches('dialog[open] input:invalid')")
        .await;
    visit.type_in(number.as_str().unwrap()).await;
    visit.key(Key::Tab).await;
    visit.type_in("by keyboard alone").await;
    visit.key(Key::Enter).await;
    visit
        .until_last_says(&format!("{} invites revoked", number.as_str().unwrap()))
        .await;
    visit.until("last.contains(document.activeElement)").await;
    visit.is_accessible("the outcome").await;
    visit.picture("outcome").await;
    visit.walk_back_to("Show the list").await;
    visit.key(Key::Enter).await;
    visit.until_last_says("Page 1 of").await;
    // The outcome stays, and the list is a message of its own.
    visit.until("!document.activeElement.matches('body')").await;

    // A menu of a message, opened and left again.
    visit.ask("labelled(messages[1], 'Apps').focus()").await;
    visit.key(Key::Enter).await;
    visit
        .until("messages[1].querySelector('details').open")
        .await;
    visit.key(Key::Down).await;
    visit
        .until("document.activeElement.matches('.apps .choice')")
        .await;
    visit.key(Key::Escape).await;
    visit
        .until("!messages[1].querySelector('details').open")
        .await;
    visit
        .until("document.activeElement.matches('.apps summary')")
        .await;
}
