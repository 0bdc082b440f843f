//! Replies other than lists and cards, for a terminal.

use gatehouse_commands::{
    Cleaned, Content, Finding, FindingState, Findings, Form, Group, Halt, MembersPage, Notice,
    Phrase, Review, Stats, Tone, commands::Choices,
};
use serde_json::{Value, json};

use super::Draw;
use crate::export::Row;

/// The longest bar of a chart, in columns.
const BAR_WIDTH: u64 = 30;

impl Draw {
    /// The reply as lines of text; nothing for what cannot be asked for from here.
    pub(super) fn report(&self, content: &Content) -> String {
        let lines = match content {
            Content::Notice(Notice {
                title, paragraphs, ..
            }) => self.titled(title, paragraphs.iter()),
            Content::Form(form) => self.form(form),
            Content::Members(page) => self.members(page),
            Content::Review(review) => self.review(review),
            Content::Stats(stats) => self.stats(stats),
            Content::Findings(findings) => self.findings(findings),
            Content::Cleaned(cleaned) => self.cleaned(cleaned),
            Content::Progress(progress) => {
                self.titled(&progress.title(), progress.lines(self.now).iter())
            }
            _ => return String::new(),
        };
        lines.join("\n") + "\n"
    }

    /// What did not go as asked, for the exit status.
    pub(super) fn complaint(&self, content: &Content) -> Option<String> {
        match content {
            Content::Notice(notice) if notice.tone == Tone::Careful => {
                Some(self.plain(&notice.title))
            }
            Content::Cleaned(cleaned)
                if cleaned.results.iter().any(|(_, fate)| !fate.is_gone()) =>
            {
                Some(self.plain(&cleaned.title()))
            }
            Content::Findings(findings) if is_wrong(findings) => Some(self.plain(&findings.title)),
            _ => None,
        }
    }

