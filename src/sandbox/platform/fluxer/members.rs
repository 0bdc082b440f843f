//! One member, and the search for members, on Fluxer.

use std::cmp::Reverse;

use serde_json::json;

use super::{
    super::{
        answer::Answer,
        community::Community,
        form::Form,
        member::{MemberSearch, SampleMember, SampleUser},
        permission,
        record::Recorded,
        world::World,
    },
    Nulls, bad_snowflake, bot, form, may, people, success, unknown,
};

const LIMIT_MAX: u64 = 100;
const LIMIT_DEFAULT: u64 = 25;
const QUERY_MAX_CHARS: usize = 100;
const CODES_MAX: usize = 10;

/// One member of a guild, the bot included.
pub(super) fn member(community: &Community, user: &str) -> Answer {
    if user == "@me" {
        return success(&people::bot_as_member(community));
    }
    let Ok(id) = user.parse::<u64>() else {
        return bad_snowflake("user_id");
    };
    if id == bot().id {
        return success(&people::bot_as_member(community));
    }
    match community.members.iter().find(|one| one.user.id == id) {
        Some(member) => success(&people::member(member)),
        // Whoever owns it is a member, even if nobody can find them by an invite.
        None if id == community.owner_id => {
            let owner = SampleUser::new(id, "owner", None);
            let joined_at = owner.created_at();
            success(&people::member(&SampleMember::new(owner, joined_at)))
        }
        None => unknown("UNKNOWN_MEMBER", "Member wasn't found in this community."),
    }
}

/// What is searched for.
#[derive(Clone, Debug)]
struct Search {
    query: Option<String>,
    limit: u64,
    offset: u64,
    joined_from: Option<u64>,
    joined_to: Option<u64>,
    codes: Option<Vec<String>>,
    is_bot: Option<bool>,
    oldest_first: bool,
}

impl Search {
    /// Reads the fields in the order in which the real server names wrong ones.
    fn read(form: &mut Form) -> Self {
        Self {
            query: form.text("query", QUERY_MAX_CHARS),
            limit: form.number("limit", 1, LIMIT_MAX).unwrap_or(LIMIT_DEFAULT),
            offset: form.number("offset", 0, u64::MAX).unwrap_or_default(),
            joined_from: form.number("joined_at_gte", 0, u64::MAX),
            joined_to: form.number("joined_at_lte", 0, u64::MAX),
            codes: form.texts("source_invite_code", CODES_MAX),
            is_bot: form.flag("is_bot"),
            oldest_first: {
                // How relevant a member is nobody can tell here, so both orders are by joining.
                form.one_of("sort_by", &["joinedAt", "relevance"]);
                form.one_of("sort_order", &["asc", "desc"]) == Some("asc")
            },
        }
    }

    fn finds(&self, member: &SampleMember) -> bool {
        let SampleMember {
            user,
            nickname,
            joined_at,
            source_invite_code,
            ..
        } = member;
        let query = self.query.as_deref().unwrap_or_default().to_lowercase();
        let more = [&user.global_name, nickname].into_iter().flatten();
        let mut names = std::iter::once(&user.username).chain(more);
        let joined = u64::try_from(joined_at.as_second()).unwrap_or_default();
        let from_code = |codes: &Vec<String>| {
            source_invite_code
                .as_ref()
                .is_some_and(|code| codes.contains(code))
        };
        names.any(|name| name.to_lowercase().contains(&query))
            && self.joined_from.is_none_or(|from| joined >= from)
            && self.joined_to.is_none_or(|to| joined <= to)
            // An empty list asks for nothing in particular.
            && self.codes.as_ref().is_none_or(|codes| codes.is_empty() || from_code(codes))
            && self.is_bot.is_none_or(|bot| user.bot == bot)
    }
}

/// Finds members, as far as the instance can.
pub(super) fn search(world: &World, guild: &str, asked: &Recorded) -> Answer {
    let search = match form(asked, Nulls::Wrong, Search::read) {
        Ok(search) => search,
        Err(refusal) => return refusal,
    };
    may(world, guild, permission::MANAGE_GUILD, |community| {
        let mut found: Vec<_> = match community.member_search {
            MemberSearch::Works => community.members.iter().collect(),
            MemberSearch::Indexing | MemberSearch::Missing => Vec::new(),
        };
        found.retain(|member| search.finds(member));
        found.sort_by_key(|member| (member.joined_at, member.user.id));
        if !search.oldest_first {
            found.sort_by_key(|member| Reverse((member.joined_at, member.user.id)));
        }
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let page = found.iter().skip(whole(search.offset));
        let page: Vec<_> = page
            .take(whole(search.limit))
            .map(|member| people::found(member, community))
            .collect();
        success(&json!({
            "guild_id": community.id.to_string(),
            "page_result_count": page.len(),
            "members": page,
            "total_result_count": found.len(),
            "indexing": community.member_search == MemberSearch::Indexing,
        }))
    })
}
