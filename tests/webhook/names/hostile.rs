//! A community whose members try everything.

use std::sync::LazyLock;

use gatehouse::sandbox::platform::{Community, SampleChannel, SampleInvite, SampleUser};
use jiff::SignedDuration;

use crate::conversations::NOW;

/// Names as no platform should let them through.
pub(super) const NAMES: [&str; 24] = [
    "@everyone @here",
    "<@553879653580800011>",
    "<@&1510000000000000501><#1>",
    "**bold** __under__ ~~gone~~ ||hid||",
    "[free kites](https://evil.example)",
    "https://evil.example/?a=1&b=2",
    "discord.gg/aBcD12xY",
    "`code` ``more`` ```block```",
    "# Heading",
    "> quoted",
    "- item",
    "1. item",
    "-# small",
    "a\nb\r\nc\u{2028}d\u{85}e",
    "\u{202E}gnp.exe\u{202C}",
    "\u{2066}isolated\u{2067}twice",
    "\u{2069}\u{2069}out\u{2068}in",
    "\\\\\\*\\",
    "</invites list:1>",
    "<t:1:R><:x:1><a:y:2>",
    ":smile: :+1:",
    "👨\u{200D}👩\u{200D}👧\u{200D}👦🏳️\u{200D}🌈👍🏿🇩🇪",
    "\u{200B}\u{FEFF}\u{2060}",
    "مرحبا שלום 空と風 नमस्ते",
];

/// Hundreds of combining marks on one letter.
static ZALGO: LazyLock<String> =
    LazyLock::new(|| format!("Z{}algo", "\u{301}\u{489}\u{34F}".repeat(150)));

/// Every name as creator, display name, channel and guild, the channels' blown up to 100 characters.
pub(super) fn community() -> Community {
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.push(ZALGO.clone());
    names.push("漢".repeat(100));
    names.push("*".repeat(32));
    names.push(String::new());
    names.push("\0\u{1}\u{7F}".to_owned());
    let invites = (0_u64..).zip(&names).map(|(number, name)| {
        let channel: String = name.chars().cycle().take(100).collect();
        SampleInvite {
            channel: SampleChannel::text(100 + number, &channel),
            inviter: SampleUser::new(200 + number, name, Some(name)).into(),
            uses: u32::MAX,
            max_uses: u32::MAX,
            max_age: 604_800,
            temporary: true,
            ..SampleInvite::new(
                &format!("aBcD12xY{number:02}"),
                NOW - SignedDuration::from_mins(1 + number.cast_signed()),
            )
        }
    });
    let guild = format!("{}{}", NAMES[0], "*_`[".repeat(20));
    Community::of(7, &guild)
        .with_invites(invites.collect())
        .paused()
}
