//! What a reply says, as an embed.

use gatehouse_commands::{
    Card, Cleaned, FailureText, FindingState, Findings, Form, HelpText, ListPage, MembersPage,
    Notice, Phrase, Progress, Review, Stats, Tone, cut,
};
use jiff::Timestamp;
use twilight_model::channel::message::{
    Embed,
    embed::{EmbedField, EmbedFooter, EmbedImage},
};

use crate::{
    export,
    markup::{NAME_CUTS, joined, markup, markup_with, write},
};

/// Colour of replies, 0xRRGGBB.
const COLOR: u32 = 0x3B_6E_A8;

/// Colour of failures, 0xRRGGBB.
const COLOR_FAILURE: u32 = 0xC7_7D_0A;

/// Colour of what was done, 0xRRGGBB.
const COLOR_DONE: u32 = 0x2E_7D_4F;

/// The longest description of an embed.
/// See [Discord Docs/Embed Limits].
///
/// [Discord Docs/Embed Limits]: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const DESCRIPTION_MAX_CHARS: usize = 4096;

/// The longest value of an embed's field.
const FIELD_MAX_CHARS: usize = 1024;

/// Draws at a moment, which only footers and progress need: elsewhere the reader's own client
/// tells the time.
pub(super) struct Draw {
    pub(super) now: Timestamp,
}

impl Draw {
    pub(super) fn list(&self, page: &ListPage) -> Embed {
        Embed {
            title: Some(markup(&page.title)),
            description: Some(list_text(page)),
            footer: Some(self.footer(&page.footer)),
            ..blank()
        }
    }

    pub(super) fn card(&self, card: &Card) -> Embed {
        let notes: Vec<String> = card.notes.iter().map(markup).collect();
        Embed {
            title: Some(markup(&card.title)),
            description: (!notes.is_empty()).then(|| notes.join("\n")),
            fields: card
                .fields
                .iter()
                .map(|(label, value)| EmbedField {
                    inline: false,
                    name: (*label).to_owned(),
                    value: markup(value),
                })
                .collect(),
            footer: Some(self.footer(&card.footer)),
            ..blank()
        }
    }

    pub(super) fn help(&self, help: &HelpText) -> Embed {
        let paragraphs: Vec<String> = help.paragraphs.iter().map(markup).collect();
        Embed {
            title: Some(help.title.plain(self.now)),
            description: Some(paragraphs.join("\n\n")),
            ..blank()
        }
    }

    pub(super) fn failure(&self, failure: &FailureText) -> Embed {
        Embed {
            title: Some(failure.title.plain(self.now)),
            description: Some(markup(&failure.advice)),
            color: Some(COLOR_FAILURE),
            ..blank()
        }
    }

    pub(super) fn notice(notice: &Notice) -> Embed {
        Embed {
            title: Some(markup(&notice.title)),
            description: Some(joined(&notice.paragraphs, "\n\n")),
            color: Some(match notice.tone {
                Tone::Done => COLOR_DONE,
                Tone::Plain => COLOR,
                Tone::Careful => COLOR_FAILURE,
            }),
            ..blank()
        }
    }

    pub(super) fn members(&self, page: &MembersPage) -> Embed {
        let heads = std::iter::once(&page.summary)
            .chain(&page.notes)
            .map(markup);
        let entries: Vec<String> = page.entries.iter().map(|(_, line)| markup(line)).collect();
        let paragraphs: Vec<String> = heads.chain([entries.join("\n")]).collect();
        Embed {
            title: Some(markup(&page.title)),
            description: Some(
                cut(paragraphs.join("\n\n").trim_end(), DESCRIPTION_MAX_CHARS).into_owned(),
            ),
            footer: Some(self.footer(&page.footer)),
            ..blank()
        }
    }

    pub(super) fn review(&self, review: &Review) -> Embed {
        let mut text = String::new();
        for name_max_chars in NAME_CUTS {
            text = review_text(review, name_max_chars);
            if text.chars().count() <= DESCRIPTION_MAX_CHARS {
                break;
            }
        }
        Embed {
            title: Some(markup(&review.title)),
            description: Some(cut(text, DESCRIPTION_MAX_CHARS).into_owned()),
            footer: Some(self.footer(&review.footer)),
            ..blank()
        }
    }

    pub(super) fn stats(&self, stats: &Stats) -> Embed {
        let notes = (!stats.notes.is_empty()).then(|| joined(&stats.notes, "\n"));
        let field = |name: &str, value: String| EmbedField {
            inline: false,
            name: name.to_owned(),
            value,
        };
        let mut fields: Vec<EmbedField> = stats
            .fields
            .iter()
            .map(|(label, value)| field(label, markup(value)))
            .collect();
        if !stats.groups.is_empty() {
            let lines = joined(&stats.lines(), "\n");
            fields.push(field(
                stats.heading,
                cut(lines, FIELD_MAX_CHARS).into_owned(),
            ));
            let others = joined(&stats.other_lines(), "\n");
            fields.push(field(
                stats.other_heading,
                cut(others, FIELD_MAX_CHARS).into_owned(),
            ));
        }
        let image = (!stats.groups.is_empty()).then(|| EmbedImage {
            content_type: None,
            flags: None,
            height: None,
            placeholder: None,
            placeholder_version: None,
            proxy_url: None,
            url: format!("attachment://{}", export::PICTURE_NAME),
            width: None,
        });
        Embed {
            title: Some(markup(&stats.title)),
            description: notes,
            fields,
            image,
            footer: Some(self.footer(&stats.footer)),
            ..blank()
        }
    }

