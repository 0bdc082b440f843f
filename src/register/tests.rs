//! Registering against a platform over real HTTP.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::sandbox::platform::{
    APPLICATION_ID, Community, DISCORD_TOKEN, Fault, Recorded, Route, SamplePlatform,
};

const GUILD: u64 = 7;

/// Our commands as they are printed.
const OURS: [&str; 2] = ["/invites", "“Whose invite is this?” on a message"];

async fn platform() -> SamplePlatform {
    let community = Community::of(GUILD, "Kite club");
    SamplePlatform::start(community).await.unwrap()
}

struct Run {
    result: Result<Changes, RegisterError>,
    printed: String,
    /// What was asked meanwhile.
    requests: Vec<Recorded>,
}

impl Run {
    fn changes(&self) -> &Changes {
        self.result.as_ref().unwrap()
    }

    fn error(&self) -> String {
        let error = self.result.as_ref().unwrap_err();
        assert!(!format!("{error:?}").contains(DISCORD_TOKEN));
        error.to_string()
    }

    /// Method and path of what was not only read, and its body.
    fn sent(&self) -> Vec<(String, Value)> {
        let sends = self.requests.iter().filter(|asked| asked.method != "GET");
        let told = |asked: &Recorded| {
            let body = serde_json::from_slice(&asked.body).unwrap_or_default();
            let path = asked.path.replace(&APPLICATION_ID.to_string(), "APP");
            (format!("{} {path}", asked.method), body)
        };
        sends.map(told).collect()
    }
}

async fn run(platform: &SamplePlatform, token: &str, guild: Option<u64>, dry: bool) -> Run {
    let before = platform.requests().len();
    let mut out = Vec::new();
    let token = SecretString::from(token);
    let guild = guild.and_then(GuildId::new);
    let result = register(&platform.discord_api(), &token, guild, dry, &mut out).await;
    Run {
        result,
        printed: String::from_utf8(out).unwrap(),
        requests: platform.requests().split_off(before),
    }
}

async fn global(platform: &SamplePlatform) -> Run {
    run(platform, DISCORD_TOKEN, None, false).await
}

/// A call to the registry that is not ours.
fn call(
    platform: &SamplePlatform,
    method: reqwest::Method,
    scope: &str,
) -> reqwest::RequestBuilder {
    let url = format!(
        "{}/api/v10/applications/{APPLICATION_ID}{scope}/commands",
        platform.discord_api()
    );
    crate::http::Client::default()
        .request(method, &url)
        .header("authorization", format!("Bot {DISCORD_TOKEN}"))
}

/// Registers something behind our back.
async fn given(platform: &SamplePlatform, scope: &str, command: &Value) {
    let call = call(platform, reqwest::Method::POST, scope).json(command);
    let answer = call.send().await.unwrap();
    assert!(answer.status().is_success());
}

/// What is registered everywhere, as Discord answers it.
async fn stored(platform: &SamplePlatform) -> Vec<Value> {
    let call = call(platform, reqwest::Method::GET, "");
    call.send().await.unwrap().json().await.unwrap()
}

fn named(name: &str) -> Value {
    json!({"name": name, "description": "Something"})
}

/// What is sent for the tree and for the command on a message.
fn ours(scope: Scope) -> [Value; 2] {
    let sent = commands(scope).into_iter();
    let sent: Vec<Value> = sent
        .map(|command| serde_json::to_value(command).unwrap())
        .collect();
    sent.try_into().unwrap()
}

