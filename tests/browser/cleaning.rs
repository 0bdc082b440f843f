//! Many invites are revoked at once: preview, form, progress, a stop on the way, and the outcome.

use thirtyfour::Key;

use crate::visit::Visit;

const REASON: &str = "spring clean";

pub(crate) async fn journey(visit: Visit) {
    visit.open(1280, 980).await;
    visit.command("/invites list").await;
    visit.until_last_says("Page 1 of 14").await;
    visit.choose_in_last("Any state", "Unused").await;
    visit.until_last_says("of 140 match").await;
    visit.press_in_last("Clean these…").await;
    visit.until_last_says("would stop working").await;
    visit.is_accessible("the preview").await;
    visit.picture("preview").await;
    let count = "Number(last.querySelector('.embed-title').textContent.split(' ')[0])";
    let all = visit.ask(count).await.as_u64().unwrap();
    assert!(all >= 25, "{all}");

    visit
        .press_in_last(&format!("Revoke these {all} invites…"))
        .await;
    visit.until_form_says(&format!("Type {all} to go on")).await;
    visit.is_accessible("the form").await;
    visit.picture("form").await;
    // A wrong number ends nothing; the way back is the preview.
    visit.fill("Type", "7").await;
    visit.submit().await;
    visit.until_last_says("That is not the number").await;
    assert!(visit.audit_log().await.is_empty());

    // A slow platform, so that the progress can be seen, and stopped.
    visit.switch("weather", "slow").await;
    visit.until("document.querySelector('.trouble')").await;
    visit
        .press_in_last(&format!("Revoke these {all} invites…"))
        .await;
    visit.fill("Type", &all.to_string()).await;
    visit.fill("Reason", REASON).await;
    visit.submit().await;
    visit.until_last_says(&format!(" of {all} done")).await;
    visit.until_last_says("▱").await;
    visit
        .until(&format!("/[1-9]\\d* of {all} done/.test(last.textContent)"))
        .await;
    visit.is_accessible("progress").await;
    visit.picture("progress").await;
    visit.press_in_last("Cancel").await;
    visit.until_last_says("Stopped, as you asked.").await;
    visit.until_last_says("not reached").await;
    visit.is_accessible("a run that was stopped").await;
    visit.resize(760, 529).await;
    visit.readme_picture("clean-outcome").await;
    visit.resize(1280, 980).await;
    let done = visit.audit_log().await.len();
    assert!((1..10).contains(&done), "{done}");

    // On with what is left, to its end.
    let left = all - u64::try_from(done).unwrap();
    visit.press_in_last("Continue…").await;
    visit.fill("Type", &left.to_string()).await;
    visit.key(Key::Enter).await;
    visit.until_last_says(&format!(" of {left} done")).await;
    visit.switch("weather", "fine").await;
    visit
        .until_last_says(&format!("{left} invites revoked"))
        .await;
    visit.until("!labelled(last, 'Cancel')").await;
    visit.until("last.querySelector('.file a[download]')").await;
    visit.is_accessible("the outcome").await;
    visit.picture("outcome").await;
    let lines = visit
        .ask(
            "(async () => (await (await fetch(last.querySelector('.file a').href)).text())\
             .trim().split('\\n').length)()",
        )
        .await;
    assert_eq!(lines, left + 1, "a line each below their names");
    let log = visit.audit_log().await;
    assert_eq!(log.len(), usize::try_from(all).unwrap());
    let reasons = log.iter().filter(|entry| {
        let reason = entry["reason"].as_str();
        reason.is_some_and(|reason| reason.starts_with(REASON))
    });
    assert_eq!(reasons.count(), log.len(), "{log:?}");
    visit.press_in_last("Show the list").await;
    visit
        .until_last_says(&format!("{} of 1000 invites", 140 - all))
        .await;
}
