//! An invite in words.

use jiff::Timestamp;

use crate::{
    code::Code,
    invite::{Extras, Invite, Inviter, InviterKind, Target, Usage},
    names,
    phrase::{CHAT_COMMAND, Phrase, joined},
};

const BAR_CELLS: u32 = 10;

/// The two lines of an invite in the list.
pub(crate) fn entry(invite: &Invite, masked: bool) -> [Phrase; 2] {
    let mut first = code(invite, masked);
    if let Some(usage) = &invite.usage {
        first = first.text(" · ").strong(uses(usage));
    }
    first = first.text(" · ").then(ending(invite));
    let mut second = channel(invite).text(" · by ").then(creator(invite));
    if let Some(usage) = &invite.usage {
        if let Some(at) = usage.created_at {
            second = second.text(" · made ").ago(at);
        }
        if usage.temporary {
            second = second.text(" · temporary");
        }
    }
    [first, second]
}

/// The same in four cells of a table that fits a phone.
pub(crate) fn cells(invite: &Invite, masked: bool) -> [Phrase; 4] {
    let uses = match &invite.usage {
        None => "?".to_owned(),
        Some(usage) => match usage.max_uses {
            None => usage.uses.to_string(),
            Some(max_uses) => format!("{} of {max_uses}", usage.uses),
        },
    };
    let ends = match invite.expires_at {
        Some(at) => Phrase::new().ago(at),
        None => "never".into(),
    };
    let whose = channel(invite).text(" · ").then(creator(invite));
    [code(invite, masked), uses.into(), ends, whose]
}

/// The same on one line.
pub(crate) fn one_line(invite: &Invite, masked: bool) -> Phrase {
    joined(entry(invite, masked), " · ")
}

/// `End aBcD12xY?`, as short as the title of a form has to be.
pub(crate) fn short_title(verb: &str, code: &Code) -> String {
    let room = FORM_TITLE_MAX_CHARS - verb.len() - " ?".len();
    format!("{verb} {}?", names::cut(code.as_str(), room))
}

/// The longest title of a form.
/// See [Discord Docs/Modal].
///
/// [Discord Docs/Modal]: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
const FORM_TITLE_MAX_CHARS: usize = 45;

/// The same as one plain line of at most `max_chars`, for menus and suggestions.
pub(crate) fn in_short(invite: &Invite, max_chars: usize) -> String {
    let (begin, end) = names::ISOLATION;
    let mut line = String::with_capacity(max_chars);
    let mut add = |before: &str, phrase: Phrase| {
        line.push_str(before);
        line.push(begin);
        phrase.write_plain(&mut line, Timestamp::UNIX_EPOCH, CHAT_COMMAND);
        line.push(end);
    };
    add("", channel(invite));
    add(" · by ", creator(invite));
    if let Some(usage) = &invite.usage {
        line.push_str(" · ");
        line.push_str(&uses(usage));
    }
    names::cut(line, max_chars).into_owned()
}

pub(crate) fn code(invite: &Invite, masked: bool) -> Phrase {
    Phrase::new().code(code_plain(invite, masked))
}

pub(crate) fn code_plain(invite: &Invite, masked: bool) -> String {
    if masked {
        invite.code.masked()
    } else {
        invite.code.as_str().to_owned()
    }
}

/// `12 of 50 uses`, `3 uses`, `unused`.
pub fn uses(usage: &Usage) -> String {
    match (usage.uses, usage.max_uses) {
        (0, None) => "unused".to_owned(),
        (1, None) => "1 use".to_owned(),
        (uses, None) => format!("{uses} uses"),
        (uses, Some(1)) => format!("{uses} of 1 use"),
        (uses, Some(max_uses)) => format!("{uses} of {max_uses} uses"),
    }
}

/// `▰▰▱▱▱▱▱▱▱▱ 12 of 50 uses`; only a used-up invite fills the bar.
pub(crate) fn uses_bar(usage: &Usage) -> String {
    let Some(max_uses) = usage.max_uses.filter(|max_uses| *max_uses > 0) else {
        return format!("{}, no limit", uses(usage));
    };
    let filled = u64::from(usage.uses) * u64::from(BAR_CELLS) / u64::from(max_uses);
    let filled = usize::try_from(filled.min(u64::from(BAR_CELLS))).unwrap_or_default();
    let empty = BAR_CELLS as usize - filled;
    format!(
        "{}{} {}",
        "▰".repeat(filled),
        "▱".repeat(empty),
        uses(usage)
    )
}

