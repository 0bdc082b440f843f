//! `gatehouse sandbox`: everything, without any account.

use crate::support::{Ended, Gatehouse, get, post};

#[tokio::test]
async fn the_script_shows_a_list_its_second_page_and_an_invite() {
    let out = Gatehouse::new(&["sandbox", "--script"]).run().await.well();
    let steps = [
        "> /invites list",
        "> presses Next",
        "> opens the first invite",
    ];
    let mut rest = out.as_str();
    let mut parts = Vec::new();
    for step in steps {
        let (before, after) = rest.split_once(step).expect(step);
        parts.push(before);
        rest = after;
    }
    parts.push(rest);
    assert_eq!(parts[0], "", "something before the first step");
    assert!(parts[1].contains("Invites into Paper Kite Society (sample)"));
    assert!(
        parts[1].contains("Page 1 of 14 · 140 of 1000 invites"),
        "{out}"
    );
    assert!(parts[1].contains("[Next]"), "{out}");
    assert!(
        parts[2].contains("Page 2 of 14 · 140 of 1000 invites"),
        "{out}"
    );
    assert!(parts[3].contains("  Invite "), "{out}");
    assert!(parts[3].contains("Leads into: Paper Kite Society (sample)"));
    assert!(parts[3].contains("[Back to list]"), "{out}");
    assert!(!out.contains('\u{1b}'), "{out:?}");
}

#[tokio::test]
async fn it_says_where_it_listens_and_what_to_try() {
    let mut sandbox = Gatehouse::new(&["sandbox", "--listen", "127.0.0.1:0"]).start();
    let webhook = sandbox.said("webhook          http://").await;
    sandbox.said("Ctrl+C ends it.").await;
    let address = webhook.split('/').next().unwrap().parse().unwrap();
    assert_eq!(get(address, "/healthz").await.0, 200);

    // The two lines that it shows, as they stand there.
    let out = sandbox.out();
    let line = |part: &str| out.lines().find(|line| line.contains(part)).unwrap();
    let variables = line("FLUXER_API=").trim().trim_end_matches('\\').trim();
    let words = line("invites list unused").split_once("-- ").unwrap().1;
    let arguments: Vec<&str> = words.split_whitespace().collect();
    let mut gatehouse = Gatehouse::new(&arguments);
    for variable in variables.split_whitespace() {
        let (name, value) = variable.split_once('=').unwrap();
        gatehouse = gatehouse.set(name, value);
    }
    let list = gatehouse.run().await.well();
    assert!(list.contains("of 140 match: unused"), "{list}");

    sandbox.signal("INT");
    assert_eq!(sandbox.ended().await, Some(0));
    assert_eq!(sandbox.err(), "");
}

#[tokio::test]
async fn the_page_sends_signed_commands_and_draws_the_replies() {
    let mut sandbox = Gatehouse::new(&["sandbox", "--listen", "127.0.0.1:0"]).start();
    let page = sandbox.said("page             http://").await;
    let address = page.trim_end_matches('/').parse().unwrap();
    let text = |(status, body): (u16, Vec<u8>)| (status, String::from_utf8(body).unwrap());
    let send = async |path: &str, body: &str, headers: &[(&str, &str)]| {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [&[form], headers].concat();
        text(post(address, path, &headers, body).await)
    };

    let (status, drawn) = text(get(address, "/").await);
    assert_eq!(status, 200);
    assert!(drawn.contains("data-words=\"invites list\""), "{drawn}");
    let (status, _) = send(
        "/sandbox/command",
        "command=invites+list&option.page=2",
        &[],
    )
    .await;
    assert_eq!(status, 200);
    let (_, drawn) = text(get(address, "/").await);
    assert!(drawn.contains("Page 2 of 14"), "{drawn}");
    assert!(drawn.contains("X-Signature-Ed25519"), "{drawn}");

    // Suggestions come from the webhook as well; another site gets nothing done.
    let asked = "command=invites+list&option.by=mar&focused=by";
    let (_, suggested) = send("/sandbox/suggest", asked, &[]).await;
    assert!(suggested.contains("Marisol Vance"), "{suggested}");
    let foreign = [("sec-fetch-site", "cross-site")];
    let (status, _) = send("/sandbox/command", "command=invites+list", &foreign).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn a_seed_makes_the_same_other_community_each_time() {
    let codes = async |seed: Option<&str>| {
        let mut arguments = vec!["sandbox", "--script"];
        arguments.extend(seed.map(|_| "--seed"));
        arguments.extend(seed);
        let out = Gatehouse::new(&arguments).run().await.well();
        let lines = out.lines().filter(|line| line.contains(" · ends "));
        let codes = lines.filter_map(|line| line.trim().split(' ').next());
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    let seven = codes(Some("7")).await;
    assert!(!seven.is_empty());
    assert_eq!(seven, codes(Some("7")).await);
    assert_ne!(seven, codes(Some("8")).await);
    assert_ne!(seven, codes(None).await);
}

#[tokio::test]
async fn two_at_once_take_different_ports() {
    let start = || Gatehouse::new(&["sandbox"]).start();
    let (mut first, mut second) = (start(), start());
    let (one, other) = (first.said("webhook ").await, second.said("webhook ").await);
    assert_ne!(one, other);
}

#[tokio::test]
async fn no_variable_of_the_service_disturbs_it() {
    let ended: Ended = Gatehouse::new(&["sandbox", "--script"])
        .set("DISCORD_API", "nonsense")
        .set("FLUXER_TOKEN", "not good")
        .set("GATEHOUSE_LISTEN", "nowhere")
        .run()
        .await;
    ended.well();
}

#[tokio::test]
async fn a_reader_who_has_seen_enough_is_no_failure() {
    let line = format!(
        "set -o pipefail; {} sandbox --script | head -1",
        env!("CARGO_BIN_EXE_gatehouse")
    );
    let ended = tokio::task::spawn_blocking(move || {
        std::process::Command::new("bash")
            .args(["-c", &line])
            .output()
    });
    let ended = ended.await.unwrap().unwrap();
    let err = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(err, "");
    assert!(ended.status.success(), "{ended:?}");
}
