//! Fluxer as it is today: what is asked is an ordinary message, and answered by direct message.

use serde_json::json;
use thirtyfour::Key;

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1440, 900).await;
    visit.switch("shape", "messages").await;
    visit
        .until("document.querySelector('#leave-command, #box:not([role])')")
        .await;
    visit.is_accessible("the empty channel").await;

    // The answer stands below the request, which is marked; pages turn by reaction, in place.
    say(&visit, "/invites").await;
    visit.until_last_says("Page 1 of").await;
    visit.until_last_says("Direct message").await;
    visit.until("last.querySelector('table tbody tr')").await;
    visit
        .until("messages.at(-2).querySelector('.reaction').textContent.startsWith('✅')")
        .await;
    visit
        .until("last.querySelectorAll('.reaction').length === 4")
        .await;
    visit.is_accessible("an answer by direct message").await;
    visit.fits("an answer by direct message").await;
    visit.press_in_last("▶️ 1").await;
    visit.until_last_says("Page 2 of").await;
    visit.until_last_says("(edited)").await;
    visit
        .until("last.querySelector('.reaction[aria-pressed=true]')")
        .await;
    visit.until("last.contains(document.activeElement)").await;
    visit.press("#exchanges > li:first-child summary").await;
    visit
        .until(
            "document.querySelector('#exchanges pre').textContent.includes('MESSAGE_REACTION_ADD')",
        )
        .await;
    visit.is_accessible("the wire").await;
    visit.picture("page-2").await;

    // One invite, by words in reply.
    let code = visit.ask("last.querySelector('td code').textContent").await;
    let code = code.as_str().unwrap();
    visit.press("#messages > li:last-child .apps button").await;
    visit
        .until("seen(document.querySelector('#replying'))")
        .await;
    visit.until("document.activeElement.id === 'box'").await;
    visit.is_accessible("a reply").await;
    visit.type_in(&format!("show {code}")).await;
    visit.key(Key::Enter).await;
    visit.until(&format!(
        "messages.some((one) => one.querySelector('.badge') && one.textContent.includes('Leads into') \
         && one.textContent.includes({}))",
        json!(code)
    )).await;
    visit.picture("invite").await;

    // A reply that is none is left by keyboard.
    visit.press("#messages > li:last-child .apps button").await;
    visit
        .until("seen(document.querySelector('#replying'))")
        .await;
    visit.key(Key::Escape).await;
    visit.until("!document.querySelector('#replying')").await;

    cleans(&visit).await;
    draws_and_masks(&visit).await;

    // A member sees the request and not the answer, and is refused before everyone's eyes.
    visit.switch("persona", "member").await;
    visit
        .until("!document.querySelector('.badge.direct')")
        .await;
    visit.press("[data-fill='/invites']").await;
    visit.key(Key::Enter).await;
    visit
        .until("last.querySelector('.badge') && !last.querySelector('table')")
        .await;
    visit
        .until("last.querySelector('.asked').textContent.includes('Pip')")
        .await;
    visit.picture("refused").await;

    on_a_phone(&visit).await;

    // Back to where there are commands.
    visit.switch("shape", "fluxer").await;
    visit
        .until("document.querySelector('#box[role=combobox]')")
        .await;
}

/// A clean, which takes its own sentence in reply to its preview, and shows how far it is in place.
async fn cleans(visit: &Visit) {
    say(visit, "/invites clean state:unused").await;
    let sentence = "[...last.querySelectorAll('code')].map((one) => one.textContent)\
        .find((one) => /^revoke \\d+$/.test(one))";
    visit.until(sentence).await;
    visit.is_accessible("a preview").await;
    visit.picture("preview").await;
    let sentence = visit.ask(sentence).await;
    let preview = visit.ask("last.id").await;
    visit.press("#messages > li:last-child .apps button").await;
    visit
        .until("seen(document.querySelector('#replying'))")
        .await;
    visit.type_in(sentence.as_str().unwrap()).await;
    visit.key(Key::Enter).await;
    visit
        .until(&format!(
            "document.getElementById({preview}).textContent.includes('invites revoked')"
        ))
        .await;
    visit
        .until(&format!(
            "document.getElementById({preview}).querySelector('.file a[download]')"
        ))
        .await;
    visit.picture("cleaned").await;
    assert!(!visit.audit_log().await.is_empty());
}

/// A chart in a message; and what everyone reads when direct messages are closed.
async fn draws_and_masks(visit: &Visit) {
    say(visit, "@Gatehouse invites stats").await;
    visit
        .until("last.querySelector('img.picture')?.naturalWidth > 0")
        .await;
    visit.is_accessible("a chart").await;
    visit.picture("stats").await;
    visit.switch("mailbox", "closed").await;
    say(visit, "/invites").await;
    visit
        .until("last.querySelector('.badge') && !last.querySelector('.badge.direct')")
        .await;
    visit.until("last.querySelector('table')").await;
    let masked =
        "[...last.querySelectorAll('td code')].every((one) => !/^\\w{8}$/.test(one.textContent))";
    visit.until(masked).await;
    visit.is_accessible("an answer for everyone").await;
    visit.picture("closed").await;
    visit.switch("mailbox", "open").await;
}

async fn on_a_phone(visit: &Visit) {
    visit.switch("persona", "owner").await;
    visit.resize(360, 740).await;
    visit.fits("the channel").await;
    say(visit, "/invites oldest").await;
    visit.until_last_says("Page 1 of").await;
    visit
        .until("last.querySelectorAll('.reaction').length === 4")
        .await;
    visit.fits("a list").await;
    visit.is_accessible("a list on a phone").await;
    visit.readme_picture("phone-messages").await;
    visit.switch("theme", "dark").await;
    visit.is_accessible("a list in the dark").await;
    visit.ask("last.scrollIntoView({block: 'start'})").await;
    visit.picture("phone").await;
    visit.press("#messages > li:last-child .apps button").await;
    visit
        .until("seen(document.querySelector('#replying'))")
        .await;
    visit.press("[data-fill='page 3']").await;
    visit.fits("a reply").await;
    visit.key(Key::Enter).await;
    visit
        .until("messages.some((one) => one.textContent.includes('Page 3 of'))")
        .await;
    visit.picture("phone-reply").await;
    visit.resize(1440, 900).await;
}

/// Writes an ordinary message.
async fn say(visit: &Visit, words: &str) {
    visit.press("#box").await;
    visit.type_in(words).await;
    visit.key(Key::Enter).await;
    visit
        .until("document.querySelector('#box').value === ''")
        .await;
}
