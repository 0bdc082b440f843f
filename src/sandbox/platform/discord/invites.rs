//! Making and revoking invites on Discord.

use super::{
    super::{
        answer::Answer,
        change::{self, Wish},
        community::Community,
        permission,
        record::Recorded,
        world::World,
    },
    actor, bad_field, form, in_channel, objects, refusal, refused, success,
};

/// Letters and digits of a new code.
const CODE_LEN: usize = 10;

/// One day.
const MAX_AGE_DEFAULT_SECONDS: u64 = 86_400;

/// Seven days.
const MAX_AGE_MAX_SECONDS: u64 = 604_800;

const MAX_USES_MAX: u64 = 100;

/// Most roles that one invite gives.
const ROLES_MAX: usize = 250;

/// What a client asks for.
#[derive(Clone, Debug)]
struct Terms {
    max_age: u32,
    max_uses: u32,
    unique: bool,
    temporary: bool,
    roles: Vec<String>,
}

/// Makes an invite with the server's own code.
pub(super) fn create(world: &World, channel: &str, asked: &Recorded) -> Answer {
    in_channel(world, channel, |community, channel| {
        if !community.bot_may(permission::CREATE_INVITE) {
            return refusal(403);
        }
        let read = |wish: Terms| -> Result<Wish, Answer> {
            Ok(Wish {
                channel: channel.clone(),
                max_age: wish.max_age,
                max_uses: wish.max_uses,
                temporary: wish.temporary,
                unique: wish.unique,
                roles: given(community, &wish.roles)?,
                code_len: CODE_LEN,
            })
        };
        let wish = terms(asked).and_then(read);
        let (wish, actor) = match (wish, actor(asked)) {
            (Ok(wish), Ok(actor)) => (wish, actor),
            (Err(refusal), _) | (_, Err(refusal)) => return refusal,
        };
        if let Some(invite) = change::create(world, community, wish, actor) {
            return success(&objects::invite(&invite, community));
        }
        let max = community.max_invites;
        let message = format!("Maximum number of invites reached ({max})");
        refused(400, 30_016, &message)
    })
}

fn terms(asked: &Recorded) -> Result<Terms, Answer> {
    let whole = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    form(asked, |form| {
        let max_age = form.number("max_age", 0, MAX_AGE_MAX_SECONDS);
        let max_uses = form.number("max_uses", 0, MAX_USES_MAX);
        Terms {
            max_age: whole(max_age.unwrap_or(MAX_AGE_DEFAULT_SECONDS)),
            max_uses: whole(max_uses.unwrap_or_default()),
            unique: form.flag("unique").unwrap_or_default(),
            temporary: form.flag("temporary").unwrap_or_default(),
            roles: form.texts("role_ids", ROLES_MAX).unwrap_or_default(),
        }
    })
}

/// The roles with these ids. The guild has those that its invites give already.
fn given(community: &Community, ids: &[String]) -> Result<Vec<(u64, String)>, Answer> {
    if !ids.is_empty() && !community.bot_may(permission::MANAGE_ROLES) {
        return Err(refusal(403));
    }
    let known = community.given_roles();
    let role = |id: &String| known.iter().find(|(role, _)| role.to_string() == *id);
    let roles = ids.iter().map(|id| role(id).cloned());
    let roles: Option<_> = roles.collect();
    roles.ok_or_else(|| bad_field("role_ids", "INVALID_ROLE", "Unknown Role"))
}

/// Ends an invite.
pub(super) fn revoke(world: &World, code: &str, asked: &Recorded) -> Answer {
    let unknown_invite = || refused(404, 10_006, "Unknown Invite");
    let guild = world.guild_of_code(code);
    let mut guilds = world.guilds();
    let Some(community) = guild.and_then(|guild| guilds.get_mut(&guild)) else {
        return unknown_invite();
    };
    if !community.bot_may(permission::MANAGE_GUILD | permission::MANAGE_CHANNELS) {
        return refusal(403);
    }
    let actor = match actor(asked) {
        Ok(actor) => actor,
        Err(refusal) => return refusal,
    };
    match change::revoke(world, community, code, actor) {
        Some(invite) => success(&objects::bare_invite(&invite, community)),
        None => unknown_invite(),
    }
}
