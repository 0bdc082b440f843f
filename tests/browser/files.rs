//! A file beside a reply, and a link in a message.

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 860).await;
    visit.command("/invites export").await;
    visit.until("last.querySelector('.file a[download]')").await;
    visit.is_accessible("a file").await;
    visit.picture("file").await;
    let content = "await (await fetch(last.querySelector('.file a').href)).text()";
    let lines = visit
        .ask(&format!("(async () => ({content}).split('\\n').length)()"))
        .await;
    assert!(lines.as_u64() > Some(100), "{lines}");

    // A link tells where it leads before it does.
    let link = visit
        .ask("document.querySelector('#messages a.link').getAttribute('href')")
        .await;
    visit
        .go(link.as_str().unwrap().trim_start_matches('/'))
        .await;
    visit
        .until("document.querySelector('h1').textContent.includes('out of the sandbox')")
        .await;
    visit.is_accessible("a link out of the sandbox").await;
}
