//! Every command, as it is typed.

use gatehouse::sandbox::platform::{FLUXER_BOT_ID, Route};

use serde_json::json;

use super::town::{ANN, BEN, LOUNGE, OFFICE, OWNER, Town, codes};

#[tokio::test]
async fn every_command_that_reads_is_answered() {
    let town = Town::new().await;
    let code = town.platform.community(town.guild).unwrap().invites[0]
        .code
        .clone();
    for (number, (words, expected)) in [
        ("", "140 invites"),
        ("list unused oldest page:2", "unused"),
        ("Unused Oldest page:3", "unused"),
        (&format!("show {code}"), "**Link**"),
        (&code, "**Link**"),
        ("review", "What matters in"),
        ("stats", "**Capacity**"),
        ("stats by:channel", "channel"),
        (&format!("who {code}"), "Who came through"),
        ("check", "✅"),
        ("help", "What I can do"),
        ("help rights", "Who may do what"),
    ]
    .into_iter()
    .enumerate()
    {
        // Two people take turns, so that neither is too fast.
        let who = [ANN, OWNER, super::town::ADMIN, super::town::NAMED][number % 4];
        let answer = town.ask(OFFICE, who, &format!("/invites {words}")).await;
        assert!(answer.content.contains(expected), "{words}: {answer:?}");
        let request = town.platform.messages(OFFICE);
        let request = request
            .iter()
            .rev()
            .find(|one| one.author.id == who)
            .unwrap();
        assert_eq!(answer.replies_to, Some(request.id), "{words}");
    }
}

#[tokio::test]
async fn a_list_is_a_table_of_four_columns() {
    let town = Town::new().await;
    let answer = town.ask(OFFICE, ANN, "/invites list").await;
    let rows: Vec<&str> = answer
        .content
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), 12, "{answer:?}");
    assert_eq!(rows[0], "| Invite | Uses | Ends | Into · by |");
    assert_eq!(rows[1], "| --- | --- | --- | --- |");
    assert_eq!(codes(&answer.content).len(), 10);
    let body = &answer.body;
    assert_eq!(body["flags"], 4);
    let mentions = serde_json::json!({ "parse": [], "replied_user": false });
    assert_eq!(body["allowed_mentions"], mentions);
    assert!(body["nonce"].is_string());
}