    pub(super) fn findings(findings: &Findings) -> Embed {
        let line = |state: FindingState, label: &str, text: &Phrase| {
            let mark = match state {
                FindingState::Good => "✅",
                FindingState::Open => "➖",
                FindingState::Worse => "⚠️",
                FindingState::Wrong => "❌",
            };
            format!("{mark} **{label}** {}", markup(text))
        };
        let lines: Vec<String> = findings
            .findings
            .iter()
            .map(|finding| line(finding.state, &finding.label, &finding.text))
            .collect();
        let worst = findings.findings.iter().map(|finding| finding.state).max();
        Embed {
            title: Some(markup(&findings.title)),
            description: Some(cut(lines.join("\n"), DESCRIPTION_MAX_CHARS).into_owned()),
            color: Some(match worst {
                Some(FindingState::Wrong | FindingState::Worse) => COLOR_FAILURE,
                _ => COLOR_DONE,
            }),
            ..blank()
        }
    }

    pub(super) fn progress(&self, progress: &Progress) -> Embed {
        Embed {
            title: Some(markup(&progress.title())),
            description: Some(joined(&progress.lines(self.now), "\n")),
            ..blank()
        }
    }

    pub(super) fn cleaned(cleaned: &Cleaned) -> Embed {
        let is_whole = cleaned.results.iter().all(|(_, fate)| fate.is_gone());
        Embed {
            title: Some(markup(&cleaned.title())),
            description: Some(joined(&cleaned.lines(), "\n")),
            color: Some(if is_whole { COLOR_DONE } else { COLOR_FAILURE }),
            ..blank()
        }
    }

    pub(super) fn form(form: &Form) -> Embed {
        Embed {
            title: Some(form.title.clone()),
            // A text that is there must not be blank.
            description: (!form.about.is_empty()).then(|| joined(&form.about, "\n")),
            ..blank()
        }
    }

    /// Footers show no markup.
    fn footer(&self, phrase: &Phrase) -> EmbedFooter {
        EmbedFooter {
            icon_url: None,
            proxy_icon_url: None,
            text: phrase.plain(self.now),
        }
    }
}

/// The page's text, measured: names give way until it fits.
fn list_text(page: &ListPage) -> String {
    let mut text = String::new();
    for name_max_chars in NAME_CUTS {
        text = paragraphs(page, name_max_chars);
        if text.chars().count() <= DESCRIPTION_MAX_CHARS {
            return text;
        }
    }
    cut(text, DESCRIPTION_MAX_CHARS).into_owned()
}

fn paragraphs(page: &ListPage, name_max_chars: usize) -> String {
    let mut text = markup_with(&page.summary, name_max_chars);
    for note in &page.notes {
        text.push_str("\n\n");
        write(&mut text, note, name_max_chars);
    }
    for entry in &page.entries {
        let [first, second] = entry.lines();
        text.push_str("\n\n");
        write(&mut text, &first, name_max_chars);
        text.push('\n');
        write(&mut text, &second, name_max_chars);
    }
    text
}

fn review_text(review: &Review, name_max_chars: usize) -> String {
    let markup = |phrase: &Phrase| markup_with(phrase, name_max_chars);
    let heads = std::iter::once(&review.summary)
        .chain(&review.notes)
        .map(markup);
    let findings = review.findings.iter().map(|finding| {
        let lines: Vec<String> = finding.lines.iter().map(markup).collect();
        lines.join("\n")
    });
    let more = (review.more > 0).then(|| format!("and {} more of less weight", review.more));
    let paragraphs: Vec<String> = heads.chain(findings).chain(more).collect();
    paragraphs.join("\n\n")
}

/// An embed that says nothing yet.
pub(super) fn blank() -> Embed {
    Embed {
        author: None,
        color: Some(COLOR),
        description: None,
        fields: Vec::new(),
        flags: None,
        footer: None,
        image: None,
        kind: "rich".to_owned(),
        provider: None,
        thumbnail: None,
        timestamp: None,
        title: None,
        url: None,
        video: None,
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_commands::{
        Channel, ChannelId, Code, Entry, Invite, Inviter, InviterKind, NAME_MAX_CHARS, UserId,
    };

    use super::*;

    /// A page of that many entries, each with two names of 32 characters that are all markup.
    fn page(entries: usize) -> ListPage {
        let channel = Channel {
            id: ChannelId::new(1).unwrap(),
            name: Some("*".repeat(NAME_MAX_CHARS)),
        };
        let inviter = Inviter {
            id: UserId::new(1).unwrap(),
            kind: InviterKind::Person,
            username: "_".repeat(NAME_MAX_CHARS),
            discriminator: None,
            display_name: None,
        };
        let invite = Invite {
            code: Code::new("aBcD12xY").unwrap(),
            channel: Some(channel.into()),
            inviter: Some(inviter.into()),
            expires_at: None,
            usage: None,
            extras: None,
        };
        let entry = || Entry {
            invite: invite.clone(),
            is_masked: false,
        };
        ListPage {
            title: Phrase::new(),
            notes: Vec::new(),
            summary: Phrase::new(),
            entries: std::iter::repeat_with(entry).take(entries).collect(),
            page: 1,
            pages: 1,
            matched: entries,
            total: entries,
            footer: Phrase::new(),
            read_at: Timestamp::UNIX_EPOCH,
            link_base: None,
        }
    }

    #[test]
    fn names_give_way_when_a_page_would_not_fit() {
        let whole = "\\*".repeat(NAME_MAX_CHARS);
        for (entries, is_whole) in [(20, true), (30, false), (60, false), (400, false)] {
            let text = list_text(&page(entries));
            assert!(text.chars().count() <= DESCRIPTION_MAX_CHARS, "{entries}");
            assert_eq!(text.contains(&whole), is_whole, "{entries}");
        }
    }
}
