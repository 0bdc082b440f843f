//! The host's clock and the platform's differ by hours.

use gatehouse::{clock::Clock, sandbox::platform::Community};
use gatehouse_commands::PlatformName;
use jiff::{SignedDuration, Timestamp};

use super::assert_lists;
use crate::support::{Interaction, KEY, Setup, secrets, signed};

#[tokio::test]
async fn whose_clock_is_off_by_hours_is_told_to_the_operator() {
    for face in PlatformName::ALL {
        for (hours, direction) in [(3, "3h ahead of"), (-7, "7h behind")] {
            let now = Timestamp::now();
            let skewed = now + SignedDuration::from_hours(hours);
            let setup = Setup::new().face(face).clock(Clock::stopped(skewed));
            let gatehouse = setup.start().await;
            let list = gatehouse.command("list", &[]);
            let body = list.body();
            let headers = signed(&KEY, &now.as_second().to_string(), &body);
            let (answer, log) = secrets::heard(async {
                gatehouse
                    .post_raw(&gatehouse.path(), &headers, body.clone())
                    .await
            })
            .await;
            assert_eq!(answer.status, 401, "{face}");
            let told =
                format!("signed by {face}, but this host's clock is {direction} the request's");
            assert!(log.contains(&told), "{log}");
            gatehouse.assert_platform_not_asked();

            // Each further one says nothing new, and one that is not signed says nothing at all.
            let ((), log) = secrets::heard(async {
                for _ in 0..20 {
                    let again = gatehouse.command("list", &[]).body();
                    let headers = signed(&KEY, &now.as_second().to_string(), &again);
                    let answer = gatehouse.post_raw(&gatehouse.path(), &headers, again).await;
                    assert_eq!(answer.status, 401);
                }
            })
            .await;
            let lines = log
                .lines()
                .filter(|line| line.contains("WARN") || line.contains("ERROR"));
            assert_eq!(lines.count(), 0, "{log}");

            // The clock is set: at once all is well.
            gatehouse.clock.set(now);
            let well = Interaction::command(Community::SAMPLE_ID, "list", &[]);
            assert_lists(&gatehouse.ask(&well).await);
        }
    }
}

#[tokio::test]
async fn a_forged_request_says_nothing_about_the_clock() {
    let now = Timestamp::now();
    let gatehouse = Setup::new().clock(Clock::stopped(now)).start().await;
    let body = gatehouse.command("list", &[]).body();
    let old = (now - SignedDuration::from_hours(9))
        .as_second()
        .to_string();
    let headers = signed(&[99; 32], &old, &body);
    let (answer, log) =
        secrets::heard(async { gatehouse.post_raw(&gatehouse.path(), &headers, body).await }).await;
    assert_eq!(answer.status, 401);
    assert!(!log.contains("clock"), "{log}");
    assert!(log.contains("the signature does not fit"), "{log}");
}
