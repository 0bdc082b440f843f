//! Takes a request, notes it, and answers it or lets its fault do so.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, header::DATE},
    response::Response,
};

use super::{
    answer::Answer,
    deliver::Delivered,
    discord, fault, fluxer,
    happening::Happening,
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
    let headers = &head.headers;
    let guild = world.guild_of(&asked.call);
    let recorded = Recorded::new(&head.method, (path, query), headers, body, &asked, guild);
    tracing::debug!(method = %head.method, route = ?recorded.route, "sample platform asked");

    let fault = world.faults().next(recorded.route, recorded.guild);
    world.requests().push(recorded.clone());
    world.happen(|| Happening::Asked(Box::new(recorded.clone())));
    let ordinary = || answer(&world, &asked, &recorded);
    let response = match fault {
        None => ordinary().whole(),
        Some(fault) => {
            let place = head
                .uri
                .path_and_query()
                .map_or(path, |place| place.as_str());
            fault::spoil(fault, &asked, place, ordinary, &world).await
        }
    };
    world.happen(|| Happening::Done);
    dated(response, &world)
}

/// Tells the time by the platform's clock; the server itself would tell the real one.
fn dated(mut response: Response, world: &World) -> Response {
    let now = world.now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(date) = HeaderValue::from_str(&now.to_string()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

fn answer(world: &World, asked: &Asked, recorded: &Recorded) -> Answer {
    match (&asked.call, asked.shape) {
        (Call::Edit { token } | Call::FollowUp { token }, shape) => {
            deliver(world, shape, token, recorded)
        }
        (Call::Original { token }, shape) => match world.deliveries.original(token) {
            Some((id, original)) => original.message(id),
            None => match shape {
                Shape::Fluxer => fluxer::refusal(404),
                Shape::Discord => discord::unknown_message(),
            },
        },
        (call, Shape::Fluxer) => fluxer::answer(world, call, recorded),
        (call, Shape::Discord) => discord::answer(world, call, recorded),
    }
}

/// Takes a message. The token in the path is the only credential.
fn deliver(world: &World, shape: Shape, token: &str, recorded: &Recorded) -> Answer {
    let content_type = recorded.content_type.as_deref();
    let delivered = Delivered::read(token, &recorded.method, content_type, &recorded.body);
    let Some(delivered) = delivered else {
        return match shape {
            Shape::Fluxer => fluxer::refusal(400),
            Shape::Discord => discord::refusal(400),
        };
    };
    // Ids of messages are snowflakes too, apart from those of everything else here.
    let id = 1_510_000_000_000_100_000 + 100 * world.next_id();
    world.deliveries.add(delivered, id)
}
