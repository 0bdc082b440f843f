//! `/invites check`: whether everything is set up right, and where to put right what is not.
//!
//! ```text
//! /invites check
//! ```

use jiff::SignedDuration;

use crate::{
    checkup::{Checkup, Fact, KeyState, Known},
    notice::back_to,
    phrase::{Phrase, length},
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Platform, PlatformErrorKind},
    query::View,
    reply::{Button, Content, Control, Finding, FindingState, Findings, Reply},
    rights::{Member, Permissions, Right},
    stage::Stage,
    text,
    token::Token,
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "check",
    description: "Whether everything is set up right: rights, link, platform, clock, commands",
    options: &[],
    example: "check",
};

/// An answer that takes longer than this makes commands slow.
const SLOW: SignedDuration = SignedDuration::from_millis(1_500);

/// A clock that is wrong by more than this is pointed out.
const CLOCK_OFF: SignedDuration = SignedDuration::from_secs(30);

/// A clock that is wrong by this much refuses every request: the webhook's window.
const CLOCK_WRONG: SignedDuration = SignedDuration::from_mins(5);

/// Looks at everything.
pub(crate) async fn run<P: Platform, S: Stage>(work: &Work<'_, P, S>) -> Result<Answer, Problem> {
    let checkup = work.platform.checkup(Some(&work.place)).await;
    let mut content = findings(&checkup);
    let member = member_findings(work.member, work.place.here.platform);
    content.findings.extend(member);
    let buttons = vec![
        Button::new(Token::Check, "Check again"),
        back_to(&View::default()),
    ];
    Ok(Answer {
        controls: vec![Control::Buttons(buttons)],
        ..Answer::new(Content::Findings(Box::new(content)))
    })
}

/// Looks at what has to be right whatever the guild, for the person who hosts the bot.
pub async fn check_host(platform: &impl Platform) -> Reply {
    let checkup = platform.checkup(None).await;
    Reply::private(Content::Findings(Box::new(findings(&checkup))))
}

/// What a checkup found, in words.
fn findings(checkup: &Checkup) -> Findings {
    let findings: Vec<Finding> = checkup.facts.iter().map(finding).collect();
    let worst = findings.iter().map(|finding| finding.state).max();
    let count = |state| {
        findings
            .iter()
            .filter(|finding| finding.state == state)
            .count()
    };
    let title = match worst {
        Some(FindingState::Wrong) => {
            let wrong = count(FindingState::Wrong);
            let (noun, verb) = if wrong == 1 {
                ("thing", "needs")
            } else {
                ("things", "need")
            };
            format!("{wrong} {noun} {verb} to be put right")
        }
        Some(FindingState::Worse) => "It works, but could work better".to_owned(),
        _ => "Everything is set up right".to_owned(),
    };
    Findings {
        title: title.into(),
        findings,
    }
}

/// What the person who asks may do, one by one.
fn member_findings(member: Member, here: PlatformName) -> Vec<Finding> {
    let permission = here.manage_permission();
    let has_permission = member.permissions.allows(Permissions::MANAGE_GUILD);
    let granted = |is_granted, text: Phrase| {
        if is_granted {
            (FindingState::Good, "Granted".into())
        } else {
            (FindingState::Open, text)
        }
    };
    let by_permission = granted(
        has_permission,
        Phrase::from(
            "Missing; it lets you act on invites. Somebody who manages roles can grant it: ",
        )
        .then(text::where_to_grant_a_member(here)),
    );
    let by_role = granted(
        member.has_moderator_role,
        Phrase::from("None of your roles is named in ")
            .code("GATEHOUSE_MODERATOR_ROLES")
            .text("; the person who hosts the bot can name one."),
    );
    let acts = if member.is_moderator() {
        (
            FindingState::Good,
            "You may read invites and act on them.".into(),
        )
    } else {
        let text = "You may read invites, but not act on them: one of the two above is needed.";
        (FindingState::Open, text.into())
    };
    let finding =
        |label: String, (state, text): (FindingState, Phrase)| Finding { state, label, text };
    vec![
        finding(format!("You: {permission}"), by_permission),
        finding("You: moderator role".to_owned(), by_role),
        finding("You: in all".to_owned(), acts),
    ]
}

