//! Takes a request, notes it, and answers it or lets its fault do so.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;

use super::{
    answer::Answer,
    deliver::Delivered,
    discord, fault, fluxer,
    record::Recorded,
    route::{Asked, Call, Shape},
    world::World,
};

/// More than any message with its files.
const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Answers one request of any method and path.
pub(super) async fn serve(State(world): State<Arc<World>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX_BYTES).await else {
        return Answer::empty(413).whole();
    };
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let asked = Asked::of(&head.method, path);
    let recorded = Recorded::new(&head.method, (path, query), &head.headers, body, &asked);
    tracing::debug!(method = %head.method, route = ?recorded.route, "sample platform asked");

    let fault = world.faults().next(recorded.route, recorded.guild);
    world.requests().push(recorded.clone());
    let ordinary = || {
        let sent = discord::Sent {
            method: &head.method,
            query,
            body: &recorded.body,
        };
        answer(&world, &asked, &recorded, &sent)
    };
    match fault {
        None => ordinary().whole(),
        Some(fault) => {
            let place = head
                .uri
                .path_and_query()
                .map_or(path, |place| place.as_str());
            fault::spoil(fault, asked.shape, place, ordinary, &world).await
        }
    }
}

fn answer(world: &World, asked: &Asked, recorded: &Recorded, sent: &discord::Sent<'_>) -> Answer {
    let authorization = recorded.authorization.as_deref();
    match (&asked.call, asked.shape) {
        (Call::Edit { token } | Call::FollowUp { token }, shape) => {
            let content_type = recorded.content_type.as_deref();
            deliver(
                world,
                shape,
                token,
                &recorded.method,
                content_type,
                &recorded.body,
            )
        }
        (call, Shape::Fluxer) => fluxer::answer(world, call, authorization),
        (call, Shape::Discord) => discord::answer(world, call, authorization, sent),
    }
}

/// Takes a message. The token in the path is the only credential.
fn deliver(
    world: &World,
    shape: Shape,
    token: &str,
    method: &str,
    content_type: Option<&str>,
    body: &Bytes,
) -> Answer {
    let Some(delivered) = Delivered::read(token, method, content_type, body) else {
        return match shape {
            Shape::Fluxer => fluxer::refusal(400),
            Shape::Discord => discord::refusal(400),
        };
    };
    let application = world.accounts().application_id;
    // Ids of messages are snowflakes too, apart from those of everything else here.
    let id = 1_510_000_000_000_100_000 + 100 * world.next_id();
    let answer = delivered.message(id, application);
    world.deliveries.add(delivered);
    answer
}
