//! What is logged of what is said in a community.

use super::town::{ANN, LOUNGE, OFFICE, Town, codes};
use crate::secrets;

#[tokio::test]
async fn nothing_that_is_said_is_logged_at_the_most_talkative_level() {
    const TALK: &str = "meet me at Xq7harbourZ";
    const REASON: &str = "Wv4lanternQ";
    let (code, log) = secrets::heard(async {
        let town = Town::new().await;
        town.platform.say(LOUNGE, ANN, TALK);
        let page = town.ask(OFFICE, ANN, "/invites list").await;
        let code = codes(&page.content)[0].clone();
        let revoke = format!("/invites revoke {code} reason:{REASON}");
        town.ask(OFFICE, ANN, &revoke).await;
        town.quiet().await;
        code
    })
    .await;
    assert!(log.contains("command answered"), "{log}");
    // Libraries are heard as well.
    assert!(log.contains("hyper"), "{log}");
    for secret in [TALK, "Xq7harbourZ", REASON, &code] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
