//! `/invites stats`: totals, capacity, who made how many and how they are used, with a chart.
//!
//! ```text
//! /invites stats [by: creator|channel] [share]
//! ```

use std::{cmp::Reverse, collections::HashMap, fmt::Write as _};

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    names::{self, NAME_MAX_CHARS},
    notice::back_to,
    phrase::Phrase,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform},
    query::View,
    reply::{Button, Content, Control, Role},
    stage::Stage,
    text,
    token::Token,
    tree::{self, Choice, Choices, CommandOption, OptionKind},
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "stats",
    description: "Totals, capacity, top creators or channels, with a chart",
    options: &[BY, tree::SHARE],
    example: "stats by:channel",
};

pub(crate) const BY: CommandOption = CommandOption {
    name: "by",
    description: "Whose invites to count together (by creator if left out)",
    kind: OptionKind::Choice(By::choices),
    required: false,
    example: "channel",
};

/// How many groups are shown; a chart has as many bars.
pub const GROUPS_MAX: usize = 10;

/// How many groups are shown of what the chart is not about.
const OTHERS_MAX: usize = 3;

/// Whose invites are counted together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum By {
    /// Those of one creator.
    #[default]
    Creator,
    /// Those into one channel.
    Channel,
}

impl Choices for By {
    fn all() -> &'static [Self] {
        &[Self::Creator, Self::Channel]
    }

    fn choice(self) -> Choice {
        let (value, label) = match self {
            Self::Creator => ("creator", "Creator"),
            Self::Channel => ("channel", "Channel"),
        };
        Choice { value, label }
    }
}

/// Totals of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Whose invites.
    pub title: Phrase,
    /// What to know before reading on.
    pub notes: Vec<Phrase>,
    /// Label and value, in order.
    pub fields: Vec<(&'static str, Phrase)>,
    /// What the groups are counted by.
    pub by: By,
    /// What the chart is headed with, in our own words.
    pub heading: &'static str,
    /// The top groups, the most used first.
    pub groups: Vec<Group>,
    /// How many more groups there are.
    pub more: usize,
    /// What the others are headed with.
    pub other_heading: &'static str,
    /// The very top of the groups by the other of the two.
    pub others: Vec<Group>,
    /// How many invites there are.
    pub total: usize,
    /// How often they were used, all together; `None` when the platform hides it.
    pub uses: Option<u64>,
    /// How old this is.
    pub footer: Phrase,
    /// When the list was read.
    pub read_at: Timestamp,
}

/// Invites that are counted together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group {
    /// Whose they are, cleaned but not escaped.
    pub name: String,
    /// How many there are.
    pub invites: usize,
    /// How often they were used; `None` when the platform hides it.
    pub uses: Option<u64>,
}

impl Group {
    /// How long its bar is in a chart: its uses, or where these are hidden its invites.
    pub fn size(&self) -> u64 {
        self.uses.unwrap_or(self.invites as u64)
    }

    /// `12 uses of 3 invites`, with this between the two; `3 invites` where uses are hidden.
    fn numbers(&self, between: &str) -> String {
        let invites = many(self.invites);
        match self.uses {
            Some(used) => format!("{}{between}{invites}", uses(used)),
            None => invites,
        }
    }
}

impl Stats {
    /// The chart in words, for whoever cannot see it: the same numbers.
    pub fn alt_text(&self) -> String {
        let groups = self.groups.iter().enumerate().map(|(index, group)| {
            let numbers = group.numbers(" of ");
            format!("{}. {}: {numbers}", index + 1, group.name)
        });
        let groups: Vec<String> = groups.collect();
        format!(
            "Bar chart, {}. {}",
            self.heading.to_lowercase(),
            groups.join("; ")
        )
    }

    /// The groups as lines, with the ranks that the chart shows.
    pub fn lines(&self) -> Vec<Phrase> {
        let mut lines = ranked(&self.groups);
        if self.more > 0 {
            lines.push(format!("and {} more", self.more).into());
        }
        lines
    }
}

impl Stats {
    /// The very top by the other of the two, as lines.
    pub fn other_lines(&self) -> Vec<Phrase> {
        ranked(&self.others)
    }
}

fn ranked(groups: &[Group]) -> Vec<Phrase> {
    let line = |(index, group): (usize, &Group)| {
        Phrase::from(format!("{}. ", index + 1))
            .name(&group.name)
            .text(format!(" · {}", group.numbers(" · ")))
    };
    groups.iter().enumerate().map(line).collect()
}

