//! Writes an exported list as a file.
//!
//! ```text
//! CSV   one line of names, then one line an invite (RFC 4180, UTF-8, CRLF); empty = not known or
//!       none; `max_uses`, `max_age_seconds`, `expires_at` empty = without limit
//! JSON  {"guild", "read_at", "total", "invites": [{…}]}, see `Row`
//! ```

use std::fmt;

use gatehouse_commands::{Cleaned, Export, Format, Invite, InviterKind, Stats, cut};
use serde::Serialize;

use crate::chart::{self, Bar, Chart};

/// Characters that make a spreadsheet take a cell for a formula when they begin it, with their
/// full-width forms, and the blanks that it would skip.
/// See [OWASP/CSV Injection].
///
/// [OWASP/CSV Injection]: https://owasp.org/www-community/attacks/CSV_Injection
const FORMULA_STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A file to send. `Debug` does not show what it holds.
#[derive(Clone, Eq, PartialEq)]
pub struct File {
    /// ASCII, with ending.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// What a picture shows, in words; at most [`ALT_TEXT_MAX_CHARS`] characters.
    pub alt_text: Option<String>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// An invite as scripts see it. Names and meanings stay as they are; keys may be added.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    /// What a link ends in.
    pub code: &'a str,
    /// The whole link.
    pub link: Option<String>,
    /// The channel's id.
    pub channel_id: Option<String>,
    /// The channel's name.
    pub channel: Option<&'a str>,
    /// The creator's id.
    pub creator_id: Option<String>,
    /// The creator's unique name.
    pub creator: Option<String>,
    /// The name that people see.
    pub creator_name: Option<&'a str>,
    /// `person`, `bot`, `system` or `deleted`.
    pub creator_kind: Option<&'static str>,
    /// How often it was used.
    pub uses: Option<u32>,
    /// How often it can be used; nothing = without limit.
    pub max_uses: Option<u32>,
    /// When it was made: RFC 3339, UTC.
    pub created_at: Option<String>,
    /// When it ends: RFC 3339, UTC; nothing = never.
    pub expires_at: Option<String>,
    /// How long it lives from its making, in seconds; nothing = without end.
    pub max_age_seconds: Option<i64>,
    /// Whether members who came by it are dropped when they disconnect.
    pub temporary: Option<bool>,
}

