//! A list, typed; its pages, filters and orders; one invite.

use thirtyfour::Key;

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1440, 900).await;
    visit.is_accessible("the page").await;

    // Typing anywhere goes to the message box; the list of commands narrows down.
    visit.type_in("/").await;
    visit
        .until("document.querySelectorAll('#picker-list .entry').length >= 4")
        .await;
    visit.until("seen(document.querySelector('#picker'))").await;
    visit.is_accessible("the list of commands").await;
    visit.picture("commands").await;
    visit.key(Key::Escape).await;
    visit
        .until("!seen(document.querySelector('#picker-list'))")
        .await;
    visit.key(Key::Backspace).await;
    visit.command("/invites list").await;
    visit.until_last_says("Page 1 of 14").await;
    visit.until_last_says("Only you can see this").await;
    visit.is_accessible("a list").await;

    // To the end, back, and to any page.
    visit.press_in_last("Last").await;
    visit.until_last_says("Page 14 of 14").await;
    visit.until("last.contains(document.activeElement)").await;
    visit.press_in_last("Back").await;
    visit.until_last_says("Page 13 of 14").await;
    visit.press_in_last("13/14").await;
    visit
        .until("document.querySelector('dialog[open] input[type=text]')")
        .await;
    visit
        .until("document.activeElement.matches('dialog input')")
        .await;
    visit.is_accessible("a form").await;
    visit.picture("form").await;
    visit.type_in("3").await;
    visit.key(Key::Enter).await;
    visit.until_last_says("Page 3 of 14").await;
    visit.until("!document.querySelector('dialog').open").await;
    visit.press_in_last("First").await;
    visit.until_last_says("Page 1 of 14").await;
    // The wire tells all of it, the newest thing first.
    visit.press("#exchanges > li summary").await;
    visit
        .until("document.querySelector('#exchanges pre').textContent.includes('X-Signature')")
        .await;
    visit.is_accessible("the wire").await;
    visit.resize(1360, 1270).await;
    visit.readme_picture("desktop-light").await;
    visit.resize(1440, 900).await;

    // Filters and orders, the latter by keyboard alone; one invite and back.
    visit.choose_in_last("Any state", "Unused").await;
    visit.until_last_says("unused").await;
    visit.focus_in_last("Newest first").await;
    visit.key(Key::Enter).await;
    visit
        .until("document.activeElement.closest('details').open")
        .await;
    visit.key(Key::Down).await;
    visit.key(Key::Down).await;
    visit.key(Key::Enter).await;
    visit.until_last_says("oldest first").await;
    visit.until("last.contains(document.activeElement)").await;
    visit.choose_in_last("Open an invite", "").await;
    visit.until_last_says("Leads into").await;
    visit.is_accessible("an invite").await;
    visit.picture("invite").await;
    visit.press_in_last("Back to list").await;
    visit.until_last_says("oldest first").await;

    suggestions(&visit).await;
    visit.switch("theme", "dark").await;
    visit.is_accessible("in the dark").await;
    visit.picture("dark").await;
    visit.switch("width", "phone").await;
    visit.picture("framed").await;
}

/// An option whose value is suggested while it is typed.
async fn suggestions(visit: &Visit) {
    visit.press("#box").await;
    visit.type_in("/invites list by:mar").await;
    visit.key(Key::Enter).await;
    visit
        .until("document.activeElement.id === 'option-by'")
        .await;
    visit.until("document.activeElement.value === 'mar'").await;
    visit
        .until("seen(document.querySelector('#suggest-by .entry'))")
        .await;
    visit.is_accessible("suggestions").await;
    visit.picture("suggestions").await;
    visit.key(Key::Down).await;
    visit
        .until("document.activeElement.getAttribute('aria-activedescendant')")
        .await;
    visit.key(Key::Enter).await;
    visit
        .until("!seen(document.querySelector('#suggest-by'))")
        .await;
    visit.until("document.activeElement.value !== 'mar'").await;
    visit.key(Key::Enter).await;
    visit.until("document.activeElement.id === 'box'").await;
    visit.until_last_says("match").await;
}
