//! After a failure there is a next step, and it works once the fault is gone.

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{assert_lists, failing, list, on, told};
use crate::support::{Gatehouse, Message, On, Reply};

async fn press(gatehouse: &Gatehouse, custom_id: &str) -> Message {
    let press = gatehouse.press(custom_id, On::Private, &[]);
    told(gatehouse, &press).await
}

#[tokio::test]
async fn a_failed_command_is_tried_again_with_a_press() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(500)).await;
        let command = gatehouse.command("list", &[("state", json!("used")), ("page", json!(2))]);
        let failure = told(&gatehouse, &command).await;
        let still = press(&gatehouse, &failure.button("Try again").custom_id).await;

        gatehouse.platform().clear_faults();
        let message = press(&gatehouse, &still.button("Try again").custom_id).await;
        assert!(message.text().contains("used · newest first"), "{face}");
        assert!(message.footer().starts_with("Page 2 of"), "{face}");
    }
}

#[tokio::test]
async fn a_failed_press_takes_the_place_of_the_list_until_it_is_tried_again() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let first = list(&gatehouse).await;
        let second = press(&gatehouse, &first.button("Next").custom_id).await;
        gatehouse.platform().fault(Route::Invites, Fault::Html(502));

        let refresh = second.button("Refresh").custom_id;
        let refresh = gatehouse.press(&refresh, On::Private, &[]);
        let reply = gatehouse.send(&refresh).await;
        assert_eq!(reply.kind, Reply::UPDATE, "{face}");
        let failure = reply.message;
        assert_eq!(failure.rows(), [["Try again"]], "{face}");

        gatehouse.platform().clear_faults();
        let message = press(&gatehouse, &failure.button("Try again").custom_id).await;
        assert_lists(&message);
        assert!(message.footer().starts_with("Page 2 of"), "{face}");
        assert_lists(&press(&gatehouse, &message.button("Refresh").custom_id).await);
    }
}

#[tokio::test]
async fn a_failed_press_on_a_shared_list_leaves_the_list_standing() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let command = gatehouse.command("list", &[("share", json!(true))]);
        let shared = gatehouse.ask(&command).await;
        gatehouse
            .platform()
            .fault(Route::Invites, Fault::Refused(503));

        let refresh = shared.button("Refresh").custom_id;
        let reply = gatehouse
            .send(&gatehouse.press(&refresh, On::Shared, &[]))
            .await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{face}: {reply:#?}");
        assert!(reply.is_private(), "{face}");
        assert!(reply.message.title().contains("has a problem of its own"));
    }
}

#[tokio::test]
async fn a_failed_card_is_tried_again_with_a_press() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Garbage).await;
        let sample = Community::sample(gatehouse.clock.now());
        let code = &sample.invites[0].code;
        let show = gatehouse.command("show", &[("code", json!(code))]);
        let failure = told(&gatehouse, &show).await;
        gatehouse.platform().clear_faults();
        let card = press(&gatehouse, &failure.button("Try again").custom_id).await;
        assert!(card.title().contains(code), "{face}: {}", card.text());
        assert!(card.has_button("Back to list"), "{face}");
    }
}

#[tokio::test]
async fn a_failed_export_is_told_in_private() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(500)).await;
        let message = told(&gatehouse, &gatehouse.command("export", &[])).await;
        assert_eq!(
            message.title(),
            format!("{face} has a problem of its own"),
            "{}",
            message.text()
        );
    }
}

#[tokio::test]
async fn a_search_by_name_that_failed_keeps_its_name() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(500)).await;
        let command = gatehouse.command("list", &[("by", json!("FerryBot"))]);
        let failure = told(&gatehouse, &command).await;
        gatehouse.platform().clear_faults();
        if failure.has_button("Try again") {
            let again = failure.button("Try again").custom_id;
            let message = press(&gatehouse, &again).await;
            assert!(message.text().contains("FerryBot"), "{}", message.text());
        }
    }
}
