//! Which messages are meant for us.
//!
//! ```text
//! /invites …         the words that every command begins with, whatever their case
//! @bot invites …     the same by a mention; a slash before the word is as good
//! ```
//!
//! Nothing else is looked at.

use gatehouse_commands::{UserId, commands::ROOT};

/// What stands behind the command in a message; `None` = it is no command.
pub(super) fn command(content: &str, me: UserId) -> Option<&str> {
    let content = content.trim_start();
    if let Some(rest) = behind_mention(content, me) {
        return behind_root(rest.strip_prefix('/').unwrap_or(rest));
    }
    behind_root(content.strip_prefix('/')?)
}

/// Words in reply to a message of ours, without the mention that a client may put before them.
pub(super) fn words(content: &str, me: UserId) -> &str {
    let content = content.trim();
    behind_mention(content, me).unwrap_or(content)
}

fn behind_mention(content: &str, me: UserId) -> Option<&str> {
    let rest = content.strip_prefix("<@")?;
    let rest = rest.strip_prefix('!').unwrap_or(rest);
    let (id, rest) = rest.split_once('>')?;
    let is_me = id.parse() == Ok(me);
    is_me.then(|| rest.trim_start())
}

fn behind_root(text: &str) -> Option<&str> {
    let (word, rest) = text.split_at_checked(ROOT.len())?;
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (word.eq_ignore_ascii_case(ROOT) && ends).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn me() -> UserId {
        UserId::new(42).unwrap()
    }

    #[test]
    fn a_command_is_known_by_its_first_word() {
        for (content, behind) in [
            ("/invites", ""),
            ("/invites list unused", "list unused"),
            ("  /Invites\n\n  list   unused  ", "list   unused"),
            ("/INVITES\tlist", "list"),
            ("<@42> invites list", "list"),
            ("<@!42>invites", ""),
            ("<@42>  /invites show aBcD12xY", "show aBcD12xY"),
        ] {
            assert_eq!(command(content, me()), Some(behind), "{content:?}");
        }
    }

    #[test]
    fn nothing_else_is_a_command() {
        for content in [
            "",
            "/",
            "invites",
            "/invitesfoo",
            "/invites-list",
            "/invite",
            "what does /invites do?",
            "> /invites",
            "<@42>",
            "<@42> hello",
            "<@42> invitesfoo",
            "<@43> invites",
            "<@> invites",
            "<@+42> invites",
            "/inviteß",
            "//invites",
        ] {
            assert_eq!(command(content, me()), None, "{content:?}");
        }
    }

    #[test]
    fn a_mention_before_a_reply_is_no_part_of_it() {
        assert_eq!(words(" <@42> next ", me()), "next");
        assert_eq!(words("next", me()), "next");
        assert_eq!(words("<@43> next", me()), "<@43> next");
    }

    proptest! {
        #[test]
        fn reading_never_panics(content in "\\PC*") {
            let _ = command(&content, me());
            let _ = words(&content, me());
        }
    }
}