fn finding(fact: &Fact) -> Finding {
    let (state, label, text) = match fact {
        Fact::Version(version) => (
            FindingState::Good,
            "Version".to_owned(),
            Phrase::from(format!("Gatehouse {version}")),
        ),
        Fact::Link { here, target } if here == target => (
            FindingState::Good,
            "Community".to_owned(),
            Phrase::from(format!("This one's own invites, {target}")),
        ),
        Fact::Link { here, target } => (
            FindingState::Good,
            "Community".to_owned(),
            Phrase::from(format!("{here} is linked to {target}")),
        ),
        Fact::Reached { platform, answer } => reached(*platform, *answer),
        Fact::Token { platform, bot } => token(*platform, bot),
        Fact::Clock { platform, ahead } => clock(*platform, *ahead),
        Fact::BotRight { guild, right, has } => bot_right(guild.platform, *right, *has),
        Fact::List { guild, invites } => list(guild.platform, *invites),
        Fact::Commands { platform, known } => commands(*platform, *known),
        Fact::Key { platform, key } => key_finding(*platform, *key),
    };
    Finding { state, label, text }
}

type Found = (FindingState, String, Phrase);

fn reached(platform: PlatformName, answer: Result<SignedDuration, PlatformErrorKind>) -> Found {
    let label = format!("{platform} reachable");
    match answer {
        Ok(took) if took > SLOW => (
            FindingState::Worse,
            label,
            Phrase::from(format!(
                "Yes, but slow: {} ms. Replies will come late.",
                took.as_millis()
            )),
        ),
        Ok(took) => (
            FindingState::Good,
            label,
            Phrase::from(format!("Yes, in {} ms", took.as_millis())),
        ),
        Err(kind) => wrong(label, platform, kind),
    }
}

fn wrong(label: String, platform: PlatformName, kind: PlatformErrorKind) -> Found {
    let cause = text::short_cause(platform, kind);
    let advice = match kind {
        PlatformErrorKind::NoToken | PlatformErrorKind::TokenRefused => {
            Phrase::from(" The person who hosts the bot has to set ")
                .code(platform.token_variable())
                .text(" to the token of the bot, and restart it.")
        }
        PlatformErrorKind::MissingPermission => {
            Phrase::from(" ").then(text::where_to_grant(platform))
        }
        PlatformErrorKind::UnknownGuild => Phrase::from(" Is the link set to the right community?"),
        _ => Phrase::from(" Mostly this passes by itself."),
    };
    let text = Phrase::from(format!("No: {cause}.")).then(advice);
    (FindingState::Wrong, label, text)
}

fn token(platform: PlatformName, bot: &Result<String, PlatformErrorKind>) -> Found {
    let label = format!("{platform} token");
    match bot {
        Ok(name) => (
            FindingState::Good,
            label,
            Phrase::from("Taken; the bot is ").name(name),
        ),
        Err(kind) => wrong(label, platform, *kind),
    }
}

fn clock(platform: PlatformName, ahead: Option<SignedDuration>) -> Found {
    let label = "Clock".to_owned();
    let Some(ahead) = ahead else {
        let text = format!("Unknown: {platform} did not say what time it is");
        return (FindingState::Open, label, text.into());
    };
    let off = ahead.abs();
    if off < CLOCK_OFF {
        let text = format!("Right, as {platform} has it");
        return (FindingState::Good, label, text.into());
    }
    let direction = if ahead.is_positive() {
        "ahead of"
    } else {
        "behind"
    };
    let state = if off < CLOCK_WRONG {
        FindingState::Worse
    } else {
        FindingState::Wrong
    };
    let consequence = if off < CLOCK_WRONG {
        "Requests are refused from five minutes on."
    } else {
        "Every signed request is refused for it."
    };
    let text = format!(
        "The host's clock is {} {direction} {platform}'s. {consequence} The person who hosts the \
         bot has to set it, best by NTP.",
        length(off)
    );
    (state, label, text.into())
}

