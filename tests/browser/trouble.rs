//! A platform that is slow, and one that fails.

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 860).await;
    visit.switch("weather", "slow").await;
    visit.until("document.querySelector('.trouble')").await;
    visit.command("/invites list").await;
    visit.until_last_says("thinking").await;
    visit.is_accessible("a reply that takes its time").await;
    visit.picture("thinking").await;
    // It arrives by itself.
    visit.until_last_says("Page 1 of 14").await;
    visit
        .until("document.querySelector('.exchange-facts').textContent.includes('call')")
        .await;

    visit.switch("shape", "discord").await;
    visit.until("messages.length === 3").await;
    visit.switch("weather", "500").await;
    visit.command("/invites list").await;
    visit.until_last_says("Only you can see this").await;
    visit.until("last.querySelector('.embed-title')").await;
    visit.until("!last.textContent.includes('500')").await;
    visit.is_accessible("a failure").await;
    visit.picture("failure").await;
    visit.switch("weather", "fine").await;
    visit.until("!document.querySelector('.trouble')").await;

    // In a Discord server that is linked to the Fluxer community, the same list.
    visit.switch("shape", "linked").await;
    visit
        .until("document.querySelector('#whereabouts').textContent.includes('on Discord')")
        .await;
    visit.command("/invites list").await;
    visit.until_last_says("Page 1 of 14").await;
}