#[tokio::test]
async fn the_first_time_everything_is_sent_and_the_second_time_nothing() {
    let platform = platform().await;
    let first = global(&platform).await;
    assert_eq!(first.changes().added, OURS);
    let path = "POST /api/v10/applications/APP/commands";
    let bodies = ours(Scope::Global);
    assert_eq!(first.sent(), bodies.map(|body| (path.to_owned(), body)));
    insta::assert_snapshot!(first.printed, @r"
    Application 1510000000000000401, global commands
    + /invites                              new
    + “Whose invite is this?” on a message  new
    ");

    let second = global(&platform).await;
    assert!(second.changes().is_empty());
    assert_eq!(second.sent(), []);
    let list = second.requests.last().unwrap();
    assert_eq!(list.query, "with_localizations=true");
    let [_, on_message] = stored(&platform).await.try_into().unwrap();
    assert_eq!(on_message["name"], "Whose invite is this?");
    assert_eq!(on_message["description"], "");
    insta::assert_snapshot!(second.printed, @r"
    Application 1510000000000000401, global commands
    Nothing changed.
    ");
}

#[tokio::test]
async fn a_changed_command_is_sent_alone() {
    let platform = platform().await;
    let [mut command, on_message] = ours(Scope::Global);
    command["description"] = json!("Old words");
    given(&platform, "", &command).await;
    given(&platform, "", &on_message).await;

    let changed = global(&platform).await;
    assert_eq!(changed.changes().changed, ["/invites"]);
    assert_eq!(changed.changes().len(), 1);
    assert_eq!(changed.sent().len(), 1);
    insta::assert_snapshot!(changed.printed, @r#"
    Application 1510000000000000401, global commands
    ~ /invites                              changed
        description: "Old words" → "Which invites lead into this community, and how they are used"
    "#);
    assert!(global(&platform).await.changes().is_empty());
}

#[tokio::test]
async fn a_changed_command_on_a_message_is_sent_alone() {
    let platform = platform().await;
    let [tree, mut command] = ours(Scope::Global);
    command["default_member_permissions"] = json!("8");
    given(&platform, "", &tree).await;
    given(&platform, "", &command).await;

    let changed = global(&platform).await;
    assert_eq!(changed.changes().changed, OURS[1..]);
    assert_eq!(changed.changes().len(), 1);
    let path = "POST /api/v10/applications/APP/commands".to_owned();
    let [_, body] = ours(Scope::Global);
    assert_eq!(changed.sent(), [(path, body)]);
    insta::assert_snapshot!(changed.printed, @r#"
    Application 1510000000000000401, global commands
    ~ “Whose invite is this?” on a message  changed
        default_member_permissions: "8" → "32"
    "#);
    assert!(global(&platform).await.changes().is_empty());
}

#[tokio::test]
async fn localizations_that_we_do_not_have_are_found() {
    let platform = platform().await;
    for mut command in ours(Scope::Global) {
        command["name_localizations"] = json!({"de": "einladungen"});
        given(&platform, "", &command).await;
    }

    assert_eq!(global(&platform).await.changes().changed, OURS);
    assert!(global(&platform).await.changes().is_empty());
}

#[tokio::test]
async fn a_stale_command_is_deleted_after_the_new_one_is_there() {
    let platform = platform().await;
    given(&platform, "", &named("old-name")).await;
    given(&platform, "/guilds/7", &named("other-scope")).await;

    let run = global(&platform).await;
    assert_eq!(run.changes().removed, ["/old-name"]);
    let sent: Vec<String> = run.sent().into_iter().map(|(call, _)| call).collect();
    assert_eq!(sent.len(), 3);
    assert_eq!(sent[..2], ["POST /api/v10/applications/APP/commands"; 2]);
    assert!(sent[2].starts_with("DELETE /api/v10/applications/APP/commands/"));
    insta::assert_snapshot!(run.printed, @r"
    Application 1510000000000000401, global commands
    + /invites                              new
    + “Whose invite is this?” on a message  new
    - /old-name                             removed
    ");
    assert!(global(&platform).await.changes().is_empty());
}

#[tokio::test]
async fn a_stale_command_is_called_by_where_it_was_used() {
    let platform = platform().await;
    for command in ours(Scope::Global) {
        given(&platform, "", &command).await;
    }
    for (kind, name) in [(1, "invites2"), (2, "Their invites"), (3, "Old \u{1b}[2J")] {
        let mut command = named(name);
        command["type"] = json!(kind);
        given(&platform, "", &command).await;
    }

    insta::assert_snapshot!(global(&platform).await.printed, @r"
    Application 1510000000000000401, global commands
    - /invites2                             removed
    - “Their invites” on a person           removed
    - “Old \u{1b}[2J” on a message          removed
    ");
    assert!(global(&platform).await.changes().is_empty());
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_sends_nothing() {
    let platform = platform().await;
    given(&platform, "", &named("old-name")).await;

    let dry = run(&platform, DISCORD_TOKEN, None, true).await;
    assert!(dry.requests.iter().all(|asked| asked.method == "GET"));
    let real = global(&platform).await;
    assert_eq!(dry.changes(), real.changes());
    let said = dry.printed.strip_prefix(&real.printed).unwrap();
    assert_eq!(said, "This was a dry run: nothing was sent.\n");
}

#[tokio::test]
async fn one_guild_has_commands_of_its_own() {
    let platform = platform().await;
    assert_eq!(global(&platform).await.changes().added, OURS);

    let first = run(&platform, DISCORD_TOKEN, Some(GUILD), false).await;
    let bodies = ours(Scope::Guild(GuildId::new(GUILD).unwrap()));
    let path = "POST /api/v10/applications/APP/guilds/7/commands";
    assert_eq!(first.sent(), bodies.map(|body| (path.to_owned(), body)));
    insta::assert_snapshot!(first.printed, @r"
    Application 1510000000000000401, commands of guild 7
    + /invites                              new
    + “Whose invite is this?” on a message  new
    ");

    let second = run(&platform, DISCORD_TOKEN, Some(GUILD), false).await;
    assert!(second.changes().is_empty());
    assert_eq!(second.sent(), []);

    given(&platform, "/guilds/7", &named("old-name")).await;
    let third = run(&platform, DISCORD_TOKEN, Some(GUILD), false).await;
    assert_eq!(third.changes().removed, ["/old-name"]);
}

#[tokio::test]
async fn a_wrong_token_is_said_and_not_shown() {
    let platform = platform().await;
    let run = run(&platform, "wr0ng", None, false).await;
    assert!(matches!(run.result, Err(RegisterError::TokenRefused)));
    assert!(run.error().contains("DISCORD_TOKEN"));
    assert!(!format!("{:?}", run.result).contains("wr0ng"));
    assert_eq!(run.requests.len(), 1);
    assert_eq!(run.printed, "");
}

#[tokio::test]
async fn a_guild_without_the_application_is_named() {
    let platform = platform().await;
    let run = run(&platform, DISCORD_TOKEN, Some(8), false).await;
    assert!(matches!(run.result, Err(RegisterError::NoAccess(guild)) if guild.number() == 8));
    assert!(run.error().contains("applications.commands"));

    let unknown = Fault::discord(404, 10_004, "Unknown Guild");
    platform.fault(Route::Commands.in_guild(GUILD), unknown);
    let run = self::run(&platform, DISCORD_TOKEN, Some(GUILD), false).await;
    assert!(run.error().contains("guild 7"));
}

#[tokio::test]
async fn what_was_done_before_a_refusal_is_told() {
    // Refused is the second command, or the removal after it.
    for done in [1, 2] {
        let platform = platform().await;
        given(&platform, "", &named("old-name")).await;
        platform.fault_times(Route::Commands, 1 + done, Fault::Slow(Duration::ZERO));
        platform.fault(
            Route::Commands,
            Fault::discord(400, 40_060, "Not \u{1b}[2J today"),
        );
        let run = global(&platform).await;
        assert_eq!(
            run.error(),
            r#"Discord refused the request and says why: "Not \u{1b}[2J today" (code 40060)."#
        );
        assert_eq!(run.sent().len(), done + 1);
        let told: Vec<&str> = run.printed.lines().skip(1).collect();
        assert_eq!(told.len(), done);
        for (line, name) in told.iter().zip(OURS) {
            assert!(line.starts_with(&format!("+ {name} ")), "{line}");
            assert!(line.ends_with(" new"), "{line}");
        }
    }
}

#[tokio::test]
async fn a_command_that_is_gone_already_counts_as_removed() {
    let platform = platform().await;
    for command in ours(Scope::Global) {
        given(&platform, "", &command).await;
    }
    given(&platform, "", &named("old-name")).await;
    platform.fault_times(Route::Commands, 1, Fault::Slow(Duration::ZERO));
    let gone = Fault::discord(404, 10_063, "Unknown application command");
    platform.fault(Route::Commands, gone);
    assert_eq!(global(&platform).await.changes().removed, ["/old-name"]);
}

#[tokio::test]
async fn each_failure_has_its_own_sentence() {
    type Is = fn(&RegisterError) -> bool;
    let cases: [(Fault, Is); 7] = [
        (Fault::discord(400, 30_034, "Max number"), |error| {
            matches!(error, RegisterError::DailyCreates)
        }),
        (Fault::Refused(401), |error| {
            matches!(error, RegisterError::TokenRefused)
        }),
        (Fault::Refused(403), |error| {
            matches!(error, RegisterError::Refused { code: 50_013, .. })
        }),
        (Fault::Refused(503), |error| {
            matches!(error, RegisterError::Broken)
        }),
        (Fault::Html(502), |error| {
            matches!(error, RegisterError::Broken)
        }),
        (Fault::Garbage, |error| {
            matches!(error, RegisterError::Unreadable(_))
        }),
        (Fault::CutOff, |error| {
            matches!(error, RegisterError::Unreachable(_))
        }),
    ];
    let platform = platform().await;
    for (fault, is_right) in cases {
        platform.clear_faults();
        platform.fault(Route::Commands, fault.clone());
        let run = global(&platform).await;
        let error = run.result.as_ref().unwrap_err();
        assert!(is_right(error), "{fault:?}: {error:?}");
        assert_eq!(run.requests.len(), 2, "{fault:?}");
        assert!(run.error().ends_with('.'));
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_twice_at_most() {
    let platform = platform().await;
    let soon = Duration::from_millis(50);
    let limit = platform.fault_times(Route::Commands, 1, Fault::limited(soon));
    assert_eq!(global(&platform).await.changes().added, OURS);
    assert_eq!(limit.met(), 1);

    let limit = platform.fault(Route::Commands, Fault::limited_globally(soon));
    let run = global(&platform).await;
    assert!(matches!(run.result, Err(RegisterError::RateLimited)));
    assert_eq!(limit.met(), 3);
}

#[tokio::test]
async fn nothing_is_waited_for_without_end() {
    for fault in [Fault::Hang, Fault::HangAfterHeaders] {
        let platform = platform().await;
        platform.fault(Route::Any, fault);
        tokio::time::pause();
        let run = global(&platform).await;
        tokio::time::resume();
        assert!(matches!(run.result, Err(RegisterError::TimedOut)));
        assert!(run.error().contains("did not answer within"));
    }
}

#[tokio::test]
async fn nobody_there_is_said() {
    let platform = platform().await;
    let api = platform.discord_api();
    platform.stop().await;
    let token = SecretString::from(DISCORD_TOKEN);
    let result = register(&api, &token, None, false, &mut Vec::new()).await;
    let error = result.unwrap_err();
    assert!(matches!(error, RegisterError::Unreachable(_)));
    assert!(error.to_string().contains("DISCORD_API"));
}