fn bot_right(platform: PlatformName, right: Right, has: Option<bool>) -> Found {
    let name = right.name(platform);
    let label = format!("Bot: {name}");
    let needed_for = match right {
        Right::ManageGuild => "to see how invites are used, to revoke them, to pause joining",
        Right::CreateInvite => "to create and to rotate invites",
        Right::ReadHistory => "to turn pages and to go on in words",
    };
    match has {
        Some(true) => (FindingState::Good, label, "Granted".into()),
        Some(false) => {
            let state = match right {
                Right::ManageGuild => FindingState::Wrong,
                Right::CreateInvite | Right::ReadHistory => FindingState::Worse,
            };
            let text = Phrase::from(format!("Missing; it is needed {needed_for}. "))
                .then(text::grant(platform, name));
            (state, label, text)
        }
        None => (
            FindingState::Open,
            label,
            format!("Could not be found out; it is needed {needed_for}").into(),
        ),
    }
}

fn list(platform: PlatformName, invites: Result<usize, PlatformErrorKind>) -> Found {
    let label = "Invites readable".to_owned();
    match invites {
        Ok(count) => (
            FindingState::Good,
            label,
            format!("Yes, {count} of {} possible", platform.invites_max()).into(),
        ),
        Err(kind) => wrong(label, platform, kind),
    }
}

fn commands(platform: PlatformName, known: Known) -> Found {
    let label = format!("{platform} commands");
    let register = Phrase::from(" The person who hosts the bot has to run ")
        .code("gatehouse register")
        .text(".");
    match known {
        Known::Current => (FindingState::Good, label, "Registered and current".into()),
        Known::Outdated(count) => {
            let what = if count == 1 {
                "One is missing or out of date.".to_owned()
            } else {
                format!("{count} are missing or out of date.")
            };
            (
                FindingState::Wrong,
                label,
                Phrase::from(what).then(register),
            )
        }
        Known::Unknown(kind) => (
            FindingState::Open,
            label,
            format!(
                "Could not be found out: {}",
                text::short_cause(platform, kind)
            )
            .into(),
        ),
        Known::NotTaken => (
            FindingState::Open,
            label,
            format!("{platform} takes no commands from bots yet").into(),
        ),
    }
}

