//! A platform closes a connection that was open for too long, just as it is used again.

use gatehouse::sandbox::platform::{Fault, Route};
use gatehouse_commands::PlatformName;

use super::{assert_lists, assert_plain, assert_says, failing, list, no_http::before, on, told};
use crate::support::{
    On,
    crude::{Crude, CrudePlatform},
};

#[tokio::test]
async fn a_list_is_asked_for_again_on_another_connection() {
    for platform in PlatformName::ALL {
        // Each connection is good for one answer.
        let crude = CrudePlatform::deciding("/invites", |asked| {
            if asked.earlier == 0 {
                Crude::answer("200 OK", &[], "[]")
            } else {
                Crude::nothing().hanging_up()
            }
        })
        .await;
        let gatehouse = before(platform, &crude.origin("http")).await;
        let mut message = list(&gatehouse).await;
        for _ in 0..3 {
            assert!(message.text().contains("0 invites"), "{}", message.text());
            let refresh = message.button("Refresh").custom_id;
            let press = gatehouse.press(&refresh, On::Private, &[]);
            message = told(&gatehouse, &press).await;
        }
    }
}

#[tokio::test]
async fn a_list_is_not_asked_for_without_end() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::HangUp).await;
        assert_says(
            &list(&gatehouse).await,
            &format!("{face} cannot be reached"),
            &["Try again in a minute"],
        );
        assert_eq!(gatehouse.platform().count(Route::Invites), 2, "{face}");
    }
}

#[tokio::test]
async fn who_came_by_an_invite_is_asked_for_again() {
    let gatehouse = on(PlatformName::Fluxer).await;
    let platform = gatehouse.platform();
    platform.fault_times(Route::MembersSearch, 1, Fault::HangUp);
    let code = platform.community(gatehouse.guild).unwrap().invites[0]
        .code
        .clone();
    let who = gatehouse.command("who", &[("code", code.into())]);
    let message = told(&gatehouse, &who).await;
    assert!(
        !message.title().contains("cannot be reached"),
        "{}",
        message.text()
    );
    assert_eq!(platform.count(Route::MembersSearch), 2);
}

#[tokio::test]
async fn what_changes_something_is_not_sent_again() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        assert_lists(&list(&gatehouse).await);
        let platform = gatehouse.platform();
        platform.fault(Route::Pause, Fault::HangUp);
        let message = told(&gatehouse, &gatehouse.command("pause", &[])).await;
        assert_plain(&message);
        assert_eq!(
            platform.count(Route::Pause),
            1,
            "{face}: {}",
            message.text()
        );
    }
}
