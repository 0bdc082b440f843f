//! The platform answers what is no proper HTTP, or no proper JSON, or has no end.

use gatehouse::{platform::BODY_MAX_BYTES, sandbox::platform::Community};
use gatehouse_commands::PlatformName;

use super::{assert_plain, assert_says, list, other};
use crate::support::{
    Gatehouse, Message, On, Setup,
    crude::{Crude, CrudePlatform},
};

/// What the systems at both ends hold of a connection, at the very most.
const ON_THE_WAY_MAX_BYTES: usize = 32 * 1024 * 1024;

/// The service, with interactions from the platform that works, for invites on `platform`, which
/// is this one.
pub(super) async fn before(platform: PlatformName, origin: &str) -> Gatehouse {
    let guild = Community::SAMPLE_ID;
    let face = other(platform);
    let setup = Setup::new().face(face).link(
        &format!("{}:{guild}", face.key()),
        &format!("{}:{guild}", platform.key()),
    );
    let setup = match platform {
        PlatformName::Discord => setup.discord_api(origin),
        PlatformName::Fluxer => setup.fluxer_api(&format!("{origin}/v1")),
    };
    setup.start().await
}

/// What a moderator reads when the list is answered like this; and how often it was asked for.
async fn told(platform: PlatformName, answer: &Crude) -> (Message, usize) {
    let crude = CrudePlatform::answering("/invites", answer.clone()).await;
    let gatehouse = before(platform, &crude.origin("http")).await;
    let message = list(&gatehouse).await;
    (message, crude.asked())
}

#[track_caller]
fn assert_unreadable(message: &Message, platform: PlatformName, what: &str) {
    let title = format!("{platform} gave an answer that makes no sense");
    assert_eq!(message.title(), title, "{what}: {}", message.text());
    assert_says(message, &title, &["The fault is", "Try again in a minute"]);
    assert!(message.has_button("Try again"), "{platform}");
}

#[track_caller]
fn assert_unreachable(message: &Message, platform: PlatformName, what: &str) {
    let title = format!("{platform} cannot be reached");
    assert_eq!(message.title(), title, "{what}: {}", message.text());
    assert_says(message, &title, &["Try again in a minute"]);
    assert!(message.has_button("Try again"), "{platform}");
}