/// `ends in 3 hours`, `never ends`.
pub fn ending(invite: &Invite) -> Phrase {
    match invite.expires_at {
        Some(at) => Phrase::from("ends ").ago(at),
        None => "never ends".into(),
    }
}

/// `#welcome`, or what there is to say instead of a name.
pub fn channel(invite: &Invite) -> Phrase {
    match invite
        .channel
        .as_ref()
        .map(|channel| (channel.name.as_deref(), channel.id))
    {
        Some((Some(name), _)) => Phrase::from("#").name(name),
        Some((None, id)) => Phrase::from(format!("channel {id}")),
        None => "channel unknown".into(),
    }
}

/// The name that people see, or what there is to say instead of one.
pub fn creator(invite: &Invite) -> Phrase {
    match invite.inviter.as_deref() {
        None => "unknown".into(),
        Some(Inviter {
            kind: InviterKind::Deleted,
            ..
        }) => "a deleted account".into(),
        Some(who) => Phrase::new().name(who.shown_name()),
    }
}

pub(crate) const fn inviter_kind(kind: InviterKind) -> &'static str {
    match kind {
        InviterKind::Person => "person",
        InviterKind::Bot => "bot",
        InviterKind::System => "system account",
        InviterKind::Deleted => "deleted account",
    }
}

/// What an invite brings besides the way in; `None` for most.
pub(crate) fn extras(extras: &Extras) -> Option<Phrase> {
    let Extras {
        guest,
        roles,
        event,
        target,
    } = extras;
    let mut parts = Vec::new();
    if *guest {
        parts.push("lets guests into a voice channel only".into());
    }
    if !roles.is_empty() {
        let shown = roles
            .iter()
            .take(EXTRA_ROLES_MAX)
            .map(|role| Phrase::new().name(role));
        let list = joined(shown, ", ");
        let more = match roles.len().saturating_sub(EXTRA_ROLES_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(Phrase::from("gives the roles ").then(list).text(more));
    }
    if let Some(event) = event {
        parts.push(Phrase::from("leads to the event ").name(event));
    }
    match target {
        Some(Target::Stream) => parts.push("leads to someone's stream".into()),
        Some(Target::Activity) => parts.push("leads to an activity".into()),
        None => {}
    }
    (!parts.is_empty()).then(|| joined(parts, " · "))
}

const EXTRA_ROLES_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, invite};

    fn usage(uses: u32, max_uses: Option<u32>) -> Usage {
        Usage {
            uses,
            max_uses,
            ..invite("a").usage.unwrap()
        }
    }

    #[test]
    fn uses_are_told_in_words() {
        assert_eq!(uses(&usage(0, None)), "unused");
        assert_eq!(uses(&usage(1, None)), "1 use");
        assert_eq!(uses(&usage(3, None)), "3 uses");
        assert_eq!(uses(&usage(0, Some(1))), "0 of 1 use");
        assert_eq!(uses(&usage(12, Some(50))), "12 of 50 uses");
    }

    #[test]
    fn the_bar_is_full_only_when_nothing_is_left() {
        assert_eq!(uses_bar(&usage(0, Some(50))), "▱▱▱▱▱▱▱▱▱▱ 0 of 50 uses");
        assert_eq!(uses_bar(&usage(49, Some(50))), "▰▰▰▰▰▰▰▰▰▱ 49 of 50 uses");
        assert_eq!(uses_bar(&usage(50, Some(50))), "▰▰▰▰▰▰▰▰▰▰ 50 of 50 uses");
        assert_eq!(uses_bar(&usage(60, Some(50))), "▰▰▰▰▰▰▰▰▰▰ 60 of 50 uses");
        assert_eq!(uses_bar(&usage(3, None)), "3 uses, no limit");
    }

    #[test]
    fn an_entry_is_two_short_lines() {
        let lines = entry(&invite("aBcD12xY"), false).map(|line| line.plain(NOW));
        assert_eq!(lines[0], "aBcD12xY · 3 uses · never ends");
        assert_eq!(lines[1], "#welcome · by Ann · made 1 hour ago");
    }

    #[test]
    fn a_masked_entry_does_not_hold_the_code() {
        let lines = entry(&invite("aBcD12xY"), true).map(|line| line.plain(NOW));
        assert_eq!(lines[0], "aBcD•••• · 3 uses · never ends");
    }
}
