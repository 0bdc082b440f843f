//! Making and revoking invites on Fluxer.

use super::{
    super::{
        answer::Answer,
        change::{self, Wish},
        invite::SampleInvite,
        permission,
        record::Recorded,
        world::World,
    },
    Nulls, actor, bot, error, form, in_channel, objects, refusal, success, unknown,
};

/// Letters and digits of a new code.
const CODE_LEN: usize = 8;

/// Seven days.
const MAX_AGE_MAX_SECONDS: u64 = 604_800;

const MAX_USES_MAX: u64 = 100;

/// What a client asks for; what it leaves out has no limit.
#[derive(Clone, Copy, Debug, Default)]
struct Terms {
    max_uses: u32,
    max_age: u32,
    unique: bool,
    temporary: bool,
}

/// Makes an invite with the server's own code.
pub(super) fn create(world: &World, channel: &str, asked: &Recorded) -> Answer {
    let whole = |number: Option<u64>| number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let terms = form(asked, Nulls::Absent, |form| Terms {
        max_uses: whole(form.number("max_uses", 0, MAX_USES_MAX)),
        max_age: whole(form.number("max_age", 0, MAX_AGE_MAX_SECONDS)),
        unique: form.flag("unique").unwrap_or_default(),
        temporary: form.flag("temporary").unwrap_or_default(),
    });
    let terms = match terms {
        Ok(terms) => terms,
        Err(refusal) => return refusal,
    };
    in_channel(world, channel, |community, channel| {
        if !community.bot_may(permission::CREATE_INVITE) {
            return refusal(403);
        }
        let wish = Wish {
            channel: channel.clone(),
            max_age: terms.max_age,
            max_uses: terms.max_uses,
            temporary: terms.temporary,
            unique: terms.unique,
            roles: Vec::new(),
            code_len: CODE_LEN,
        };
        match change::create(world, community, wish, actor(asked)) {
            Some(invite) => success(&objects::invite(&invite, community)),
            None => full(community.max_invites),
        }
    })
}

/// The refusal of a guild that has all the invites that it can have.
fn full(max_invites: usize) -> Answer {
    let message = "This community has as many invites as it can have.";
    let mut body = error("MAX_INVITES", message);
    body["max_guild_invites"] = max_invites.into();
    refusal(400).with_body(body.to_string())
}

/// Ends an invite. The bot may always end its own.
pub(super) fn revoke(world: &World, code: &str, asked: &Recorded) -> Answer {
    // What is not found as it stands is looked for once more in lower case.
    let lower = code.to_lowercase();
    let found = [code, &lower]
        .into_iter()
        .find_map(|code| Some((code, world.guild_of_code(code)?)));
    let Some((code, guild)) = found else {
        return unknown_invite();
    };
    let mut guilds = world.guilds();
    let Some(community) = guilds.get_mut(&guild) else {
        return unknown_invite();
    };
    let own = community.invite(code).and_then(SampleInvite::inviter_id) == Some(bot().id);
    let allowed = own && community.has_bot() || community.bot_may(permission::MANAGE_GUILD);
    if !allowed {
        return refusal(403);
    }
    match change::revoke(world, community, code, actor(asked)) {
        Some(_) => Answer::empty(204)
            .with("content-type", "text/plain; charset=UTF-8")
            .with("x-fluxer-version", "sample")
            .with("cache-control", "no-cache"),
        None => unknown_invite(),
    }
}

fn unknown_invite() -> Answer {
    unknown(
        "UNKNOWN_INVITE",
        "Invite wasn't found or is no longer valid.",
    )
}
