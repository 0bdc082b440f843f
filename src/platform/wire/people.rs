//! Accounts: the bot's own, and those of members.

use gatehouse_commands::{Joined, Members, UserId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Text, WireUserId, discriminator, filled};

/// The bot's own account.
#[derive(Clone, Debug)]
pub(in crate::platform) struct Me {
    pub(in crate::platform) id: UserId,
    /// The account's name.
    pub(in crate::platform) name: String,
}

/// Reads the bot's own account.
///
/// # Errors
///
/// The body is not an account.
pub(in crate::platform) fn read_me(body: &[u8]) -> Result<Me, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireMe {
        id: WireUserId,
        username: String,
    }
    let WireMe { id, username } = serde_json::from_slice(body)?;
    Ok(Me {
        id: id.0,
        name: username,
    })
}

/// Reads with which key Discord signs what it sends to an application, as hex digits.
///
/// # Errors
///
/// The body is not an application.
pub(in crate::platform) fn read_verify_key(body: &[u8]) -> Result<String, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireApplication {
        verify_key: String,
    }
    let WireApplication { verify_key } = serde_json::from_slice(body)?;
    Ok(verify_key)
}

/// Reads what Fluxer's search for members found. Entries that cannot be read are left out.
///
/// # Errors
///
/// The body is not the answer to a search.
pub(in crate::platform) fn read_members(body: &[u8]) -> Result<Members, serde_json::Error> {
    let wire: WireSearch<'_> = serde_json::from_slice(body)?;
    let found = wire.members.iter();
    Ok(Members {
        members: found
            .filter_map(|entry| serde_json::from_str(entry.get()).ok())
            .map(joined)
            .collect(),
        total: u32::try_from(wire.total_result_count).unwrap_or(u32::MAX),
        is_indexing: wire.indexing == Some(true),
    })
}

#[derive(Deserialize)]
struct WireSearch<'a> {
    #[serde(borrow)]
    members: Vec<&'a RawValue>,
    total_result_count: u64,
    indexing: Option<bool>,
}

#[derive(Deserialize)]
struct WireFound<'a> {
    user_id: WireUserId,
    #[serde(borrow)]
    username: Text<'a>,
    #[serde(borrow)]
    discriminator: Option<Text<'a>>,
    #[serde(borrow)]
    global_name: Option<Text<'a>>,
    #[serde(borrow)]
    nickname: Option<Text<'a>>,
    /// Seconds since 1970.
    joined_at: Option<i64>,
    is_bot: Option<bool>,
}

fn joined(wire: WireFound<'_>) -> Joined {
    let username = wire.username.0.into_owned();
    let tag = match discriminator(wire.discriminator) {
        Some(digits) => format!("{username}#{digits}"),
        None => username.clone(),
    };
    Joined {
        id: wire.user_id.0,
        tag,
        shown_name: filled(wire.nickname)
            .or_else(|| filled(wire.global_name))
            .unwrap_or(username),
        joined_at: wire
            .joined_at
            .and_then(|seconds| Timestamp::from_second(seconds).ok()),
        is_bot: wire.is_bot == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::captured, *};

    fn found(member: &Value) -> Option<Joined> {
        let body = json!({"members": [member], "total_result_count": 1, "indexing": false});
        let mut members = read_members(body.to_string().as_bytes()).unwrap().members;
        members.pop()
    }

    #[test]
    fn a_captured_account_is_read() {
        let me = read_me(&captured("users_me_200_bot")).unwrap();
        assert_eq!(me.name, "Harbourmaster");
        assert_eq!(me.id.to_string(), "1574297980310126592");
    }

    #[test]
    fn a_captured_empty_search_is_read() {
        let name = "members_search_200_empty_no_search_service";
        assert_eq!(read_members(&captured(name)).unwrap(), Members::default());
        let indexing = br#"{"members":[],"total_result_count":0,"indexing":true}"#;
        assert!(read_members(indexing).unwrap().is_indexing);
        assert!(read_members(b"[]").is_err());
    }

    #[test]
    fn people_are_shown_by_the_name_that_counts_here() {
        let mut member = json!({"user_id": "9", "username": "ann", "discriminator": "0042",
            "global_name": "Ann", "nickname": "Annie", "joined_at": 1_790_000_000, "is_bot": false});
        let whole = found(&member).unwrap();
        assert_eq!((&*whole.tag, &*whole.shown_name), ("ann#0042", "Annie"));
        assert_eq!(whole.joined_at, Timestamp::from_second(1_790_000_000).ok());
        member["nickname"] = json!("");
        assert_eq!(found(&member).unwrap().shown_name, "Ann");
        member["global_name"] = Value::Null;
        assert_eq!(found(&member).unwrap().shown_name, "ann");
    }

    #[test]
    fn a_member_of_whom_little_is_said_is_shown_all_the_same() {
        let bare = found(&json!({"user_id": "9", "username": "ann", "discriminator": "0"}));
        let bare = bare.unwrap();
        assert_eq!(bare.tag, "ann");
        assert_eq!((bare.joined_at, bare.is_bot), (None, false));
        assert_eq!(found(&json!({"user_id": "x"})), None);
    }
}
