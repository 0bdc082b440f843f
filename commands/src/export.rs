//! `/invites export`: the filtered list as a file.
//!
//! ```text
//! /invites export [format] [search] [by] [channel] [state] [sort]
//! ```

use jiff::Timestamp;

use crate::{
    invite::Invite,
    phrase::Phrase,
    place::GuildRef,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform},
    query::View,
    reply::Content,
    stage::Stage,
    text,
    tree::{self, Choice, Choices, CommandOption, OptionKind},
    wish::Wish,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "export",
    description: "The invites as a file, for a table or a script",
    options: &[
        FORMAT,
        tree::SEARCH,
        tree::BY,
        tree::CHANNEL,
        tree::STATE,
        tree::SORT,
    ],
    example: "export csv unused",
};

pub(crate) const FORMAT: CommandOption = CommandOption {
    name: "format",
    description: "CSV for a table (if left out), or JSON for a script",
    kind: OptionKind::Choice(Format::choices),
    required: false,
    example: "json",
};

/// The format of an exported file.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// Comma-separated values, after RFC 4180.
    #[default]
    Csv,
    /// One JSON object.
    Json,
}

impl Choices for Format {
    fn all() -> &'static [Self] {
        &[Self::Csv, Self::Json]
    }

    fn choice(self) -> Choice {
        let (value, label) = match self {
            Self::Csv => ("csv", "CSV, for a table"),
            Self::Json => ("json", "JSON, for a script"),
        };
        Choice { value, label }
    }
}

/// A file that is still to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// How to write it.
    pub format: Format,
    /// Its name: ASCII, with ending.
    pub file_name: String,
    /// What it holds, in words.
    pub summary: Phrase,
    /// Whose invites.
    pub guild: GuildRef,
    /// How many there are in all.
    pub total: usize,
    /// What stands before a code in a link, without the slash.
    pub link_base: Option<String>,
    /// When the list was read.
    pub read_at: Timestamp,
    /// Its rows, in order.
    pub invites: Vec<Invite>,
}

/// Exports what is wished for.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    wish: &Wish,
    format: Format,
) -> Result<Answer, Problem> {
    let listing = work.list(Freshness::Recent).await?;
    let view = wish.resolve(&listing)?;
    let content = export(&listing, &view, work.place.target, format, work.stage.now());
    Ok(Answer {
        total: Some(listing.invites.len()),
        ..Answer::new(content)
    })
}

/// Everything that the view's filter lets through, in its order, whatever its page.
fn export(
    listing: &Listing,
    view: &View,
    guild: GuildRef,
    format: Format,
    now: Timestamp,
) -> Content {
    let invites: Vec<Invite> = view
        .all(&listing.invites, now)
        .into_iter()
        .cloned()
        .collect();
    let date = listing.read_at.strftime("%Y-%m-%d");
    Content::Export(Box::new(Export {
        format,
        file_name: format!("invites-{}-{date}.{}", guild.id, format.choice().value),
        summary: text::heading(listing)
            .text(". ")
            .then(text::summary(
                listing,
                &view.filter,
                view.sort,
                invites.len(),
            ))
            .text(". Codes let their holder in: keep the file to yourself."),
        guild,
        total: listing.invites.len(),
        link_base: listing.link_base.clone(),
        read_at: listing.read_at,
        invites,
    }))
}
