use gatehouse_commands::{
    Channel, ChannelId, Code, Failure, FailureText, Invite, Inviter, InviterKind, Reply, Token,
    Usage,
};
use proptest::prelude::*;

use super::{
    sheet::{TEXT_MAX_UNITS, units},
    *,
};

fn frame(is_masked: bool) -> Frame {
    Frame {
        guild: GuildId::new(12),
        asker: UserId::new(7).unwrap(),
        is_masked,
        now: Timestamp::UNIX_EPOCH,
    }
}

/// Into a channel of this name, by somebody of this name.
fn invite(name: &str) -> Invite {
    let channel = Channel {
        id: ChannelId::new(1).unwrap(),
        name: Some(name.to_owned()),
    };
    let inviter = Inviter {
        id: UserId::new(1).unwrap(),
        kind: InviterKind::Person,
        username: name.to_owned(),
        discriminator: None,
        display_name: None,
    };
    Invite {
        code: Code::new("aBcD12xY").unwrap(),
        channel: Some(channel.into()),
        inviter: Some(inviter.into()),
        expires_at: None,
        usage: Some(Usage {
            uses: 3,
            max_uses: None,
            max_age: None,
            temporary: false,
            created_at: None,
        }),
        extras: None,
    }
}

fn list(name: &str, entries: usize, pages: u32) -> Reply {
    let invite = invite(name);
    let entry = || Entry {
        invite: invite.clone(),
        is_masked: true,
    };
    let page = ListPage {
        title: Phrase::from("Invites into ").guild_name(name),
        notes: vec![Phrase::from("by ").name(name)],
        summary: Phrase::new().strong("2 of 12").text(" match"),
        entries: std::iter::repeat_with(entry).take(entries).collect(),
        page: 1,
        pages,
        matched: entries,
        total: entries,
        footer: "Page 1 of 2 · read just now".into(),
        read_at: Timestamp::UNIX_EPOCH,
        link_base: None,
    };
    let refresh = gatehouse_commands::Button::new("g1r:1:-n:::".parse().unwrap(), "Refresh");
    Reply {
        controls: vec![gatehouse_commands::Control::Buttons(vec![refresh])],
        ..Reply::private(Content::List(Box::new(page)))
    }
}

#[test]
fn a_list_reads_like_this() {
    let drawn = message(&list("Ann | *Bee*", 2, 2), frame(false));
    // What isolates a name from the text around it looks like nothing.
    let text = drawn.text.replace(['\u{2068}', '\u{2069}'], "");
    insta::assert_snapshot!(text, @r"
    ### Invites into Ann \| \*Bee\*
    **2 of 12** match
    by Ann \| \*Bee\*

    | Invite | Uses | Ends | Into · by |
    | --- | --- | --- | --- |
    | `aBcD••••` | 3 | never | #Ann \| \*Bee\* · Ann \| \*Bee\* |
    | `aBcD••••` | 3 | never | #Ann \| \*Bee\* · Ann \| \*Bee\* |

    -# Page 1 of 2 · read just now
    -# Reply with `next`, `back`, `page 5`, `show CODE`, `unused`, `oldest`, `export`, `clean`, `refresh`.
    -# `gh1 po 12 7 g1r:1:-n:::`
    ");
    assert!(drawn.has_pages);
    assert_eq!(drawn.file, None);
}

#[test]
fn the_last_line_tells_what_a_message_is() {
    let drawn = message(&list("Ann", 1, 1), frame(true));
    let state = State::read(&drawn.text).unwrap();
    assert_eq!(state.guild, GuildId::new(12).unwrap());
    assert_eq!(state.anchor.token.to_string(), "g1r:1:-n:::");
    assert!(state.is_masked && !state.anchor.is_form);
}

#[test]
fn where_everyone_reads_no_line_holds_a_code() {
    let card: Token = "g1c:=aBcD12xY:1:-n:::".parse().unwrap();
    let button = gatehouse_commands::Button::new(card, "Show");
    let notice = Notice {
        tone: gatehouse_commands::Tone::Done,
        title: "Done".into(),
        paragraphs: Vec::new(),
    };
    let reply = Reply {
        controls: vec![gatehouse_commands::Control::Buttons(vec![button])],
        ..Reply::private(Content::Notice(notice))
    };
    assert!(message(&reply, frame(false)).text.contains("aBcD12xY"));
    assert!(!message(&reply, frame(true)).text.contains("aBcD12xY"));
}

#[test]
fn a_reason_stands_above_the_last_line() {
    let reply = Reply {
        reason: Some("moved away".to_owned()),
        ..list("Ann", 1, 1)
    };
    let text = message(&reply, frame(false)).text;
    assert_eq!(super::super::state::reason_in(&text), Some("moved away"));
}

#[test]
fn a_failure_without_a_way_on_has_no_last_line_of_ours() {
    let reply = Reply::private(Content::Failure(FailureText {
        failure: Failure::NotInGuild,
        title: "This works only in a server".into(),
        advice: "Use it there.".into(),
    }));
    let text = message(&reply, frame(false)).text;
    assert_eq!(text, "### This works only in a server\nUse it there.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_message_is_too_long_and_each_tells_what_it_is(
        name in "\\PC{0,200}",
        entries in 0_usize..60,
        markup in "[*_`~|<>@#:\\[\\]()-]{0,40}",
    ) {
        let wide = "😀".repeat(name.chars().count());
        for name in [name, markup, wide] {
            let text = message(&list(&name, entries, 3), frame(false)).text;
            prop_assert!(units(&text) <= TEXT_MAX_UNITS);
            prop_assert!(State::read(&text).is_some());
            // Rows are whole or not there.
            for row in text.lines().filter(|line| line.starts_with("| ")) {
                prop_assert!(row.ends_with(" |"), "{}", row);
            }
        }
    }
}
