//! The platform over real HTTP.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method, Response, redirect::Policy};
use serde_json::{Value, json};

use super::*;

mod discord;
mod faults;
mod fluxer;

const GUILD: u64 = Community::SAMPLE_ID;
const SHORT: Duration = Duration::from_millis(200);

async fn platform() -> SamplePlatform {
    let community = Community::sample(Timestamp::now());
    SamplePlatform::start(community).await.expect("a free port")
}

fn client() -> Client {
    // The client wants a provider even for plain HTTP; one that was set before is as good.
    let _set_before = rustls::crypto::ring::default_provider().install_default();
    // The proxies of the environment shall not see the loopback address.
    let client = Client::builder().no_proxy().redirect(Policy::none());
    client.build().expect("a client")
}

async fn fluxer(platform: &SamplePlatform, path: &str) -> reqwest::Result<Response> {
    let url = format!("{}/{path}", platform.fluxer_api());
    let request = client().get(url);
    request
        .header("authorization", format!("Bot {FLUXER_TOKEN}"))
        .send()
        .await
}

async fn discord(
    platform: &SamplePlatform,
    method: Method,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let url = format!("{}/api/v10/{path}", platform.discord_api());
    let request = client().request(method, url).json(body);
    let answer = request
        .header("authorization", format!("Bot {DISCORD_TOKEN}"))
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn invites(platform: &SamplePlatform) -> reqwest::Result<Response> {
    fluxer(platform, &format!("guilds/{GUILD}/invites")).await
}

async fn status_and_json(answer: reqwest::Result<Response>) -> (u16, Value) {
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

fn captured(file: &str) -> Value {
    let file: Value = serde_json::from_str(file).expect("a captured file is JSON");
    file["response"].clone()
}

/// Names of the headers that a client may read.
fn header_names(answer: &Response) -> Vec<String> {
    let names = answer.headers().keys().map(ToString::to_string);
    let mut names: Vec<_> = names
        .filter(|name| name != "date" && name != "content-length")
        .collect();
    names.sort();
    names
}

fn captured_header_names(response: &Value) -> Vec<String> {
    let headers = response["headers"].as_object().expect("headers");
    let mut names: Vec<_> = headers.keys().map(|name| name.to_lowercase()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn fluxer_lists_all_invites_newest_first() {
    let platform = platform().await;
    let (status, list) = status_and_json(invites(&platform).await).await;
    assert_eq!(status, 200);
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), 140);
    let made: Vec<_> = list.iter().map(|one| one["created_at"].as_str()).collect();
    assert!(made.is_sorted_by(|newer, older| newer >= older));
}

#[tokio::test]
async fn fluxers_headers_are_the_captured_ones() {
    let platform = platform().await;
    let real = include_str!("../../../tests/fixtures/fluxer/guild_invites_list_200.json");
    let answer = invites(&platform).await.expect("an answer");
    assert_eq!(
        header_names(&answer),
        captured_header_names(&captured(real))
    );
    let real = include_str!("../../../tests/fixtures/fluxer/well_known_fluxer_200.json");
    let answer = fluxer(&platform, ".well-known/fluxer")
        .await
        .expect("an answer");
    assert_eq!(
        header_names(&answer),
        captured_header_names(&captured(real))
    );
}

#[tokio::test]
async fn fluxers_refusals_are_the_captured_ones() {
    let platform = platform().await;
    platform.add_guild(Community::of(2, "closed").without_permission());
    platform.add_guild(Community::of(3, "foreign").without_membership());
    let cases = [
        (
            "guilds/nonsense/invites",
            include_str!(
                "../../../tests/fixtures/fluxer/guild_invites_list_400_bad_snowflake.json"
            ),
        ),
        (
            "guilds/2/invites",
            include_str!(
                "../../../tests/fixtures/fluxer/guild_invites_list_403_missing_permissions.json"
            ),
        ),
        (
            "guilds/3/invites",
            include_str!(
                "../../../tests/fixtures/fluxer/guild_invites_list_403_bot_not_a_member.json"
            ),
        ),
        (
            "guilds/3",
            include_str!("../../../tests/fixtures/fluxer/guild_get_403_bot_not_a_member.json"),
        ),
        (
            "guilds/4/invites",
            include_str!(
                "../../../tests/fixtures/fluxer/guild_invites_list_404_unknown_guild.json"
            ),
        ),
        (
            "guilds/2/nope",
            include_str!("../../../tests/fixtures/fluxer/route_404.json"),
        ),
    ];
    for (path, real) in cases {
        let (status, body) = status_and_json(fluxer(&platform, path).await).await;
        let real = captured(real);
        assert_eq!(
            (json!(status), &body),
            (real["status"].clone(), &real["body"]),
            "{path}"
        );
    }
    let (status, _) = status_and_json(fluxer(&platform, "guilds/2").await).await;
    assert_eq!(status, 200, "the guild itself needs membership only");
}

#[tokio::test]
async fn a_wrong_or_missing_token_is_unauthorized_on_both() {
    let platform = platform().await;
    let real = include_str!("../../../tests/fixtures/fluxer/guild_invites_list_401_no_auth.json");
    platform.set_fluxer_token("1.other");
    let (status, body) = status_and_json(invites(&platform).await).await;
    assert_eq!((status, &body), (401, &captured(real)["body"]));
    let url = format!("{}/api/v10/users/@me", platform.discord_api());
    let (status, body) = status_and_json(client().get(url).send().await).await;
    assert_eq!(status, 401);
    assert_eq!(body, json!({ "message": "401: Unauthorized", "code": 0 }));
    assert_eq!(platform.requests()[1].authorization, None);
}

#[tokio::test]
async fn discord_answers_the_same_community_in_its_own_shape() {
    let platform = platform().await;
    platform.add_guild(Community::of(2, "closed").without_permission());
    let get = async |path: &str| discord(&platform, Method::GET, path, &Value::Null).await;
    let (status, list) = get(&format!("guilds/{GUILD}/invites")).await;
    assert_eq!((status, list.as_array().map(Vec::len)), (200, Some(140)));
    let (status, application) = get("applications/@me").await;
    assert_eq!(status, 200);
    assert_eq!(application["id"], APPLICATION_ID.to_string());
    let codes = [
        ("guilds/2/invites", 403, 50_013),
        ("guilds/4/invites", 404, 10_004),
        ("guilds/nonsense/invites", 400, 50_035),
        ("nope", 404, 0),
    ];
    for (path, status, code) in codes {
        let (answered, body) = get(path).await;
        assert_eq!((answered, &body["code"]), (status, &json!(code)), "{path}");
    }
}

#[tokio::test]
async fn discord_keeps_commands_by_scope() {
    let platform = platform().await;
    let command = json!({ "name": "invites", "description": "Invites" });
    let global = format!("applications/{APPLICATION_ID}/commands");
    let local = format!("applications/{APPLICATION_ID}/guilds/{GUILD}/commands");
    let (status, made) = discord(&platform, Method::POST, &local, &command).await;
    assert_eq!(
        (status, &made["guild_id"]),
        (201, &json!(GUILD.to_string()))
    );
    let (_, none) = discord(&platform, Method::GET, &global, &Value::Null).await;
    assert_eq!(none, json!([]));
    let foreign = discord(
        &platform,
        Method::GET,
        "applications/1/commands",
        &Value::Null,
    )
    .await;
    assert_eq!((foreign.0, &foreign.1["code"]), (403, &json!(20_012)));
    assert_eq!(platform.count(Route::Commands), 3);
    assert_eq!(platform.count(Route::Commands.in_guild(GUILD)), 1);
}

#[tokio::test]
async fn edits_are_handed_out_once_with_their_files() {
    let platform = platform().await;
    let url = format!(
        "{}/api/v10/webhooks/1/token/messages/@original",
        platform.discord_api()
    );
    let csv = reqwest::multipart::Part::bytes(b"code\r\n\xff".to_vec()).file_name("invites.csv");
    let form = reqwest::multipart::Form::new()
        .text("payload_json", json!({ "content": "here" }).to_string())
        .part("files[0]", csv);
    let sent = client().patch(url).multipart(form).send();
    let (answer, edit) = tokio::join!(sent, platform.edit("token", Duration::from_secs(5)));
    let (status, message) = status_and_json(answer).await;
    assert_eq!(status, 200);
    assert_eq!(message["attachments"][0]["filename"], "invites.csv");
    let edit = edit.expect("the edit");
    assert_eq!(edit.method, "PATCH");
    assert_eq!(edit.payload, json!({ "content": "here" }));
    let file = (
        "invites.csv".to_owned(),
        Bytes::from_static(b"code\r\n\xff"),
    );
    assert_eq!(edit.files, [file]);
    assert!(platform.edit("token", SHORT).await.is_none());
    assert_eq!(platform.delivered("token").len(), 1);
    assert_eq!(platform.count(Route::Edit), 1);
}

#[tokio::test]
async fn a_refused_edit_is_not_delivered() {
    let platform = platform().await;
    platform.fault_times(Route::FollowUp, 1, Fault::Refused(500));
    let url = format!("{}/webhooks/1/token", platform.fluxer_api());
    for status in [500, 200] {
        let sent = client().post(&url).json(&json!({ "content": "a" })).send();
        assert_eq!(sent.await.expect("an answer").status(), status);
    }
    assert_eq!(platform.delivered("token").len(), 1);
}

#[tokio::test]
async fn discovery_leads_to_the_api() {
    let platform = platform().await;
    let url = format!("{}/.well-known/fluxer", platform.domain());
    let (_, found) = status_and_json(client().get(url).send().await).await;
    let api = found["endpoints"]["api"].as_str().expect("an API");
    let me = client().get(format!("{api}/v1/users/@me"));
    let me = me.header("authorization", format!("Bot {FLUXER_TOKEN}"));
    let (status, me) = status_and_json(me.send().await).await;
    assert_eq!(
        (status, &me["id"]),
        (200, &json!(FLUXER_BOT_ID.to_string()))
    );
}