    fn titled<'a>(&self, title: &Phrase, lines: impl Iterator<Item = &'a Phrase>) -> Vec<String> {
        let title = self.strong(&self.plain(title));
        let lines = lines.map(|line| self.plain(line));
        std::iter::once(title).chain(lines).collect()
    }

    fn form(&self, form: &Form) -> Vec<String> {
        let title = self.strong(&form.title);
        let about = form.about.iter().map(|line| self.plain(line));
        std::iter::once(title).chain(about).collect()
    }

    fn members(&self, page: &MembersPage) -> Vec<String> {
        let heads = std::iter::once(&page.summary).chain(&page.notes);
        let entries = page.entries.iter().map(|(_, line)| line);
        let mut lines = self.titled(&page.title, heads.chain(entries));
        lines.push(self.plain(&page.footer));
        lines
    }

    fn review(&self, review: &Review) -> Vec<String> {
        let heads = std::iter::once(&review.summary).chain(&review.notes);
        let mut lines = self.titled(&review.title, heads);
        for finding in &review.findings {
            lines.push(String::new());
            lines.extend(finding.lines.iter().map(|line| self.plain(line)));
        }
        lines.push(String::new());
        if review.more > 0 {
            lines.push(format!("and {} more of less weight", review.more));
        }
        lines.push(self.plain(&review.footer));
        lines
    }

    fn stats(&self, stats: &Stats) -> Vec<String> {
        let mut lines = self.titled(&stats.title, stats.notes.iter());
        let fields = stats.fields.iter();
        lines.extend(fields.map(|(label, value)| format!("{label:10}  {}", self.plain(value))));
        lines.push(String::new());
        lines.push(self.strong(stats.heading));
        let most = stats.groups.iter().map(Group::size).max();
        let most = most.unwrap_or_default().max(1);
        let bars = stats.groups.iter().map(|group| {
            let cells = u128::from(group.size()) * u128::from(BAR_WIDTH) / u128::from(most);
            "█".repeat(usize::try_from(cells).unwrap_or_default())
        });
        for (line, bar) in stats.lines().iter().zip(bars) {
            lines.push(self.plain(line));
            if !bar.is_empty() {
                lines.push(format!("   {bar}"));
            }
        }
        if stats.more > 0 {
            lines.push(format!("and {} more", stats.more));
        }
        lines.push(String::new());
        lines.push(self.strong(stats.other_heading));
        lines.extend(stats.other_lines().iter().map(|line| self.plain(line)));
        lines.push(String::new());
        lines.push(self.plain(&stats.footer));
        lines
    }

    fn findings(&self, findings: &Findings) -> Vec<String> {
        let widest = findings
            .findings
            .iter()
            .map(|finding| finding.label.chars().count());
        let width = widest.max().unwrap_or_default();
        let title = self.strong(&self.plain(&findings.title));
        let lines = findings
            .findings
            .iter()
            .map(|Finding { state, label, text }| {
                let mark = match state {
                    FindingState::Good => "ok   ",
                    FindingState::Open => "-    ",
                    FindingState::Worse => "worse",
                    FindingState::Wrong => "WRONG",
                };
                format!("{mark}  {label:width$}  {}", self.plain(text))
            });
        std::iter::once(title).chain(lines).collect()
    }

    fn cleaned(&self, cleaned: &Cleaned) -> Vec<String> {
        let mut lines = self.titled(&cleaned.title(), cleaned.lines().iter());
        lines.push(String::new());
        lines.extend(cleaned.results.iter().map(|(invite, fate)| {
            let why = fate.why().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{}  {}{why}", invite.code.as_str(), fate.key())
        }));
        lines
    }

    /// The reply for a script.
    pub(super) fn report_json(&self, content: &Content) -> Option<Value> {
        let guild = self.guild.map(|guild| guild.to_string());
        let titled = |title: &Phrase, lines: &[Phrase]| {
            let lines: Vec<String> = lines.iter().map(|line| self.plain(line)).collect();
            json!({"title": self.plain(title), "paragraphs": lines})
        };
        Some(match content {
            Content::Notice(notice) => titled(&notice.title, &notice.paragraphs),
            Content::Form(form) => titled(&form.title.clone().into(), &form.about),
            Content::Members(page) => {
                let members = page.entries.iter().map(|(who, _)| {
                    json!({
                        "id": who.id.to_string(),
                        "tag": who.tag,
                        "name": who.shown_name,
                        "joined_at": who.joined_at.map(|at| at.to_string()),
                        "account_created_at": who.id.created_at().to_string(),
                        "is_bot": who.is_bot,
                    })
                });
                json!({
                    "guild": guild,
                    "total": page.total,
                    "page": page.page,
                    "pages": page.pages,
                    "members": members.collect::<Vec<_>>(),
                })
            }
            Content::Review(review) => {
                let findings = review.findings.iter().map(|finding| {
                    let [_, why, next] = &finding.lines;
                    json!({
                        "rules": finding.rules,
                        "why": self.plain(why),
                        "next": self.plain(next),
                        "invite": Row::new(&finding.invite, review.link_base.as_deref()),
                    })
                });
                json!({
                    "guild": guild,
                    "read_at": review.read_at.to_string(),
                    "more": review.more,
                    "findings": findings.collect::<Vec<_>>(),
                })
            }
            Content::Stats(stats) => {
                let groups = stats.groups.iter().map(|group| {
                    json!({"name": group.name, "invites": group.invites, "uses": group.uses})
                });
                json!({
                    "guild": guild,
                    "read_at": stats.read_at.to_string(),
                    "total": stats.total,
                    "uses": stats.uses,
                    "by": stats.by.choice().value,
                    "groups": groups.collect::<Vec<_>>(),
                })
            }
            Content::Findings(findings) => {
                let findings = findings.findings.iter().map(|finding| {
                    let state = match finding.state {
                        FindingState::Good => "good",
                        FindingState::Open => "open",
                        FindingState::Worse => "worse",
                        FindingState::Wrong => "wrong",
                    };
                    json!({
                        "state": state,
                        "label": finding.label,
                        "text": self.plain(&finding.text),
                    })
                });
                json!({"guild": guild, "findings": findings.collect::<Vec<_>>()})
            }
            Content::Cleaned(cleaned) => {
                let outcomes = cleaned.results.iter().map(|(invite, fate)| {
                    json!({
                        "outcome": fate.key(),
                        "why": fate.why(),
                        "invite": Row::new(invite, cleaned.link_base.as_deref()),
                    })
                });
                json!({
                    "guild": guild,
                    "halt": cleaned.halt.map(halt_key),
                    "outcomes": outcomes.collect::<Vec<_>>(),
                })
            }
            _ => return None,
        })
    }
}

const fn halt_key(halt: Halt) -> &'static str {
    match halt {
        Halt::Cancelled => "cancelled",
        Halt::OutOfTime => "out_of_time",
        Halt::Stopping => "stopping",
    }
}

fn is_wrong(findings: &Findings) -> bool {
    let mut states = findings.findings.iter().map(|finding| finding.state);
    states.any(|state| state == FindingState::Wrong)
}
