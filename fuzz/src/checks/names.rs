//! Names that strangers chose: whatever they are, no reply exceeds a limit and nothing in it acts.

use std::borrow::Cow;

use gatehouse::parts::Readings;
use gatehouse_commands::{Actor, Channel, ChannelId, Overview, Request, Vanity};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    NOW, fixtures,
    given::{Given, command},
};

/// Invites of the community beside the first: more than stand on a page.
const INVITES_MAX: u32 = 11;

/// Stands between two names. No UTF-8 holds it.
const BETWEEN: u8 = 0xFF;

/// What can be asked, and one more.
const REQUESTS: u8 = 18;

/// What everything is called.
#[derive(Debug)]
struct Names<'a> {
    typed: Cow<'a, str>,
    guild: Cow<'a, str>,
    username: Cow<'a, str>,
    shown: Cow<'a, str>,
    channel: Cow<'a, str>,
    role: Cow<'a, str>,
    event: Cow<'a, str>,
    actor: Cow<'a, str>,
    /// How many invites there are, and how old they are and often used.
    number: u32,
}

/// Makes up a community of these names, and asks one thing of it.
///
/// The input begins with a byte for what is asked and four for a number; names follow, with a byte
/// between them. Those that are left out are the last one once more.
pub fn check(data: &[u8]) {
    let Some(([request, number @ ..], texts)) = data.split_first_chunk::<5>() else {
        return;
    };
    let mut last = Cow::Borrowed("");
    let mut texts = texts.split(|byte| *byte == BETWEEN);
    let mut text = || {
        last = texts.next().map_or(last.clone(), String::from_utf8_lossy);
        last.clone()
    };
    let names = Names {
        typed: text(),
        guild: text(),
        username: text(),
        shown: text(),
        channel: text(),
        role: text(),
        event: text(),
        actor: text(),
        number: u32::from_be_bytes(*number),
    };
    let given = community(&names);
    let typed = &*names.typed;
    let about = |name: &str, options: &[(&str, &str)]| {
        Request::Command(given.about_the_first(name, options))
    };
    let complete = |name: &str, option: &str| Request::Complete {
        words: command(name, &[]),
        option: option.to_owned(),
        typed: typed.to_owned(),
    };
    let request = match request % REQUESTS {
        0 => about("list", &[]),
        1 => about("list", &[("share", "true"), ("sort", "creator")]),
        2 => about("list", &[("search", typed)]),
        3 => about("list", &[("by", typed)]),
        4 => about("list", &[("channel", typed)]),
        5 => about("show", &[]),
        6 => about("show", &[("share", "true")]),
        7 => about("review", &[]),
        8 => about("stats", &[]),
        9 => about("who", &[]),
        10 => about("clean", &[("reason", typed)]),
        11 => about("revoke", &[("reason", typed)]),
        12 => about("rotate", &[("reason", typed)]),
        13 => about("create", &[("channel", typed), ("reason", typed)]),
        14 => about("pause", &[("for", "12h"), ("reason", typed)]),
        15 => complete("show", "code"),
        16 => complete("list", "by"),
        _ => complete("create", "channel"),
    };
    let mut invocation = Given::invocation(request);
    invocation.actor = Actor {
        name: names.actor.to_string(),
        ..invocation.actor
    };
    given.outcome(&invocation);
}

fn community(names: &Names<'_>) -> Given {
    let invites: Vec<Value> = (0..=names.number % INVITES_MAX)
        .map(|number| invite(names, number))
        .collect();
    let readings = Readings::of(&fixtures::bytes(&json!(invites)), NOW);
    let members = json!({"total_result_count": 1, "members": [{"user_id": "9",
        "username": names.username, "global_name": names.shown, "nickname": names.actor,
        "joined_at": 1_780_000_000}]});
    let members = Readings::of(&fixtures::bytes(&members), NOW).members;
    let listed = readings.invites.expect("a list of invites");
    Given {
        invites: listed.invites,
        unreadable: listed.unreadable,
        overview: Some(Overview {
            name: names.guild.to_string(),
            pause: None,
            vanity: Vanity::None,
        }),
        members: members.expect("what a search found"),
        channels: vec![Channel {
            id: ChannelId::new(1).expect("not zero"),
            name: Some(names.channel.to_string()),
        }],
        link_base: Some("https://fluxer.example/invite".to_owned()),
    }
}

fn invite(names: &Names<'_>, number: u32) -> Value {
    let made = NOW - SignedDuration::from_mins(i64::from(names.number) / 64);
    json!({
        "code": format!("aBcD12x{number}"),
        "channel": {"id": "1", "type": 0, "name": names.channel},
        "inviter": {"id": "2", "username": names.username, "discriminator": "0001",
            "global_name": names.shown},
        "uses": names.number / 2,
        "max_uses": names.number / 4 * 3,
        "max_age": names.number / 16,
        "temporary": names.number.is_multiple_of(2),
        "created_at": made.to_string(),
        "roles": [{"id": "3", "name": names.role}],
        "guild_scheduled_event": {"name": names.event},
    })
}

/// Names as no platform should let them through.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "@everyone <@1> <@&2> <#3>",
        "**b** __u__ ~~s~~ ||h|| `c` ```d```",
        "[a](https://evil.example) discord.gg/abc",
        "a\nb\r\nc\u{2028}d\u{85}e # H\n> q\n- i",
        "\u{202E}gnp\u{202C}\u{2069}\u{2068}\u{200B}\\\\\\",
        "👨\u{200D}👩\u{200D}👧🏳️\u{200D}🌈👍🏿🇩🇪",
        "Z\u{301}\u{489}\u{34F}\u{301}\u{489}\u{34F}algo",
        "مرحبا שלום 空と風 नमस्ते",
    ];
    let requests = (0..REQUESTS).zip([0_u32, 100, 65_535, u32::MAX].into_iter().cycle());
    let seed = |((request, number), text): ((u8, u32), &&str)| {
        [&[request], &number.to_be_bytes()[..], text.as_bytes()].concat()
    };
    requests.zip(texts.iter().cycle()).map(seed).collect()
}