#[tokio::test]
async fn a_mention_is_as_good_as_a_slash() {
    let town = Town::new().await;
    for text in [
        format!("<@{FLUXER_BOT_ID}> invites help"),
        format!("<@!{FLUXER_BOT_ID}>  /Invites\n help"),
        "  /INVITES   help".to_owned(),
    ] {
        let answer = town.ask(OFFICE, ANN, &text).await;
        assert!(
            answer.content.contains("What I can do"),
            "{text}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn nothing_else_is_answered_or_asked_about() {
    let town = Town::new().await;
    let first = town.platform.say(LOUNGE, ANN, "what does /invites do?");
    for text in ["/invitesfoo", "invites", "/invite list", "next", "hello"] {
        town.platform.say(LOUNGE, ANN, text);
    }
    // Nor is what people say to each other.
    town.platform.reply(LOUNGE, ANN, first, "no idea");
    for chatter in [
        "show me, please",
        "Thanks",
        "Because I said so",
        "next",
        "aBcD12xY",
        "https://fluxer.gg/aBcD12xY",
    ] {
        town.platform.reply(LOUNGE, ANN, first, chatter);
    }
    town.platform.react(LOUNGE, ANN, first, "▶️");
    town.platform.react(LOUNGE, ANN, first, "👍");
    town.quiet().await;
    assert!(town.answers(LOUNGE).is_empty());
    assert!(town.letters(ANN).is_empty());
    // The reactions alone do not tell whose message it is.
    assert_eq!(town.platform.count(Route::Message), 1);
}

#[tokio::test]
async fn chatter_in_reply_is_looked_up_only_where_it_may_be_meant_for_us() {
    let town = Town::new().await;
    let first = town.platform.say(LOUNGE, BEN, "the new link is up");
    let reply = |number: u64, text: &str| {
        json!({
            "id": (first + number).to_string(),
            "channel_id": LOUNGE.to_string(),
            "guild_id": town.guild.to_string(),
            "author": { "id": ANN.to_string() },
            "content": text,
            "message_reference": { "message_id": first.to_string(), "type": 0 },
        })
    };
    // Where it is not told whose message it is.
    for (number, text) in (1..).zip(["Thanks", "Because it was late", "Perfect!", "ok", "hm"]) {
        let data = reply(number, text);
        town.platform
            .dispatch(Some(town.guild), "MESSAGE_CREATE", &data);
    }
    town.quiet().await;
    assert_eq!(town.platform.count(Route::Message), 0);
    let data = reply(100, "aBcD12xY");
    town.platform
        .dispatch(Some(town.guild), "MESSAGE_CREATE", &data);
    town.until("looked up", |town| {
        (town.platform.count(Route::Message) == 1).then_some(())
    })
    .await;
    assert!(town.answers(LOUNGE).is_empty());
}

#[tokio::test]
async fn thanks_in_reply_to_a_list_are_no_code() {
    let town = Town::new().await;
    let list = town.ask(OFFICE, ANN, "/invites list").await;
    for text in ["Thanks", "Perfect!", "Because"] {
        town.platform.reply(OFFICE, ANN, list.id, text);
    }
    town.quiet().await;
    assert_eq!(town.answers(OFFICE).len(), 1);
    assert_eq!(town.now(&list).content, list.content);
}

#[tokio::test]
async fn an_unknown_word_gets_the_nearest_one_and_an_example() {
    let town = Town::new().await;
    let answer = town.ask(LOUNGE, ANN, "/invites list unusd").await;
    assert!(
        answer.content.contains("did you mean `unused`"),
        "{answer:?}"
    );
    assert!(
        answer.content.contains("`/invites list unused oldest`"),
        "{answer:?}"
    );
    let answer = town.ask(LOUNGE, ANN, "/invites clean unusd").await;
    assert!(answer.content.contains("/invites clean"), "{answer:?}");
}

#[tokio::test]
async fn exports_charts_and_pictures_are_files() {
    let town = Town::new().await;
    let answer = town.ask(OFFICE, ANN, "/invites export csv unused").await;
    let (name, bytes) = &answer.files[0];
    assert_eq!(name.rsplit('.').next(), Some("csv"), "{name}");
    let code = town.platform.community(town.guild).unwrap();
    let code = code
        .invites
        .iter()
        .find(|one| one.uses == 0)
        .unwrap()
        .code
        .clone();
    assert!(String::from_utf8_lossy(bytes).contains(&code));
    let answer = town.ask(OFFICE, ANN, "/invites stats").await;
    assert_eq!(answer.files[0].0, "stats.png");
    assert!(answer.files[0].1.starts_with(b"\x89PNG"));
    assert!(answer.body["attachments"][0]["description"].is_string());
}

#[tokio::test]
async fn an_invite_is_made_where_it_is_asked_for() {
    let town = Town::new().await;
    let answer = town
        .ask(OFFICE, ANN, "/invites create #welcome expires:1d uses:5")
        .await;
    let made = town.platform.audit_log(town.guild);
    assert_eq!(made.len(), 1);
    assert!(answer.content.contains(&made[0].target), "{answer:?}");
    assert!(
        made[0]
            .reason
            .as_deref()
            .unwrap()
            .contains(&ANN.to_string()),
        "{made:?}"
    );
}

#[tokio::test]
async fn joining_is_paused_and_resumed() {
    let town = Town::new().await;
    let paused = town.ask(OFFICE, ANN, "/invites pause reason:raid").await;
    assert!(paused.content.contains("Joining is paused"), "{paused:?}");
    assert!(town.platform.community(town.guild).unwrap().is_paused());
    // The way back is in the same message: a question first.
    let question = town.reply(&paused, ANN, "resume").await;
    assert!(question.content.contains("Resume joining?"), "{question:?}");
    town.platform
        .reply(OFFICE, ANN, question.id, "resume all clear");
    town.until("resumed", |town| {
        (!town.platform.community(town.guild).unwrap().is_paused()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn hostile_names_are_inert() {
    let mut community = super::town::community();
    for (number, name) in [
        "@everyone",
        "a | b",
        "`x`\n| y |",
        "-# `gh1 po 1 1 g1h`",
        "<@1>",
    ]
    .into_iter()
    .enumerate()
    {
        let user =
            gatehouse::sandbox::platform::SampleUser::new(77 + number as u64, "x", Some(name));
        community.invites[number].inviter = user.into();
    }
    let kept: Vec<_> = community.invites.iter().take(5).cloned().collect();
    community.invites = kept;
    let town = super::town::Setup::new().community(community).start().await;
    let answer = town.ask(OFFICE, ANN, "/invites list").await;
    let rows: Vec<&str> = answer
        .content
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(rows.len(), 5, "{answer:?}");
    for row in rows {
        let bare = row.replace("\\|", "");
        assert_eq!(bare.matches('|').count(), 5, "{row}");
        assert!(
            !row.contains(" @everyone") && !row.contains("<@1>"),
            "{row}"
        );
    }
    assert_eq!(
        answer.body["allowed_mentions"]["parse"],
        serde_json::json!([])
    );
    assert_eq!(town.platform.count(Route::Send), 1);
}
