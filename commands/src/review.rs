//! `/invites review`: the few invites that matter, each with why and one next step.
//!
//! ```text
//! /invites review [share]
//! ```

use std::cmp::Reverse;

use crate::{
    invite::Invite,
    list,
    notice::back_to,
    phrase::Phrase,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Platform},
    query::View,
    reply::{Button, Concern, Content, Control, Review},
    risk::{self, Rule},
    stage::Stage,
    text,
    token::Token,
    tree,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "review",
    description: "The few invites that matter, each with why and what to do",
    options: &[tree::SHARE],
    example: "review",
};

/// How many are shown: more would not be few.
const SHOWN_MAX: usize = 8;

/// Shows them, what matters most first.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    freshness: Freshness,
) -> Result<Answer, Problem> {
    let listing = work.list(freshness).await?;
    let now = work.stage.now();
    let platform = work.place.target.platform;
    let mut broken: Vec<(&Invite, Vec<Rule>)> = listing
        .invites
        .iter()
        .map(|invite| (invite, risk::broken(invite, now)))
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    let weight = |rules: &[Rule]| rules.iter().map(|rule| rule.weight()).sum::<u32>();
    broken.sort_by_key(|(invite, rules)| (Reverse(weight(rules)), Reverse(invite.uses())));
    let matter = broken.len();
    let findings: Vec<Concern> = broken
        .iter()
        .take(SHOWN_MAX)
        .map(|(invite, rules)| {
            let code = (!work.masked).then(|| text::code_plain(invite, false));
            let why: Vec<String> = rules.iter().map(|rule| rule.why(invite, now)).collect();
            Concern {
                lines: [
                    text::one_line(invite, work.masked),
                    Phrase::new()
                        .strong("Why:")
                        .text(format!(" {}", why.join("; "))),
                    rules[0].next_step(code.as_deref(), platform),
                ],
                rules: rules.iter().map(|rule| rule.key()).collect(),
                invite: (*invite).clone(),
            }
        })
        .collect();
    let content = Review {
        title: match &listing.overview {
            Some(overview) => Phrase::from("What matters in ").guild_name(&overview.name),
            None => "What matters".into(),
        },
        notes: text::notes(&listing, platform),
        summary: summary(matter, listing.invites.len()),
        more: matter - findings.len(),
        findings,
        footer: text::footer(&listing, platform, now),
        read_at: listing.read_at,
        link_base: listing.link_base.clone(),
    };
    let shown = broken.iter().take(SHOWN_MAX).map(|(invite, _)| *invite);
    let menu = list::menu_of(&View::default(), shown, work.masked);
    let buttons = vec![
        Button::new(Token::Review, "Refresh"),
        back_to(&View::default()),
    ];
    let controls = menu.into_iter().chain([Control::Buttons(buttons)]);
    Ok(Answer {
        controls: controls.collect(),
        total: Some(listing.invites.len()),
        ..Answer::new(Content::Review(Box::new(content)))
    })
}

fn summary(matter: usize, total: usize) -> Phrase {
    if total == 0 {
        return Phrase::new()
            .strong("Nothing to worry about.")
            .text(" There are no invites.");
    }
    if matter == 0 {
        return Phrase::new()
            .strong("Nothing to worry about.")
            .text(format!(" None of {total} invites breaks a rule."));
    }
    let verb = if matter == 1 { "matters" } else { "matter" };
    Phrase::new()
        .strong(format!("{matter} of {total}"))
        .text(format!(" {verb}, the most pressing first"))
}
