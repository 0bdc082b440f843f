//! A [`Reply`] as Discord shows it: embeds, buttons, menus, forms.
//!
//! Nothing drawn here can ping, and nothing that a stranger chose can act as markup.

mod component;
mod embed;

use std::fmt;

use gatehouse_commands::{Content, Control, Placement, Reply, Stats, Suggestion};
use jiff::Timestamp;
use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    channel::message::{AllowedMentions, Component, Embed, MessageFlags, embed::EmbedFooter},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

use self::{
    component::{control, modal, opener},
    embed::{Draw, blank},
};
use crate::{
    export::{self, File},
    markup::markup,
};

/// What stands before a reason in the last line of a footer, which shows no markup. Read back by
/// [`reason_in`].
const REASON: &str = "Reason: ";

/// A reply, ready to be sent. `Debug` does not show it.
pub(super) struct Drawn {
    /// As the body of a message.
    pub message: InteractionResponseData,
    /// What goes beside it.
    pub file: Option<File>,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawn").finish_non_exhaustive()
    }
}

/// The answer to a PING.
pub(super) fn pong() -> InteractionResponse {
    InteractionResponse {
        kind: InteractionResponseType::Pong,
        data: None,
    }
}

/// Says that the reply comes later, as an edit.
pub(super) fn deferral(placement: Placement) -> InteractionResponse {
    let (kind, flags) = match placement {
        Placement::Private => (
            InteractionResponseType::DeferredChannelMessageWithSource,
            Some(MessageFlags::EPHEMERAL),
        ),
        Placement::Shared => (
            InteractionResponseType::DeferredChannelMessageWithSource,
            None,
        ),
        Placement::Replace => (InteractionResponseType::DeferredUpdateMessage, None),
    };
    InteractionResponse {
        kind,
        data: flags.map(|flags| InteractionResponseData {
            flags: Some(flags),
            ..InteractionResponseData::default()
        }),
    }
}

/// A reply as the direct answer to its interaction. Files are left out: they go by an edit.
pub(super) fn response(reply: &Reply, now: Timestamp) -> InteractionResponse {
    let (kind, data) = match &reply.content {
        Content::Form(form) => (InteractionResponseType::Modal, modal(form)),
        Content::Suggestions(all) => return suggestions(all),
        _ => {
            let kind = match reply.placement {
                Placement::Private | Placement::Shared => {
                    InteractionResponseType::ChannelMessageWithSource
                }
                Placement::Replace => InteractionResponseType::UpdateMessage,
            };
            let mut message = message(reply, now).message;
            message.flags = flags(reply.placement);
            // A picture that the message had before would stay.
            message.attachments = (kind == InteractionResponseType::UpdateMessage).then(Vec::new);
            (kind, message)
        }
    };
    InteractionResponse {
        kind,
        data: Some(data),
    }
}

/// The flags of a new message: whether one person alone sees it is decided when it is made.
pub(super) fn flags(placement: Placement) -> Option<MessageFlags> {
    (placement == Placement::Private).then_some(MessageFlags::EPHEMERAL)
}

/// A reply as the body of a message, without flags.
pub(super) fn message(reply: &Reply, now: Timestamp) -> Drawn {
    let draw = Draw { now };
    let mut controls: Vec<Component> = reply.controls.iter().map(control).collect();
    let (mut embed, file) = match &reply.content {
        Content::List(page) => (draw.list(page), None),
        Content::Card(card) => (draw.card(card), None),
        Content::Help(help) => (draw.help(help), None),
        Content::Failure(failure) => (draw.failure(failure), None),
        Content::Elsewhere(phrase) => {
            let embed = Embed {
                description: Some(markup(phrase)),
                ..blank()
            };
            (embed, None)
        }
        Content::Export(export) => {
            let embed = Embed {
                description: Some(markup(&export.summary)),
                ..blank()
            };
            (embed, Some(export::file(export)))
        }
        Content::Notice(notice) => (Draw::notice(notice), None),
        Content::Members(page) => (draw.members(page), None),
        Content::Review(review) => (draw.review(review), None),
        Content::Stats(stats) => (draw.stats(stats), picture(stats)),
        Content::Findings(findings) => (Draw::findings(findings), None),
        Content::Progress(progress) => (draw.progress(progress), None),
        Content::Cleaned(cleaned) => (Draw::cleaned(cleaned), Some(export::outcome(cleaned))),
        // A form can only be the direct answer: later it takes one press more.
        Content::Form(form) => {
            controls.push(control(&Control::Buttons(vec![opener(form)])));
            (Draw::form(form), None)
        }
        // No message; no plan asks for them as one.
        Content::Suggestions(_) => (blank(), None),
    };
    if let Some(reason) = &reply.reason {
        embed.footer = Some(with_reason(embed.footer, reason));
    }
    Drawn {
        message: InteractionResponseData {
            allowed_mentions: Some(AllowedMentions::default()),
            embeds: Some(vec![embed]),
            // An empty list takes away what the message had before.
            components: Some(controls),
            ..InteractionResponseData::default()
        },
        file,
    }
}

/// Whether a file goes with it, which cannot be part of a direct answer.
pub(super) fn has_file(content: &Content) -> bool {
    match content {
        Content::Export(_) | Content::Cleaned(_) => true,
        Content::Stats(stats) => !stats.groups.is_empty(),
        _ => false,
    }
}

fn picture(stats: &Stats) -> Option<File> {
    (!stats.groups.is_empty()).then(|| export::picture(stats))
}

fn with_reason(footer: Option<EmbedFooter>, reason: &str) -> EmbedFooter {
    let text = match footer {
        Some(footer) => format!("{}\n{REASON}{reason}", footer.text),
        None => format!("{REASON}{reason}"),
    };
    EmbedFooter {
        icon_url: None,
        proxy_icon_url: None,
        text,
    }
}

/// The reason that the footer of one of our messages shows.
pub(super) fn reason_in(footer: &str) -> Option<&str> {
    let last = footer.lines().next_back()?;
    last.strip_prefix(REASON)
        .filter(|reason| !reason.is_empty())
}

/// Suggestions, the one answer to a command that is still being typed.
pub(super) fn suggestions(suggestions: &[Suggestion]) -> InteractionResponse {
    let choice = |suggestion: &Suggestion| CommandOptionChoice {
        name: suggestion.label.clone(),
        name_localizations: None,
        value: CommandOptionChoiceValue::String(suggestion.value.clone()),
    };
    InteractionResponse {
        kind: InteractionResponseType::ApplicationCommandAutocompleteResult,
        data: Some(InteractionResponseData {
            choices: Some(suggestions.iter().map(choice).collect()),
            ..InteractionResponseData::default()
        }),
    }
}
