//! The platform answers something that is no list of invites.

use gatehouse::{
    platform::BODY_MAX_BYTES,
    sandbox::platform::{Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route, SamplePlatform},
};
use gatehouse_commands::PlatformName;
use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{assert_plain, assert_says, failing, list, on};
use crate::support::{Gatehouse, Setup, client};

/// Asserts that a list with this fault is told so, once asked.
async fn assert_told(fault: &Fault, title: fn(PlatformName) -> String, advice: &[&str]) {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, fault.clone()).await;
        let message = list(&gatehouse).await;
        assert_says(&message, &title(face), advice);
        assert!(message.has_button("Try again"), "{face}, {fault:?}");
        let asked = gatehouse.platform().count(Route::Invites);
        assert_eq!(asked, 1, "{face}, {fault:?}");
    }
}

#[tokio::test]
async fn a_platform_with_a_problem_is_told_to_be_at_fault() {
    for fault in [
        Fault::Refused(500),
        Fault::Refused(502),
        Fault::Refused(503),
        Fault::Refused(504),
        Fault::Html(502),
        Fault::Html(503),
    ] {
        assert_told(
            &fault,
            |face| format!("{face} has a problem of its own"),
            &[
                "The fault is",
                "mostly passes within minutes",
                "Try again in a minute.",
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_told_so() {
    for fault in [
        Fault::Html(200),
        Fault::Garbage,
        Fault::InvalidUtf8,
        Fault::WrongShape,
    ] {
        assert_told(
            &fault,
            |face| format!("{face} gave an answer that makes no sense"),
            &[
                "The fault is",
                "Try again in a minute",
                "tell the person who hosts this bot",
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_as_a_lost_connection() {
    assert_told(
        &Fault::CutOff,
        |face| format!("{face} cannot be reached"),
        &[
            "It is down, or the bot's connection to it is.",
            "Try again in a minute",
        ],
    )
    .await;
}

#[tokio::test]
async fn no_list_at_all_is_a_list_without_invites() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::NullList).await;
        let message = list(&gatehouse).await;
        assert!(message.text().contains("0 invites"), "{}", message.text());
        assert!(message.text().contains("Nobody has made an invite yet"));
    }
}

/// So many invites with long names that their list takes more than ten megabytes on either platform.
const TEN_MEGABYTES_OF_INVITES: usize = 18_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_megabytes_are_read() {
    for face in PlatformName::ALL {
        let community = Community::of(Community::SAMPLE_ID, "Lantern Harbour")
            .many(TEN_MEGABYTES_OF_INVITES, Timestamp::now());
        let gatehouse = Setup::new().face(face).community(community).start().await;
        let size = size_of_list(&gatehouse).await;
        assert!(size > 10_000_000, "{size}");
        let message = list(&gatehouse).await;
        assert!(
            message.text().contains("18000 invites"),
            "{}",
            message.text()
        );
    }
}

/// How many bytes the platform sends when it is asked for the list.
async fn size_of_list(gatehouse: &Gatehouse) -> usize {
    let (api, token) = match gatehouse.face {
        PlatformName::Discord => (
            gatehouse.platform().discord_api() + "/api/v10",
            DISCORD_TOKEN,
        ),
        PlatformName::Fluxer => (gatehouse.platform().fluxer_api(), FLUXER_TOKEN),
    };
    let response = client()
        .get(format!("{api}/guilds/{}/invites", gatehouse.guild))
        .header("authorization", format!("Bot {token}"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_measure_is_not_taken() {
    let megabytes = BODY_MAX_BYTES / 1_000_000 + 1;
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Bytes(megabytes)).await;
        assert_says(
            &list(&gatehouse).await,
            &format!("{face} gave an answer that makes no sense"),
            &["Try again in a minute"],
        );
    }
}

#[tokio::test]
async fn a_refusal_by_whatever_stands_in_front_is_told_in_words() {
    for face in PlatformName::ALL {
        for status in [400, 403, 404, 405, 418] {
            let gatehouse = failing(face, Fault::Html(status)).await;
            let message = list(&gatehouse).await;
            assert_plain(&message);
            let title = message.title();
            assert!(title.starts_with(&face.to_string()), "{title}");
            assert!(message.has_button("Try again"), "{face}, {status}");
            assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        gatehouse.platform().fault(Route::Any, Fault::Redirect);
        let message = list(&gatehouse).await;
        let expected = [
            format!("{face} refused the bot's request"),
            format!("{face} has a problem of its own"),
        ];
        assert!(
            expected.iter().any(|title| message.title() == title),
            "{}",
            message.text()
        );
        assert_plain(&message);
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
    }
}

/// Answers every request with a redirect to this place; gives its own origin.
async fn redirecting_to(place: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: {place}\r\n\
                 content-length: 0\r\nconnection: close\r\n\r\n"
            );
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    origin
}

#[tokio::test]
async fn a_redirect_takes_the_token_nowhere() {
    let elsewhere = SamplePlatform::start(Community::of(1, "Trap"))
        .await
        .unwrap();
    let trap = format!("{}/v1/users/@me", elsewhere.domain());
    let origin = redirecting_to(trap).await;
    for face in PlatformName::ALL {
        let gatehouse = Setup::new()
            .face(face)
            .discord_api(&origin)
            .fluxer_api(&format!("{origin}/v1"))
            .start()
            .await;
        let message = list(&gatehouse).await;
        assert_plain(&message);
        assert!(message.has_button("Try again"), "{}", message.text());
    }
    let asked = elsewhere.requests();
    assert!(asked.is_empty(), "followed: {asked:#?}");
}