/// Counts the invites of a list.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    by: By,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let now = work.stage.now();
    let platform = work.place.target.platform;
    let other = match by {
        By::Creator => By::Channel,
        By::Channel => By::Creator,
    };
    let mut others = groups(&listing, other);
    others.truncate(OTHERS_MAX);
    let mut groups = groups(&listing, by);
    let more = groups.len().saturating_sub(GROUPS_MAX);
    groups.truncate(GROUPS_MAX);
    let hides_usage = listing.hides_usage();
    let uses = listing
        .invites
        .iter()
        .filter_map(Invite::uses)
        .map(u64::from);
    let uses = uses.sum::<u64>();
    let content = Stats {
        title: match &listing.overview {
            Some(overview) => Phrase::from("Invites of ").guild_name(&overview.name),
            None => "Invites in numbers".into(),
        },
        notes: text::notes(&listing, platform),
        fields: fields(&listing, platform.invites_max(), now),
        by,
        heading: heading(by, hides_usage),
        groups,
        more,
        other_heading: heading(other, hides_usage),
        others,
        total: listing.invites.len(),
        uses: (!hides_usage).then_some(uses),
        footer: text::read_when(listing.read_at, now).into(),
        read_at: listing.read_at,
    };
    let button = |other: By, label| Button {
        role: if other == by { Role::Main } else { Role::Plain },
        ..Button::new(Token::Stats(other), label)
    };
    let buttons = vec![
        button(By::Creator, "By creator"),
        button(By::Channel, "By channel"),
        back_to(&View::default()),
    ];
    Ok(Answer {
        controls: vec![Control::Buttons(buttons)],
        total: Some(listing.invites.len()),
        ..Answer::new(Content::Stats(Box::new(content)))
    })
}

const fn heading(by: By, hides_usage: bool) -> &'static str {
    match (by, hides_usage) {
        (By::Creator, false) => "Uses by creator",
        (By::Channel, false) => "Uses by channel",
        (By::Creator, true) => "Invites by creator",
        (By::Channel, true) => "Invites by channel",
    }
}

/// Invites counted together, the most used first, then the most numerous.
fn groups(listing: &Listing, by: By) -> Vec<Group> {
    // A sum of what is told and what is hidden would be too small.
    let hides_usage = listing.hides_usage();
    let mut found: HashMap<Option<u64>, Group> = HashMap::new();
    for invite in &listing.invites {
        let (key, name) = match by {
            By::Creator => {
                let who = invite
                    .inviter
                    .as_ref()
                    .filter(|_| !invite.has_unknown_creator());
                (
                    who.map(|who| who.id.number()),
                    who.map_or("unknown or deleted", |who| who.shown_name())
                        .to_owned(),
                )
            }
            By::Channel => {
                let channel = invite.channel.as_ref();
                let name = channel.map(|channel| match &channel.name {
                    Some(name) => format!("#{name}"),
                    None => format!("channel {}", channel.id),
                });
                (
                    channel.map(|channel| channel.id.number()),
                    name.unwrap_or_else(|| "unknown".to_owned()),
                )
            }
        };
        let group = found.entry(key).or_insert_with(|| Group {
            name: names::clean(&name, NAME_MAX_CHARS),
            invites: 0,
            uses: (!hides_usage).then_some(0),
        });
        group.invites += 1;
        if let Some(uses) = &mut group.uses {
            *uses += u64::from(invite.uses().unwrap_or_default());
        }
    }
    let mut groups: Vec<Group> = found.into_values().collect();
    groups.sort_by(|a, b| {
        let order = |group: &Group| (Reverse(group.uses), Reverse(group.invites));
        order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name))
    });
    groups
}

fn fields(listing: &Listing, max: usize, now: Timestamp) -> Vec<(&'static str, Phrase)> {
    let invites = &listing.invites;
    let total = invites.len();
    let count = |is_meant: &dyn Fn(&Invite) -> bool| invites.iter().filter(|i| is_meant(i)).count();
    let endless = count(&|invite| invite.expires_at.is_none());
    let unlimited = count(&|invite| {
        let usage = invite.usage.as_ref();
        invite.expires_at.is_none() && usage.is_some_and(|usage| usage.max_uses.is_none())
    });
    let mut fields = vec![(
        "Capacity",
        Phrase::from(format!("{total} of {max} invites ({})", share(total, max))),
    )];
    if !listing.hides_usage() {
        let all: u64 = invites.iter().filter_map(Invite::uses).map(u64::from).sum();
        let unused = count(&|invite| invite.uses() == Some(0));
        fields.push((
            "Uses",
            Phrase::from(format!(
                "{} in all · {} never used",
                uses(all),
                many(unused)
            )),
        ));
    }
    let mut never_end = format!("{endless} ({})", share(endless, total));
    if !listing.hides_usage() {
        write!(never_end, " · {unlimited} of them without limit")
            .expect("a text can be written to");
    }
    fields.push(("Never end", never_end.into()));
    fields.extend(ages(invites, now).map(|ages| ("Ages", ages)));
    fields
}