impl<'a> Row<'a> {
    /// The row of an invite; `link_base` is what stands before a code in a link.
    pub fn new(invite: &'a Invite, link_base: Option<&str>) -> Self {
        let inviter = invite.inviter.as_deref();
        let usage = invite.usage.as_ref();
        Self {
            code: invite.code.as_str(),
            link: link_base.map(|base| format!("{base}/{}", invite.code.as_str())),
            channel_id: invite
                .channel
                .as_ref()
                .map(|channel| channel.id.to_string()),
            channel: invite
                .channel
                .as_ref()
                .and_then(|channel| channel.name.as_deref()),
            creator_id: inviter.map(|who| who.id.to_string()),
            creator: inviter.map(gatehouse_commands::Inviter::tag),
            creator_name: inviter.map(gatehouse_commands::Inviter::shown_name),
            creator_kind: inviter.map(|who| match who.kind {
                InviterKind::Person => "person",
                InviterKind::Bot => "bot",
                InviterKind::System => "system",
                InviterKind::Deleted => "deleted",
            }),
            uses: usage.map(|usage| usage.uses),
            max_uses: usage.and_then(|usage| usage.max_uses),
            created_at: invite.created_at().map(|at| at.to_string()),
            expires_at: invite.expires_at.map(|at| at.to_string()),
            max_age_seconds: usage
                .and_then(|usage| usage.max_age)
                .map(|age| age.as_secs()),
            temporary: usage.map(|usage| usage.temporary),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    guild: String,
    read_at: String,
    total: usize,
    invites: Vec<Row<'a>>,
}

/// Writes the file.
pub fn file(export: &Export) -> File {
    let rows = export
        .invites
        .iter()
        .map(|invite| Row::new(invite, export.link_base.as_deref()));
    let (bytes, media_type) = match export.format {
        Format::Csv => (csv(rows), "text/csv"),
        Format::Json => (json(export, rows.collect()), "application/json"),
    };
    File {
        name: export.file_name.clone(),
        bytes,
        media_type,
        alt_text: None,
    }
}

/// The longest description of a file.
/// See [Discord Docs/Attachment Object].
///
/// [Discord Docs/Attachment Object]: https://discord.com/developers/docs/resources/message#attachment-object
pub const ALT_TEXT_MAX_CHARS: usize = 1024;

/// What became of every invite of a run, as a CSV file.
///
/// ```text
/// code,link,outcome,why,uses,creator,channel
/// ```
pub fn outcome(cleaned: &Cleaned) -> File {
    File {
        name: format!(
            "outcome-{}.csv",
            cleaned.ended_at.strftime("%Y-%m-%d-%H%M%S")
        ),
        bytes: outcome_csv(cleaned),
        media_type: "text/csv",
        alt_text: None,
    }
}

fn outcome_csv(cleaned: &Cleaned) -> Vec<u8> {
    const INTO_MEMORY: &str = "writing into memory cannot fail";
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let head = [
        "code", "link", "outcome", "why", "uses", "creator", "channel",
    ];
    writer.write_record(head).expect(INTO_MEMORY);
    for (invite, fate) in &cleaned.results {
        let row = Row::new(invite, cleaned.link_base.as_deref());
        let uses = row.uses.map(|uses| uses.to_string()).unwrap_or_default();
        let key = fate.key().to_owned();
        let why = fate.why().unwrap_or_default();
        let link = row.link.unwrap_or_default();
        let creator = inert(&row.creator.unwrap_or_default());
        let channel = inert(row.channel.unwrap_or_default());
        let code = inert(row.code);
        let record = [&code, &link, &key, &why, &uses, &creator, &channel];
        writer.write_record(record).expect(INTO_MEMORY);
    }
    writer.into_inner().expect(INTO_MEMORY)
}

/// The chart of a reply, as a picture.
pub fn picture(stats: &Stats) -> File {
    let notes: Vec<String> = stats
        .groups
        .iter()
        .map(|group| match group.uses {
            Some(_) => format!("of {}", group.invites),
            // The invites are the bar.
            None => String::new(),
        })
        .collect();
    let bars: Vec<Bar<'_>> = stats
        .groups
        .iter()
        .zip(&notes)
        .map(|(group, note)| Bar {
            label: &group.name,
            value: group.size(),
            note,
        })
        .collect();
    let chart = Chart {
        title: stats.heading,
        bars: &bars,
    };
    File {
        name: PICTURE_NAME.to_owned(),
        bytes: chart::png(&chart),
        media_type: "image/png",
        alt_text: Some(cut(stats.alt_text(), ALT_TEXT_MAX_CHARS).into_owned()),
    }
}

/// The name by which a reply shows its picture.
pub const PICTURE_NAME: &str = "stats.png";

fn csv<'a>(rows: impl Iterator<Item = Row<'a>>) -> Vec<u8> {
    const INTO_MEMORY: &str = "writing into memory cannot fail";
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // An empty list still has its line of names.
    writer
        .write_record([
            "code",
            "link",
            "channel_id",
            "channel",
            "creator_id",
            "creator",
            "creator_name",
            "creator_kind",
            "uses",
            "max_uses",
            "created_at",
            "expires_at",
            "max_age_seconds",
            "temporary",
        ])
        .expect(INTO_MEMORY);
    for row in rows {
        let number = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            row.code.to_owned(),
            row.link.unwrap_or_default(),
            row.channel_id.unwrap_or_default(),
            row.channel.unwrap_or_default().to_owned(),
            row.creator_id.unwrap_or_default(),
            row.creator.unwrap_or_default(),
            row.creator_name.unwrap_or_default().to_owned(),
            row.creator_kind.unwrap_or_default().to_owned(),
            number(row.uses),
            number(row.max_uses),
            row.created_at.unwrap_or_default(),
            row.expires_at.unwrap_or_default(),
            row.max_age_seconds
                .map(|n| n.to_string())
                .unwrap_or_default(),
            row.temporary
                .map(|flag| flag.to_string())
                .unwrap_or_default(),
        ];
        writer
            .write_record(cells.map(|cell| inert(&cell)))
            .expect(INTO_MEMORY);
    }
    writer.into_inner().expect(INTO_MEMORY)
}

/// A cell that no spreadsheet takes for a formula: an apostrophe makes it a text.
fn inert(cell: &str) -> String {
    if cell.trim_start_matches(' ').starts_with(FORMULA_STARTS) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn json(export: &Export, invites: Vec<Row<'_>>) -> Vec<u8> {
    let document = Document {
        guild: export.guild.to_string(),
        read_at: export.read_at.to_string(),
        total: export.total,
        invites,
    };
    serde_json::to_vec_pretty(&document).expect("texts, numbers and flags can be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for start in FORMULA_STARTS {
            let cell = format!("{start}1+1");
            assert_eq!(inert(&cell), format!("'{cell}"));
        }
        assert_eq!(inert("  =1"), "'  =1");
        assert_eq!(inert("a=1"), "a=1");
        assert_eq!(inert(""), "");
    }
}
