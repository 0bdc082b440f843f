//! “Whose invite is this?”, asked of a message: finds the invite links in it.

use crate::{
    code::Code,
    invite::Invite,
    notice::{back_to, notice},
    phrase::Phrase,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform},
    query::View,
    reply::{Content, Tone},
    show,
    stage::Stage,
    token::Key,
};

/// What the platform's menu of a message calls it: 1 to 32 characters.
pub const MESSAGE_COMMAND: &str = "Whose invite is this?";

/// Links to invites of either platform, as people write them, without scheme and `www.`.
const LINKS: [&str; 8] = [
    "discord.gg/invite/",
    "discord.gg/",
    "discord.com/invite/",
    "discordapp.com/invite/",
    "fluxer.gg/invite/",
    "fluxer.gg/",
    "fluxer.app/invite/",
    "web.fluxer.app/invite/",
];

/// The most links of one message that are looked at.
const LINKS_MAX: usize = 25;

/// Says which of a message's invites is ours, and shows it.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    texts: &[String],
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let codes = codes(texts, listing.link_base.as_deref());
    let ours: Vec<&Invite> = codes
        .iter()
        .filter_map(|code| show::find(&listing, &Key::Code(code.clone())))
        .collect();
    let total = Some(listing.invites.len());
    let Some(invite) = ours.first() else {
        return Ok(Answer {
            total,
            ..not_ours(&codes, &listing)
        });
    };
    let platform = work.place.target.platform;
    let now = work.stage.now();
    let (mut content, controls) =
        show::card(&listing, invite, &View::default(), platform, false, now);
    if let (Content::Card(card), Some(note)) = (&mut content, others(&ours, &codes)) {
        card.notes.push(note);
    }
    Ok(Answer {
        controls,
        total,
        ..Answer::new(content)
    })
}

/// What else is in the message.
fn others(ours: &[&Invite], codes: &[Code]) -> Option<Phrase> {
    let (more, foreign) = (ours.len() - 1, codes.len() - ours.len());
    let mut parts = Vec::new();
    if more > 0 {
        let codes = ours.iter().skip(1).map(|invite| invite.code.as_str());
        let codes: Vec<&str> = codes.collect();
        parts.push(format!("{more} more of ours: {}", codes.join(", ")));
    }
    if foreign > 0 {
        parts.push(match foreign {
            1 => "1 that leads elsewhere".to_owned(),
            foreign => format!("{foreign} that lead elsewhere"),
        });
    }
    (!parts.is_empty()).then(|| format!("The message also holds {}.", parts.join(" and ")).into())
}

fn not_ours(codes: &[Code], listing: &Listing) -> Answer {
    let community = match &listing.overview {
        Some(overview) => Phrase::new().guild_name(&overview.name),
        None => "this community".into(),
    };
    let (title, what): (Phrase, Phrase) = match codes {
        [] => (
            "There is no invite link in this message".into(),
            "I looked for links to Discord and Fluxer invites.".into(),
        ),
        [code] => (
            "Not one of ours".into(),
            Phrase::from("The invite ")
                .code(code.as_str())
                .text(" is none that leads into ")
                .then(community)
                .text(" now. It may lead elsewhere, or have ended."),
        ),
        codes => (
            "None of them is ours".into(),
            Phrase::from(format!("None of these {} invites leads into ", codes.len()))
                .then(community)
                .text(" now. They may lead elsewhere, or have ended."),
        ),
    };
    notice(
        Tone::Plain,
        title,
        vec![what],
        vec![back_to(&View::default())],
    )
}

/// The codes of all invite links, each once, in the order in which they stand.
fn codes(texts: &[String], link_base: Option<&str>) -> Vec<Code> {
    let own = link_base.map(|base| {
        let base = base.split_once("://").map_or(base, |(_, rest)| rest);
        format!("{}/", base.trim_end_matches('/').to_lowercase())
    });
    let links: Vec<&str> = own.iter().map(String::as_str).chain(LINKS).collect();
    let mut found: Vec<Code> = Vec::new();
    for text in texts {
        for word in text.split(|c: char| c.is_whitespace() || "<>()[]{}\"'`*|,".contains(c)) {
            if let Some(code) = code_of(word, &links)
                && !found.contains(&code)
                && found.len() < LINKS_MAX
            {
                found.push(code);
            }
        }
    }
    found
}

fn code_of(word: &str, links: &[&str]) -> Option<Code> {
    let word = word.trim_end_matches(['.', '!', '?', ';', ':', '/']);
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    // Hosts are the same in any case; codes are not.
    let lower = rest.to_ascii_lowercase();
    let lower = lower.strip_prefix("www.").unwrap_or(&lower);
    let prefix = links.iter().find(|link| lower.starts_with(**link))?;
    let skipped = rest.len() - lower.len() + prefix.len();
    rest.get(skipped..)?.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<String> {
        let base = Some("https://fluxer.example/invite");
        let codes = codes(&[text.to_owned()], base);
        codes.iter().map(|code| code.as_str().to_owned()).collect()
    }

    #[test]
    fn links_are_found_as_people_write_them() {
        for (text, expected) in [
            ("join https://discord.gg/aBcD12xY now", vec!["aBcD12xY"]),
            ("discord.gg/aBcD12xY.", vec!["aBcD12xY"]),
            (
                "<https://www.Discord.com/Invite/aBcD12xY?event=1>",
                vec!["aBcD12xY"],
            ),
            ("[here](https://fluxer.gg/aBcD12xY)", vec!["aBcD12xY"]),
            ("https://fluxer.example/invite/aBcD12xY/", vec!["aBcD12xY"]),
            (
                "**discord.gg/one1** discord.gg/two2,discord.gg/one1",
                vec!["one1", "two2"],
            ),
            ("https://discord.gg/", vec![]),
            ("https://evil.example/discord.gg/aBcD", vec![]),
            ("https://notdiscord.gg/aBcD", vec![]),
            ("aBcD12xY", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn no_more_links_are_looked_at_than_allowed() {
        let text = |count: usize| {
            let links: Vec<String> = (0..count).map(|n| format!("discord.gg/c{n}")).collect();
            links.join(" ")
        };
        assert_eq!(found(&text(LINKS_MAX)).len(), LINKS_MAX);
        assert_eq!(found(&text(LINKS_MAX + 1)).len(), LINKS_MAX);
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_into(text in "\\PC{0,200}", link in "(https?://)?(www\\.)?DISCORD.gg/\\PC{0,30}") {
            let _ = found(&text);
            let _ = found(&link);
        }
    }
}
