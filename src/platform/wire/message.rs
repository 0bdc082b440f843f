//! Messages and direct channels on Fluxer, as far as they are our own business.

use gatehouse_commands::{ChannelId, UserId};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Moment, Text, WireChannelId, WireUserId};

/// A message that was read again, to go on from it.
pub(crate) struct Posted {
    /// Who sent it.
    pub(crate) author: UserId,
    /// What it says.
    pub(crate) content: String,
    /// When it was made, or changed last.
    pub(crate) shown_at: Timestamp,
    /// The emoji that we put below it.
    pub(crate) own_reactions: Vec<String>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    author: WireAuthor,
    #[serde(borrow)]
    content: Option<Text<'a>>,
    timestamp: Moment,
    edited_timestamp: Option<Moment>,
    #[serde(borrow)]
    reactions: Option<Vec<WireReaction<'a>>>,
}

#[derive(Deserialize)]
struct WireAuthor {
    id: WireUserId,
}

#[derive(Deserialize)]
struct WireReaction<'a> {
    #[serde(borrow)]
    emoji: WireEmoji<'a>,
    me: Option<bool>,
}

#[derive(Deserialize)]
struct WireEmoji<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

/// Reads a message.
///
/// # Errors
///
/// The body is not a message.
pub(in crate::platform) fn read_posted(body: &[u8]) -> Result<Posted, serde_json::Error> {
    let wire: WireMessage<'_> = serde_json::from_slice(body)?;
    let own = wire.reactions.into_iter().flatten();
    let own = own.filter(|reaction| reaction.me == Some(true));
    Ok(Posted {
        author: wire.author.id.0,
        content: wire
            .content
            .map_or_else(String::new, |text| text.0.into_owned()),
        shown_at: wire.edited_timestamp.unwrap_or(wire.timestamp).0,
        own_reactions: own
            .filter_map(|reaction| Some(reaction.emoji.name?.0.into_owned()))
            .collect(),
    })
}

/// Reads the id of a message that was sent.
///
/// # Errors
///
/// The body is not a message.
pub(in crate::platform) fn read_message_id(body: &[u8]) -> Result<u64, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireId {
        id: WireUserId,
    }
    let WireId { id } = serde_json::from_slice(body)?;
    Ok(id.0.number())
}

/// Reads a channel that was opened.
///
/// # Errors
///
/// The body is not a channel.
pub(in crate::platform) fn read_channel_id(body: &[u8]) -> Result<ChannelId, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireChannel {
        id: WireChannelId,
    }
    let WireChannel { id } = serde_json::from_slice(body)?;
    Ok(id.0)
}

#[cfg(test)]
mod tests {
    use super::{super::captured, *};

    #[test]
    fn a_captured_message_is_read() {
        let posted = read_posted(&captured("message_get_200")).unwrap();
        assert_eq!(posted.author.to_string(), "1574297980310126592");
        assert_eq!(posted.content, "Invite report (page 2)");
        assert_eq!(posted.own_reactions, ["➡️"]);
        assert_eq!(posted.shown_at.to_string(), "2026-11-23T05:45:52.586Z");
    }

    #[test]
    fn a_captured_answer_to_sending_tells_the_id() {
        let id = read_message_id(&captured("message_reply_200")).unwrap();
        assert_eq!(id, 1_574_299_293_727_064_064);
        assert!(read_message_id(b"{}").is_err());
    }

    #[test]
    fn a_captured_direct_channel_is_read() {
        let id = read_channel_id(&captured("dm_channel_create_200_by_bot")).unwrap();
        assert_eq!(id.to_string(), "1574302259070631936");
    }
}
