//! The page's routes. Each reads what was posted, lets it be done, and draws what is to be seen at
//! the place where it was done; everything else comes as an event.

use axum::{
    Form, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maud::{Markup, html};

use super::{Page, acts::Outcome, assets, draw, guard, leaving};

/// What a form holds, in its order; a name may come several times.
type Fields = Vec<(String, String)>;

pub(super) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(index))
        .route(assets::ROUTE, get(assets::asset))
        .route(leaving::ROUTE, get(leave))
        .route("/sandbox/events", get(events))
        .route("/sandbox/composer", get(composer))
        .route("/sandbox/say", post(say))
        .route("/sandbox/command", post(command))
        .route("/sandbox/suggest", post(suggest))
        .route("/sandbox/press", post(press))
        .route("/sandbox/react", post(react))
        .route("/sandbox/apply", post(apply))
        .route("/sandbox/submit", post(submit))
        .route("/sandbox/dismiss", post(dismiss))
        .route("/sandbox/settings", post(settings))
        .route("/sandbox/files/{message}/{file}/{name}", get(file))
        .layer(middleware::from_fn(guard::guard))
        .with_state(page)
}

/// The first field of this name, empty when there is none.
fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(field, _)| field == name);
    found.map_or("", |(_, value)| value)
}

/// The message or form that a field names; none has the id 0.
fn id(fields: &[(String, String)], name: &str) -> u64 {
    field(fields, name).parse().unwrap_or_default()
}

async fn index(State(page): State<Page>) -> Response {
    let version = page.version();
    let chat = page.chat();
    draw::layout::page(&page.draw(), &chat, &version).into_response()
}

async fn leave(Query(query): Query<Fields>) -> Response {
    leaving::page(field(&query, "to")).into_response()
}

async fn events(
    State(page): State<Page>,
    headers: HeaderMap,
    Query(query): Query<Fields>,
) -> Response {
    // A browser that was cut off tells what it saw last; that is newer than its page.
    let last = headers.get("last-event-id");
    let last = last.and_then(|last| last.to_str().ok());
    let since = last.unwrap_or_else(|| field(&query, "since"));
    page.events(since).into_response()
}

async fn composer(State(page): State<Page>, Query(query): Query<Fields>) -> Response {
    box_of(&page, field(&query, "command"), id(&query, "reply")).into_response()
}

/// The message box, or a command, or a reply to a message.
fn box_of(page: &Page, command: &str, reply: u64) -> Markup {
    let chat = page.chat();
    page.draw().composer(&chat, command, reply)
}

async fn say(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let text = field(&fields, "text").trim();
    if !text.is_empty() {
        page.say(text, id(&fields, "reply"));
    }
    box_of(&page, "", 0).into_response()
}

async fn command(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let outcome = page.command(field(&fields, "command"), &fields).await;
    html! {
        (page.draw().outcome(&outcome))
        div id="composer" hx-swap-oob="innerHTML" { (box_of(&page, "", 0)) }
    }
    .into_response()
}

async fn suggest(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let focused = field(&fields, "focused");
    let outcome = page
        .suggest(field(&fields, "command"), &fields, focused)
        .await;
    draw::composer::suggestions(focused, &outcome).into_response()
}

async fn press(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let values: Vec<&str> = fields
        .iter()
        .filter(|(name, _)| name == "value")
        .map(|(_, value)| value.as_str())
        .collect();
    let outcome = page
        .press(id(&fields, "message"), field(&fields, "custom_id"), &values)
        .await;
    shown(&page, &outcome)
}

async fn react(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    page.react(id(&fields, "message"), field(&fields, "emoji"));
    StatusCode::NO_CONTENT.into_response()
}

async fn apply(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let outcome = page
        .apply(field(&fields, "command"), id(&fields, "message"))
        .await;
    shown(&page, &outcome)
}

async fn submit(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    let outcome = page.submit(id(&fields, "form"), &fields).await;
    page.draw().outcome(&outcome).into_response()
}

async fn dismiss(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    page.dismiss(id(&fields, "message"));
    StatusCode::NO_CONTENT.into_response()
}

async fn settings(State(page): State<Page>, Form(fields): Form<Fields>) -> Response {
    page.set(&fields);
    StatusCode::NO_CONTENT.into_response()
}

/// A form that opened, or nothing: the rest comes as an event.
fn shown(page: &Page, outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Form(..) => page.draw().outcome(outcome).into_response(),
        Outcome::Done | Outcome::Suggestions(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A file of a message: a picture is shown, everything else can only be saved.
async fn file(
    State(page): State<Page>,
    Path((message, file, _)): Path<(u64, u64, String)>,
) -> Response {
    let file = {
        let chat = page.chat();
        let message = chat.message(message);
        message.and_then(|message| message.files.iter().find(|one| one.id == file).cloned())
    };
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (media_type, disposition) = match draw::picture_type(&file.name) {
        Some(media_type) => (media_type, "inline"),
        None => ("application/octet-stream", "attachment"),
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, file.bytes).into_response()
}