fn key_finding(platform: PlatformName, key: KeyState) -> Found {
    let label = format!("{platform} key");
    let variable = match platform {
        PlatformName::Discord => "DISCORD_PUBLIC_KEY",
        PlatformName::Fluxer => "FLUXER_PUBLIC_KEY",
    };
    match key {
        KeyState::Matches => (
            FindingState::Good,
            label,
            "Strong, and the application's own".into(),
        ),
        KeyState::Unknown => (
            FindingState::Good,
            label,
            format!("Strong; {platform} does not say whether it is its own").into(),
        ),
        KeyState::Differs => {
            let text =
                Phrase::from("Not the application's own: every request would be refused. Set ")
                    .code(variable)
                    .text(" to the public key that the developer portal shows.");
            (FindingState::Wrong, label, text)
        }
        KeyState::NotSet => (
            FindingState::Open,
            label,
            Phrase::from("None is set, so no commands come from there; it would be ")
                .code(variable),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{
        place::GuildRef,
        samples::{NOW, guild},
    };

    fn told(facts: Vec<Fact>) -> String {
        let checkup = Checkup { facts };
        let findings = findings(&checkup);
        let mut text = findings.title.plain(NOW);
        for Finding {
            state,
            label,
            text: found,
        } in findings.findings
        {
            write!(text, "\n{state:?} · {label}: {}", found.plain(NOW)).unwrap();
        }
        text
    }

    #[test]
    fn what_is_right_reads_like_this() {
        let here: GuildRef = "discord:7".parse().unwrap();
        insta::assert_snapshot!(told(vec![
            Fact::Version("0.1.0".to_owned()),
            Fact::Link { here, target: guild() },
            Fact::Reached { platform: PlatformName::Fluxer, answer: Ok(SignedDuration::from_millis(212)) },
            Fact::Token { platform: PlatformName::Fluxer, bot: Ok("Gatehouse".to_owned()) },
            Fact::Clock { platform: PlatformName::Fluxer, ahead: Some(SignedDuration::from_secs(-1)) },
            Fact::BotRight { guild: guild(), right: Right::ManageGuild, has: Some(true) },
            Fact::List { guild: guild(), invites: Ok(140) },
            Fact::Commands { platform: PlatformName::Discord, known: Known::Current },
            Fact::Key { platform: PlatformName::Discord, key: KeyState::Matches },
        ]), @r"
        Everything is set up right
        Good · Version: Gatehouse 0.1.0
        Good · Community: discord:7 is linked to fluxer:1574297842476908553
        Good · Fluxer reachable: Yes, in 212 ms
        Good · Fluxer token: Taken; the bot is Gatehouse
        Good · Clock: Right, as Fluxer has it
        Good · Bot: Manage Community: Granted
        Good · Invites readable: Yes, 140 of 1000 possible
        Good · Discord commands: Registered and current
        Good · Discord key: Strong, and the application's own
        ");
    }

    #[test]
    fn what_is_wrong_says_what_to_do() {
        let text = told(vec![
            Fact::Reached {
                platform: PlatformName::Fluxer,
                answer: Err(PlatformErrorKind::Unreachable),
            },
            Fact::Token {
                platform: PlatformName::Fluxer,
                bot: Err(PlatformErrorKind::TokenRefused),
            },
            Fact::BotRight {
                guild: guild(),
                right: Right::ManageGuild,
                has: Some(false),
            },
            Fact::Commands {
                platform: PlatformName::Discord,
                known: Known::Outdated(2),
            },
            Fact::Key {
                platform: PlatformName::Discord,
                key: KeyState::Differs,
            },
        ]);
        assert!(text.starts_with("5 things need to be put right"), "{text}");
        for word in [
            "FLUXER_TOKEN",
            "gatehouse register",
            "DISCORD_PUBLIC_KEY",
            "Manage Community",
        ] {
            assert!(text.contains(word), "{word} in {text}");
        }
    }

    #[test]
    fn the_member_is_told_what_they_may() {
        let told = |member| {
            let findings = member_findings(member, PlatformName::Discord);
            let lines = findings
                .iter()
                .map(|finding| format!("{}: {}", finding.label, finding.text.plain(NOW)));
            lines.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told(Member::default()), @r"
        You: Manage Server: Missing; it lets you act on invites. Somebody who manages roles can grant it: Server Settings → Roles → a role of yours → Manage Server.
        You: moderator role: None of your roles is named in GATEHOUSE_MODERATOR_ROLES; the person who hosts the bot can name one.
        You: in all: You may read invites, but not act on them: one of the two above is needed.
        ");
        let by_role = Member {
            has_moderator_role: true,
            ..Member::default()
        };
        assert!(told(by_role).ends_with("You may read invites and act on them."));
        assert!(told(Member::operator()).ends_with("You may read invites and act on them."));
    }

    #[test]
    fn a_clock_is_pointed_out_at_its_limits() {
        let state = |seconds| {
            let ahead = Some(SignedDuration::from_secs(seconds));
            clock(PlatformName::Fluxer, ahead).0
        };
        assert_eq!(state(29), FindingState::Good);
        assert_eq!(state(-30), FindingState::Worse);
        assert_eq!(state(299), FindingState::Worse);
        assert_eq!(state(300), FindingState::Wrong);
        assert_eq!(state(-7200), FindingState::Wrong);
    }
}
