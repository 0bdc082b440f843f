//! The page at 360 px.

use crate::visit::Visit;

pub(crate) async fn journey(visit: Visit) {
    visit.open(360, 740).await;
    visit.fits("the page").await;
    visit.is_accessible("the page").await;
    visit.switch("theme", "dark").await;
    visit.press("#box").await;
    visit.type_in("/").await;
    visit.until("seen(document.querySelector('#picker'))").await;
    visit.fits("the list of commands").await;
    visit.is_accessible("the list of commands").await;
    visit.picture("commands").await;
    visit.command("invites list").await;
    visit.until_last_says("Page 1 of 14").await;
    visit.fits("a list").await;
    visit.is_accessible("a list").await;
    visit.ask("last.scrollIntoView({block: 'start'})").await;
    visit.readme_picture("phone-dark").await;
    visit.press_in_last("1/14").await;
    visit
        .until("document.querySelector('dialog[open] input[type=text]')")
        .await;
    visit.fits("a form").await;
    visit.picture("form").await;
    visit.press("dialog [data-close]").await;
    visit.choose_in_last("Open an invite", "").await;
    visit.until_last_says("Leads into").await;
    visit.fits("an invite").await;
    visit.picture("invite").await;
    visit.command_with("/invites clean", "state:unused").await;
    visit.until_last_says("would stop working").await;
    visit.fits("a preview").await;
    visit.is_accessible("a preview").await;
    visit.picture("preview").await;
    let count = visit
        .ask("last.querySelector('.embed-title').textContent.split(' ')[0]")
        .await;
    let count = count.as_str().unwrap();
    visit
        .press_in_last(&format!("Revoke these {count} invites…"))
        .await;
    visit.fill("Type", count).await;
    visit.fill("Reason", "on the way home").await;
    visit.fits("a form of several lines").await;
    visit.is_accessible("a form of several lines").await;
    visit.picture("clean-form").await;
    visit.submit().await;
    visit.until_last_says("invites revoked").await;
    visit.until("last.querySelector('.file a[download]')").await;
    visit.fits("an outcome").await;
    visit.is_accessible("an outcome").await;
    visit.picture("outcome").await;
    visit.command("/invites stats").await;
    visit
        .until("last.querySelector('img.picture')?.naturalWidth > 0")
        .await;
    visit.fits("a chart").await;
    visit.picture("stats").await;
    for panel in ["switches", "wire"] {
        visit.press(&format!("[data-panel={panel}]")).await;
        visit
            .until(&format!("seen(document.querySelector('#{panel}'))"))
            .await;
        visit.fits(panel).await;
        visit.is_accessible(panel).await;
        visit.picture(panel).await;
        visit.press(&format!("[data-panel={panel}]")).await;
    }
}
