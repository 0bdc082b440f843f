//! Frames of the gateway, plain and compressed, one connection after the other. None breaks
//! anything, and nothing of what is said is told to the log.

use std::str;

use gatehouse::parts::{Frames, Meaning};
use gatehouse_commands::{Request, UserId, Words};
use serde_json::{Value, json};

use super::{fixtures, given::Given};

/// The mark before the frames of a compressed connection.
const COMPRESSED: u8 = b'z';

/// Letters that the log has no word with: what is said in them is told where they stand.
const MARK: &str = "qzx";

/// Reads frames that end with a line each; compressed ones, behind a `z`, stand behind their length in
/// two bytes each.
pub fn check(data: &[u8]) {
    match data.split_first() {
        Some((&COMPRESSED, frames)) => read(true, &mut lengths(frames)),
        _ => read(false, &mut data.split(|byte| *byte == b'\n')),
    }
}

fn lengths(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, behind) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length)).min(behind.len());
        let (frame, behind) = behind.split_at(length);
        rest = behind;
        Some(frame)
    })
}

fn read(is_compressed: bool, frames: &mut dyn Iterator<Item = &[u8]>) {
    let mut connection = Frames::new(is_compressed, me());
    for frame in frames {
        match connection.read(frame) {
            Ok(Some(meaning)) => look_at(&meaning),
            Ok(None) => {}
            Err(told) => {
                assert!(!told.contains(MARK), "{told}");
                // Nothing that comes after it could be read either.
                if is_compressed {
                    return;
                }
            }
        }
    }
}

fn look_at(meaning: &Meaning) {
    let Meaning {
        command,
        words,
        state,
        shown,
    } = meaning;
    assert!(!shown.contains(MARK), "{shown}");
    if let Some(state) = state {
        assert!(words.ends_with(state), "{state}");
    }
    if let Some(command) = command {
        assert!(words.contains(command), "{command}");
        Given::captured().answer(match Words::typed(command.split_whitespace()) {
            Ok(words) => Request::Command(words),
            Err(error) => Request::Misread(error),
        });
    }
}

fn me() -> UserId {
    UserId::new(42).expect("not zero")
}

/// What Fluxer sent, and messages that mean something.
pub fn seeds() -> Vec<Vec<u8>> {
    let said = |content: &str| {
        let message = json!({"id": "9", "channel_id": "5", "guild_id": "3", "content": content,
            "author": {"id": "7", "username": "qzx", "bot": false},
            "message_reference": {"message_id": "8", "channel_id": "5"}});
        json!({"op": 0, "t": "MESSAGE_CREATE", "s": 2, "d": message})
    };
    let said = [
        said("/invites list unused oldest page:2"),
        said("<@42> invites show aBcD12xY qzx"),
        said("page 5"),
        said("-# `gh1 po 12 7 g1r:1:-n:::`"),
    ];
    let frames: Vec<Vec<u8>> = fixtures::frames()
        .iter()
        .chain(&said)
        .map(fixtures::bytes)
        .collect();
    let compressed = frames.iter().filter_map(|frame| compressed(frame));
    let all = said.iter().map(Value::to_string).collect::<Vec<_>>();
    frames
        .iter()
        .cloned()
        .chain(compressed)
        .chain([all.join("\n").into_bytes()])
        .collect()
}

/// A connection of one frame, whose only block is not compressed; `None` for a frame that is too
/// long for a length of two bytes.
/// See [RFC 8878, section 3.1.1](https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1).
fn compressed(frame: &[u8]) -> Option<Vec<u8>> {
    // The magic number, no length and no checksum, a window of 64 KiB.
    const HEAD: [u8; 6] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x30];
    // Not the last block, and raw: three zero bits before its length.
    let block = u32::try_from(frame.len()).ok()? << 3;
    let [first, second, third, _] = block.to_le_bytes();
    let stream = [&HEAD[..], &[first, second, third], frame].concat();
    let length = u16::try_from(stream.len()).ok()?.to_be_bytes();
    Some([&[COMPRESSED], &length[..], &stream].concat())
}
