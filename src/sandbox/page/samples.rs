//! What stands in the channel before anything was asked: made-up messages of made-up people.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    super::{
        platform::{Community, SampleInvite, SamplePlatform},
        shape::Shape,
    },
    chat::{Author, Message},
};

/// Ids of these messages begin here, below every id that is made later.
const FIRST_ID: u64 = 1_100_000_000_000_001_000;

/// The messages of one shape, oldest first.
pub(super) fn messages(
    shape: Shape,
    community: &Community,
    sample: &SamplePlatform,
    now: Timestamp,
) -> Vec<Message> {
    let base = shape.link_base(sample);
    // One that people use, and that neither ends nor is used up while somebody looks at it.
    let lasting = |invite: &&SampleInvite| invite.max_age == 0 && invite.max_uses == 0;
    let mut lasting = community.invites.iter().filter(lasting);
    let code = lasting
        .find(|invite| invite.uses > 0)
        .map_or("aBcD12xY", |invite| &invite.code);
    let texts = [
        (
            "Quill",
            47,
            format!(
                "Welcome to #{}. **Everything here is made up:** the people, the messages and the \
                 invites are a sample.",
                shape.channel().1,
            ),
        ),
        (
            "Odd Socks",
            21,
            format!("For Saturday's kite workshop I put this link on the poster: {base}/{code}"),
        ),
        (
            "Juniper",
            6,
            "Somebody posted this one in #front-gate, it is not ours: \
             https://discord.gg/n0t-0urs-sample"
                .to_owned(),
        ),
    ];
    let place = u64::try_from(Shape::ALL.iter().position(|one| *one == shape).unwrap_or(0));
    let first = FIRST_ID + 10 * place.unwrap_or(0);
    texts
        .into_iter()
        .zip(first..)
        .map(|((name, minutes, text), id)| Message {
            id,
            shape,
            author: Author::Neighbour(name),
            at: now - SignedDuration::from_mins(minutes),
            private_to: None,
            asked: None,
            under: None,
            is_thinking: false,
            payload: content(&text),
            files: Vec::new(),
            posted: None,
        })
        .collect()
}

/// A payload of text alone.
pub(super) fn content(text: &str) -> Map<String, Value> {
    match json!({ "content": text }) {
        Value::Object(payload) => payload,
        _ => Map::new(),
    }
}