/// A list of one invite, in so many objects and arrays.
fn nested(depth: usize) -> String {
    let (open, close) = ("{\"a\":[".repeat(depth / 2), "]}".repeat(depth / 2));
    format!("[{{\"code\":\"aBcD12xY\",\"extra\":{open}{close}}}]")
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_told_as_a_lost_connection() {
    let chunked = |body: &str| Crude::head("200 OK", &["transfer-encoding: chunked"]).and(body);
    let many_headers: Vec<String> = (0..10_000).map(|n| format!("x-header-{n}: 1")).collect();
    let many_headers: Vec<&str> = many_headers.iter().map(String::as_str).collect();
    let megabyte = format!("x-large: {}", "a".repeat(1_000_000));
    let answers = [
        // HTTP/0.9 knew neither status nor headers.
        ("no status", Crude::bytes("[]\r\n").hanging_up()),
        (
            "a banner",
            Crude::bytes("SSH-2.0-OpenSSH_9.9\r\n").hanging_up(),
        ),
        (
            "another version",
            Crude::bytes("HTTP/9.9 200 OK\r\n\r\n").hanging_up(),
        ),
        ("no number", Crude::head("OK", &[]).hanging_up()),
        ("bytes", Crude::bytes([0xff, 0x00, 0x16, 0x03]).hanging_up()),
        ("no chunk", chunked("what\r\n[]\r\n0\r\n\r\n").hanging_up()),
        ("a cut chunk", chunked("5\r\n[]").hanging_up()),
        ("no last chunk", chunked("2\r\n[]\r\n").hanging_up()),
        (
            "an endless chunk",
            chunked("ffffffffffffffffff\r\n[]").hanging_up(),
        ),
        (
            "too long",
            Crude::head("200 OK", &["content-length: 9"])
                .and("[]")
                .hanging_up(),
        ),
        (
            "no length",
            Crude::head("200 OK", &["content-length: -2"])
                .and("[]")
                .hanging_up(),
        ),
        (
            "two lengths",
            Crude::head("200 OK", &["content-length: 2", "content-length: 3"])
                .and("[]")
                .hanging_up(),
        ),
        (
            "large headers",
            Crude::answer("200 OK", &[&megabyte], "[]").hanging_up(),
        ),
        (
            "many headers",
            Crude::answer("200 OK", &many_headers, "[]").hanging_up(),
        ),
        (
            "an endless header",
            Crude::bytes("HTTP/1.1 200 OK\r\nx: ").repeating("a"),
        ),
    ];
    for platform in PlatformName::ALL {
        for (what, answer) in &answers {
            let (message, asked) = told(platform, answer).await;
            assert_unreachable(&message, platform, what);
            assert_eq!(asked, 1, "{platform}: {what}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_holds_no_list_is_told_to_make_no_sense() {
    let gzip = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x8b, 0x8e, 5, 0, 0x29, 0xbb, 0x4c, 0x0d,
    ];
    let utf_16: Vec<u8> = "[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let whole = |body: &str| Crude::answer("200 OK", &[], body);
    let answers = [
        ("204", Crude::head("204 No Content", &[])),
        ("205", Crude::answer("205 Reset Content", &[], "")),
        ("an empty body", whole("")),
        (
            "too short",
            Crude::head("200 OK", &["content-length: 1"]).and("[]"),
        ),
        (
            "packed",
            Crude::answer("200 OK", &["content-encoding: gzip"], gzip),
        ),
        ("another encoding", Crude::answer("200 OK", &[], utf_16)),
        ("a mark of the encoding", whole("\u{feff}[]")),
        ("two lists", whole("[][]")),
        ("only brackets", whole(&"[".repeat(10_000))),
        (
            "deep brackets",
            whole(&("[".repeat(10_000) + &"]".repeat(10_000))),
        ),
        ("a text", whole("\"[]\"")),
        ("a number", whole("1e999")),
        (
            "wrong types",
            whole(r#"[1,"a",true,[],{"code":{}},{"code":[]},{"code":7}]"#),
        ),
        (
            "10 MB that break off",
            whole(&format!("[{}", " ".repeat(10_000_000))),
        ),
        (
            "10 MB of one text",
            whole(&format!("[\"{}\"]", "a".repeat(10_000_000))),
        ),
    ];
    for platform in PlatformName::ALL {
        for (what, answer) in &answers {
            let (message, asked) = told(platform, answer).await;
            assert_unreadable(&message, platform, what);
            assert_eq!(asked, 1, "{platform}: {what}");
        }
    }
}

#[tokio::test]
async fn unusual_answers_that_are_in_order_are_read() {
    let interim = "HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\nHTTP/1.1 200 OK\r\n\
        content-length: 2\r\n\r\n[]";
    // As many entries as are read of one list.
    let nulls = format!("[{}null]", "null,".repeat(99_999));
    let answers = [
        (
            "nothing but nulls",
            Crude::answer("200 OK", &[], nulls),
            "0 invites",
        ),
        ("early hints", Crude::bytes(interim), "0 invites"),
        (
            "an older version",
            Crude::bytes("HTTP/1.0 200 OK\r\n\r\n[]").hanging_up(),
            "0 invites",
        ),
        (
            "chunks",
            Crude::head("200 OK", &["transfer-encoding: chunked"])
                .and("1\r\n[\r\n1\r\n]\r\n0\r\n\r\n"),
            "0 invites",
        ),
        (
            "206",
            Crude::answer("206 Partial Content", &[], "[]"),
            "0 invites",
        ),
        (
            "no type",
            Crude::answer("200 OK", &["content-type: text/html"], "[]"),
            "0 invites",
        ),
        (
            "10,000 deep",
            Crude::answer("200 OK", &[], nested(10_000)),
            "1 invite",
        ),
    ];
    for platform in PlatformName::ALL {
        for (what, answer, says) in &answers {
            let (message, asked) = told(platform, answer).await;
            assert!(
                message.text().contains(says),
                "{platform}, {what}: {}",
                message.text()
            );
            assert_plain(&message);
            assert_eq!(asked, 1, "{platform}: {what}");
        }
    }
}

#[tokio::test]
async fn a_status_that_says_neither_yes_nor_no_is_told_in_words() {
    for platform in PlatformName::ALL {
        for status in [
            "101 Switching Protocols",
            "300 Multiple Choices",
            "304 Not Modified",
            "999 ?",
        ] {
            let answer = Crude::head(status, &["upgrade: any", "connection: upgrade"]).hanging_up();
            let (message, asked) = told(platform, &answer).await;
            assert_plain(&message);
            assert!(
                message.title().starts_with(&platform.to_string()),
                "{}",
                message.text()
            );
            assert!(message.has_button("Try again"), "{platform}, {status}");
            assert_eq!(asked, 1, "{platform}: {status}");
        }
    }
}

/// The head of an answer that does not say how long it is, and this without end.
fn endless(status: &str, part: &str) -> Crude {
    let chunk = format!("{:x}\r\n{part}\r\n", part.len());
    Crude::head(status, &["transfer-encoding: chunked"]).repeating(chunk)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_is_taken_of_an_endless_list_than_of_the_largest() {
    for platform in PlatformName::ALL {
        let part = "[".to_owned() + &" ".repeat(32 * 1024);
        let crude = CrudePlatform::answering("/invites", endless("200 OK", &part)).await;
        let gatehouse = before(platform, &crude.origin("http")).await;
        assert_unreadable(&list(&gatehouse).await, platform, "endless");
        assert_eq!(crude.asked(), 1, "{platform}");
        let sent = crude.sent();
        assert!(
            sent <= BODY_MAX_BYTES + ON_THE_WAY_MAX_BYTES,
            "{platform}: {sent}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hardly_anything_is_taken_of_an_endless_refusal() {
    for platform in PlatformName::ALL {
        for (status, title) in [
            (
                "500 Internal Server Error",
                format!("{platform} has a problem of its own"),
            ),
            (
                "429 Too Many Requests",
                format!("{platform} asks the bot to slow down"),
            ),
            (
                "404 Not Found",
                format!("{platform} refused the bot's request"),
            ),
        ] {
            let answer = endless(status, &"x".repeat(32 * 1024));
            let crude = CrudePlatform::answering("/invites", answer).await;
            let gatehouse = before(platform, &crude.origin("http")).await;
            assert_says(&list(&gatehouse).await, &title, &[]);
            let sent = crude.sent();
            assert!(sent <= ON_THE_WAY_MAX_BYTES, "{platform}, {status}: {sent}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hardly_anything_is_taken_of_an_endless_answer_to_an_edit() {
    for face in PlatformName::ALL {
        for status in ["200 OK", "500 Internal Server Error"] {
            let answer = endless(status, &"x".repeat(32 * 1024));
            let crude = CrudePlatform::answering("/webhooks/", answer).await;
            let target = other(face);
            let guild = Community::SAMPLE_ID;
            let setup = Setup::new().face(face).link(
                &format!("{}:{guild}", face.key()),
                &format!("{}:{guild}", target.key()),
            );
            let setup = match face {
                PlatformName::Discord => setup.discord_api(&crude.origin("http")),
                PlatformName::Fluxer => setup.fluxer_api(&format!("{}/v1", crude.origin("http"))),
            };
            let mut gatehouse = setup.start().await;
            // A file is never part of a direct answer.
            gatehouse.send(&gatehouse.command("export", &[])).await;
            gatehouse.begin_stop();
            gatehouse.stopped().await;
            assert_eq!(crude.asked() > 1, status != "200 OK", "{face}, {status}");
            let sent = crude.sent() / crude.asked();
            assert!(sent <= ON_THE_WAY_MAX_BYTES, "{face}, {status}: {sent}");
        }
    }
}

#[tokio::test]
async fn what_is_left_over_on_a_connection_spoils_no_later_answer() {
    for platform in PlatformName::ALL {
        let crude = CrudePlatform::deciding("/invites", |asked| {
            let list = Crude::answer("200 OK", &[], "[]");
            if asked.earlier == 0 {
                list.and("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[1]")
            } else {
                list
            }
        })
        .await;
        let gatehouse = before(platform, &crude.origin("http")).await;
        let mut message = list(&gatehouse).await;
        for _ in 0..5 {
            assert!(message.text().contains("0 invites"), "{}", message.text());
            let refresh = message.button("Refresh").custom_id;
            let press = gatehouse.press(&refresh, On::Private, &[]);
            message = super::told(&gatehouse, &press).await;
        }
        assert!(crude.asked() >= 6, "{platform}: {}", crude.asked());
    }
}