/// `12 today · 30 this week · 50 this month · 48 older`.
fn ages(invites: &[Invite], now: Timestamp) -> Option<Phrase> {
    const BOUNDS: [(i64, &str); 3] = [(1, "of today"), (7, "of this week"), (30, "of this month")];
    let ages: Vec<SignedDuration> = invites
        .iter()
        .filter_map(Invite::created_at)
        .map(|made| now.duration_since(made))
        .collect();
    if ages.is_empty() {
        return None;
    }
    let mut before = 0;
    let mut parts = Vec::new();
    for (days, words) in BOUNDS {
        let bound = SignedDuration::from_hours(24 * days);
        let within = ages.iter().filter(|age| **age <= bound).count();
        parts.push(format!("{} {words}", within - before));
        before = within;
    }
    parts.push(format!("{} older", ages.len() - before));
    Some(parts.join(" · ").into())
}

/// `14 %`, rounded; never 0 % of something nor 100 % of less than all.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let percent = (part * 200 / whole).div_ceil(2);
    let percent = match (part, percent) {
        (0, _) => 0,
        (part, _) if part >= whole => part * 100 / whole,
        (_, percent) => percent.clamp(1, 99),
    };
    format!("{percent} %")
}

fn uses(count: u64) -> String {
    match count {
        1 => "1 use".to_owned(),
        count => format!("{count} uses"),
    }
}

fn many(count: usize) -> String {
    match count {
        1 => "1 invite".to_owned(),
        count => format!("{count} invites"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, channel, invite, inviter, listing};

    fn sample() -> Listing {
        let mut bob = invite("bob1");
        bob.inviter = Some(inviter(21, "bob", None));
        bob.channel = Some(channel(11, "Ärger"));
        bob.usage.as_mut().unwrap().uses = 40;
        let mut orphan = invite("orphan");
        orphan.inviter = None;
        orphan.usage.as_mut().unwrap().uses = 0;
        orphan.expires_at = Some(NOW + SignedDuration::from_hours(3));
        listing(vec![invite("ann1"), invite("ann2"), bob, orphan])
    }

    #[test]
    fn groups_are_counted_and_the_most_used_come_first() {
        let told = |by| -> Vec<(String, usize, u64)> {
            let groups = groups(&sample(), by).into_iter();
            groups
                .map(|group| (group.name, group.invites, group.uses.unwrap()))
                .collect()
        };
        let of = |name: &str, invites, uses| (name.to_owned(), invites, uses);
        assert_eq!(
            told(By::Creator),
            [
                of("bob", 1, 40),
                of("Ann", 2, 6),
                of("unknown or deleted", 1, 0)
            ]
        );
        assert_eq!(
            told(By::Channel),
            [of("#Ärger", 1, 40), of("#welcome", 3, 6)]
        );
    }

    #[test]
    fn totals_read_like_this() {
        let lines: Vec<String> = fields(&sample(), 1000, NOW)
            .into_iter()
            .map(|(label, value)| format!("{label}: {}", value.plain(NOW)))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        Capacity: 4 of 1000 invites (1 %)
        Uses: 46 uses in all · 1 invite never used
        Never end: 3 (75 %) · 3 of them without limit
        Ages: 4 of today · 0 of this week · 0 of this month · 0 older
        ");
    }

    #[test]
    fn hidden_uses_are_not_counted_as_none() {
        let mut hidden = sample();
        hidden.invites[2].usage = None;
        let groups = groups(&hidden, By::Creator);
        let told: Vec<String> = groups.iter().map(|group| group.numbers(" of ")).collect();
        assert_eq!(told, ["2 invites", "1 invite", "1 invite"]);
        assert_eq!(groups[0].size(), 2);
        let fields: Vec<String> = fields(&hidden, 1000, NOW)
            .into_iter()
            .map(|(label, value)| format!("{label}: {}", value.plain(NOW)))
            .collect();
        assert_eq!(fields[1], "Never end: 3 (75 %)");
    }

    #[test]
    fn shares_are_rounded_but_never_to_nothing_or_all() {
        assert_eq!(share(0, 0), "0 %");
        assert_eq!(share(0, 1000), "0 %");
        assert_eq!(share(1, 1000), "1 %");
        assert_eq!(share(999, 1000), "99 %");
        assert_eq!(share(1000, 1000), "100 %");
        assert_eq!(share(145, 1000), "15 %");
        assert_eq!(share(1200, 1000), "120 %");
    }
}
