//! `/invites show`: one invite, with everything that is known of it.
//!
//! ```text
//! /invites show code [share]
//! ```

use jiff::Timestamp;

use crate::{
    code::Code,
    failure::Failure,
    invite::{Invite, InviterKind, Usage},
    phrase::{Phrase, length},
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform},
    query::View,
    reply::{Button, Card, Content, Control, Role},
    stage::Stage,
    text,
    token::{self, Act, Key, Token},
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "show",
    description: "One invite, with everything that is known of it",
    options: &[tree::CODE, tree::SHARE],
    example: "show aBcD12xY",
};

/// The invite of this code. Case matters, but people retype codes: a code that fits one invite
/// but for its case is taken for it.
pub(crate) fn find<'a>(listing: &'a Listing, key: &Key) -> Option<&'a Invite> {
    let exact = key.find(&listing.invites);
    let Key::Code(code) = key else { return exact };
    exact.or_else(|| find_ignoring_case(listing, code))
}

fn find_ignoring_case<'a>(listing: &'a Listing, code: &Code) -> Option<&'a Invite> {
    let mut found = listing
        .invites
        .iter()
        .filter(|invite| invite.code.as_str().eq_ignore_ascii_case(code.as_str()));
    match (found.next(), found.next()) {
        (Some(invite), None) => Some(invite),
        _ => None,
    }
}

/// Shows one invite.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    key: &Key,
    back: &View,
    freshness: Freshness,
) -> Result<Answer, Problem> {
    let listing = work.list(freshness).await?;
    let invite = find(&listing, key).ok_or(Failure::NoSuchInvite)?;
    let platform = work.place.target.platform;
    let (content, controls) = card(
        &listing,
        invite,
        back,
        platform,
        work.masked,
        work.stage.now(),
    );
    Ok(Answer {
        controls,
        total: Some(listing.invites.len()),
        ..Answer::new(content)
    })
}

/// The invite in full. `masked` where others see it; `back` is the list to go back to.
pub(crate) fn card(
    listing: &Listing,
    invite: &Invite,
    back: &View,
    platform: PlatformName,
    masked: bool,
    now: Timestamp,
) -> (Content, Vec<Control>) {
    let link = listing
        .link_base
        .as_ref()
        .filter(|_| !masked)
        .map(|base| format!("{base}/{}", invite.code.as_str()));
    let card = Card {
        title: Phrase::from("Invite ").then(text::code(invite, masked)),
        notes: text::notes(listing, platform),
        fields: fields(listing, invite, link.as_deref(), now),
        footer: text::read_when(listing.read_at, now).into(),
        invite: invite.clone(),
        read_at: listing.read_at,
        link_base: listing.link_base.clone(),
    };
    (
        Content::Card(Box::new(card)),
        controls(invite, back, masked),
    )
}

fn fields(
    listing: &Listing,
    invite: &Invite,
    link: Option<&str>,
    now: Timestamp,
) -> Vec<(&'static str, Phrase)> {
    let mut fields = Vec::new();
    if let Some(link) = link {
        fields.push(("Link", Phrase::new().link(link)));
    }
    if let Some(overview) = &listing.overview {
        fields.push(("Leads into", Phrase::new().guild_name(&overview.name)));
    }
    fields.push(("Channel", text::channel(invite)));
    fields.push(("Made by", made_by(invite)));
    if let Some(usage) = &invite.usage {
        fields.push(("Uses", text::uses_bar(usage).into()));
        if let Some(at) = usage.created_at {
            fields.push(("Made", moment(at)));
        }
    }
    fields.push(("Ends", ends(invite, now)));
    if let Some(usage) = &invite.usage {
        fields.push(("Lifetime", lifetime(usage)));
        fields.push(("Membership", membership(usage)));
    }
    if let Some(extras) = invite.extras.as_deref().and_then(text::extras) {
        fields.push(("Also", extras));
    }
    fields
}

fn moment(at: Timestamp) -> Phrase {
    Phrase::new().date(at).text(" (").ago(at).text(")")
}

fn ends(invite: &Invite, now: Timestamp) -> Phrase {
    match invite.expires_at {
        None => "never, until it is revoked".into(),
        Some(at) if invite.is_expired(now) => Phrase::from("has ended, ").then(moment(at)),
        Some(at) => moment(at),
    }
}

fn lifetime(usage: &Usage) -> Phrase {
    match usage.max_age {
        None => "without end".into(),
        Some(max_age) => format!("{} from its making", length(max_age)).into(),
    }
}

fn membership(usage: &Usage) -> Phrase {
    if usage.temporary {
        "temporary: members are dropped when they disconnect, unless given a role".into()
    } else {
        "lasting".into()
    }
}

fn made_by(invite: &Invite) -> Phrase {
    let Some(who) = invite.inviter.as_deref() else {
        return "unknown: the platform does not say".into();
    };
    if who.kind == InviterKind::Deleted {
        return text::creator(invite).text(format!(" (id {})", who.id));
    }
    text::creator(invite)
        .text(" (")
        .name(&who.tag())
        .text(format!(
            ", {}, id {})",
            text::inviter_kind(who.kind),
            who.id
        ))
}

fn controls(invite: &Invite, back: &View, masked: bool) -> Vec<Control> {
    let mut buttons = vec![Button {
        role: Role::Main,
        ..Button::new(
            Token::List(token::Control::BackToList, back.clone()),
            "Back to list",
        )
    }];
    if let Some(key) = Key::of(invite, masked) {
        let act = |act, label| Button::new(Token::Invite(act, key.clone(), back.clone()), label);
        buttons.push(Button::new(
            Token::Card(key.clone(), back.clone()),
            "Refresh",
        ));
        buttons.push(act(Act::Members { page: 1 }, "Who joined"));
        buttons.push(act(Act::Rotate, "Rotate…"));
        let seen = invite.uses();
        buttons.push(Button {
            role: Role::Danger,
            ..act(Act::Revoke { seen }, "Revoke…")
        });
    }
    vec![Control::Buttons(buttons)]
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{
        reply::Content,
        samples::{NOW, invite, listing},
    };

    fn drawn(invite: &Invite, masked: bool) -> String {
        let listing = listing(vec![invite.clone()]);
        let (content, _) = card(
            &listing,
            invite,
            &View::default(),
            PlatformName::Fluxer,
            masked,
            NOW,
        );
        let Content::Card(card) = content else {
            panic!("no card");
        };
        let mut text = card.title.plain(NOW);
        for (label, phrase) in card.fields {
            write!(text, "\n{label}: {}", phrase.plain(NOW)).unwrap();
        }
        text
    }

    #[test]
    fn a_card_tells_everything() {
        insta::assert_snapshot!(drawn(&invite("aBcD12xY"), false), @r"
        Invite aBcD12xY
        Link: https://fluxer.example/invite/aBcD12xY
        Leads into: Lantern Harbour
        Channel: #welcome
        Made by: Ann (ann#0001, person, id 20)
        Uses: 3 uses, no limit
        Made: 2026-08-21 11:00 UTC (1 hour ago)
        Ends: never, until it is revoked
        Lifetime: without end
        Membership: lasting
        ");
    }

    #[test]
    fn a_masked_card_holds_no_code() {
        let text = drawn(&invite("aBcD12xY"), true);
        assert!(!text.contains("aBcD12xY"), "{text}");
        assert!(text.contains("aBcD••••"), "{text}");
    }

    #[test]
    fn a_code_in_another_case_is_found_when_it_fits_one_invite() {
        let key = |code: &str| Key::Code(Code::new(code).unwrap());
        let one = listing(vec![invite("aBcD")]);
        assert!(find(&one, &key("ABCD")).is_some());
        let two = listing(vec![invite("aBcD"), invite("AbCd")]);
        assert!(find(&two, &key("ABCD")).is_none());
        assert!(find(&two, &key("AbCd")).is_some());
    }
}
