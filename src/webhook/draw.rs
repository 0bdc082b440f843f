//! A [`Reply`] as Discord shows it: embeds, buttons, menus, forms.
//!
//! Nothing drawn here can ping, and nothing that a stranger chose can act as markup.

use gatehouse_commands::{
    Button, CHAT_COMMAND, Card, Content, Control, FailureText, Form, HelpText, ListPage,
    MenuOption, NAME_MAX_CHARS, Phrase, Placement, Reply, Span, Suggestion, command, cut, isolated,
};
use jiff::Timestamp;
use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    channel::message::{
        AllowedMentions, Component, Embed, MessageFlags,
        component::{
            ActionRow, Button as WireButton, ButtonStyle, Label, SelectMenu, SelectMenuOption,
            SelectMenuType, TextInput, TextInputStyle,
        },
        embed::{EmbedField, EmbedFooter},
    },
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

use crate::export::{self, File};

/// Colour of replies, 0xRRGGBB.
const COLOR: u32 = 0x3B_6E_A8;

/// Colour of failures, 0xRRGGBB.
const COLOR_FAILURE: u32 = 0xC7_7D_0A;

/// The longest description of an embed.
/// See [Discord Docs/Embed Limits].
///
/// [Discord Docs/Embed Limits]: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const DESCRIPTION_MAX_CHARS: usize = 4096;

/// How long names may be in a list: as they are shown normally, then shorter.
const NAME_CUTS: [usize; 3] = [NAME_MAX_CHARS, 12, 4];

/// Characters that act as markup somewhere, each of which a backslash makes inert.
const MARKUP: &[char] = &[
    '\\', '*', '_', '~', '`', '|', '>', '<', '#', '[', ']', '(', ')', '@', ':', '-', '+',
];

/// A reply, ready to be sent.
#[derive(Debug)]
pub(super) struct Drawn {
    /// As the body of a message.
    pub message: InteractionResponseData,
    /// What goes beside it.
    pub file: Option<File>,
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
        Content::AskPage(form) => (InteractionResponseType::Modal, modal(form)),
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
    let (embed, file) = match &reply.content {
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
        // Neither is a message; no plan asks for them as one.
        Content::AskPage(_) | Content::Suggestions(_) => (blank(), None),
    };
    Drawn {
        message: InteractionResponseData {
            allowed_mentions: Some(AllowedMentions::default()),
            embeds: Some(vec![embed]),
            // An empty list takes away what the message had before.
            components: Some(reply.controls.iter().map(control).collect()),
            ..InteractionResponseData::default()
        },
        file,
    }
}

struct Draw {
    now: Timestamp,
}

impl Draw {
    fn list(&self, page: &ListPage) -> Embed {
        Embed {
            title: Some(markup(&page.title)),
            description: Some(list_text(page)),
            footer: Some(self.footer(&page.footer)),
            ..blank()
        }
    }

    fn card(&self, card: &Card) -> Embed {
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

    fn help(&self, help: &HelpText) -> Embed {
        let paragraphs: Vec<String> = help.paragraphs.iter().map(markup).collect();
        Embed {
            title: Some(help.title.plain(self.now)),
            description: Some(paragraphs.join("\n\n")),
            ..blank()
        }
    }

    fn failure(&self, failure: &FailureText) -> Embed {
        Embed {
            title: Some(failure.title.plain(self.now)),
            description: Some(markup(&failure.advice)),
            color: Some(COLOR_FAILURE),
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
        text = paragraphs(page, name_max_chars).join("\n\n");
        if text.chars().count() <= DESCRIPTION_MAX_CHARS {
            break;
        }
    }
    cut(&text, DESCRIPTION_MAX_CHARS)
}

fn paragraphs(page: &ListPage, name_max_chars: usize) -> Vec<String> {
    let markup = |phrase: &Phrase| markup_with(phrase, name_max_chars);
    let heads = std::iter::once(&page.summary)
        .chain(&page.notes)
        .map(markup);
    let entries = page.entries.iter().map(|entry| {
        let [first, second] = &entry.lines;
        format!("{}\n{}", markup(first), markup(second))
    });
    heads.chain(entries).collect()
}

fn blank() -> Embed {
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

/// A phrase in Discord's markup, with names as long as they are.
fn markup(phrase: &Phrase) -> String {
    markup_with(phrase, usize::MAX)
}

/// A phrase in Discord's markup. Moments are told by the reader's own client, which keeps them
/// true.
fn markup_with(phrase: &Phrase, name_max_chars: usize) -> String {
    phrase
        .spans()
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Link(text) => text.clone(),
            Span::Strong(text) => format!("**{text}**"),
            Span::Name(name) => isolated(&escaped(&cut(name, name_max_chars))),
            // Inside a code span nothing is markup but its own end.
            Span::Code(code) => format!("`{}`", code.replace('`', "'")),
            Span::Command(words) => format!("`{}`", command(CHAT_COMMAND, words)),
            Span::Ago(at) => format!("<t:{}:R>", at.as_second()),
            Span::Date(at) => format!("<t:{}:f>", at.as_second()),
        })
        .collect()
}

fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if MARKUP.contains(&c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

fn control(control: &Control) -> Component {
    let components = match control {
        Control::Buttons(buttons) => buttons.iter().map(button).collect(),
        Control::Menu {
            token,
            placeholder,
            options,
        } => vec![menu(token.to_string(), placeholder, options)],
    };
    Component::ActionRow(ActionRow {
        id: None,
        components,
    })
}

fn button(button: &Button) -> Component {
    Component::Button(WireButton {
        custom_id: Some(button.token.to_string()),
        disabled: !button.is_enabled,
        emoji: None,
        id: None,
        label: Some(button.label.clone()),
        sku_id: None,
        style: if button.is_main {
            ButtonStyle::Primary
        } else {
            ButtonStyle::Secondary
        },
        url: None,
    })
}

fn menu(custom_id: String, placeholder: &str, options: &[MenuOption]) -> Component {
    let options = options
        .iter()
        .map(|option| SelectMenuOption {
            default: option.is_chosen,
            description: option.description.clone(),
            emoji: None,
            label: option.label.clone(),
            value: option.value.clone(),
        })
        .collect();
    Component::SelectMenu(SelectMenu {
        channel_types: None,
        custom_id,
        default_values: None,
        disabled: false,
        id: None,
        kind: SelectMenuType::Text,
        max_values: Some(1),
        min_values: Some(1),
        options: Some(options),
        placeholder: Some(placeholder.to_owned()),
        required: None,
    })
}

/// The one line of a form; only its text matters when it comes back.
const FORM_LINE_ID: &str = "line";

fn modal(form: &Form) -> InteractionResponseData {
    #[expect(deprecated, reason = "the model has the old label beside the new one")]
    let line = TextInput {
        custom_id: FORM_LINE_ID.to_owned(),
        id: None,
        label: None,
        max_length: Some(form.max_chars),
        min_length: Some(1),
        placeholder: Some(form.placeholder.clone()),
        required: Some(true),
        style: TextInputStyle::Short,
        value: None,
    };
    InteractionResponseData {
        custom_id: Some(form.token.to_string()),
        title: Some(form.title.clone()),
        components: Some(vec![Component::Label(Label {
            component: Box::new(Component::TextInput(line)),
            description: None,
            id: None,
            label: form.label.clone(),
        })]),
        ..InteractionResponseData::default()
    }
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

#[cfg(test)]
mod tests {
    use gatehouse_commands::{Code, Entry, Invite};

    use super::*;

    #[test]
    fn names_are_inert() {
        let hostile = "@everyone <@1> **x** [a](https://b) `c` ||d||";
        let drawn = markup(&Phrase::new().name(hostile));
        assert_eq!(
            drawn,
            "\u{2068}\\@everyone \\<\\@1\\> \\*\\*x\\*\\* \\[a\\]\\(https\\:…\u{2069}"
        );
    }

    /// A page of that many entries, each with four names of 32 characters that are all markup.
    fn page(entries: usize) -> ListPage {
        let names = || {
            Phrase::new()
                .name(&"*".repeat(NAME_MAX_CHARS))
                .name(&"_".repeat(NAME_MAX_CHARS))
        };
        let entry = || Entry {
            lines: [names(), names()],
            invite: Invite {
                code: Code::new("aBcD12xY").unwrap(),
                channel: None,
                inviter: None,
                expires_at: None,
                usage: None,
                extras: None,
            },
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
        for (entries, is_whole) in [(10, true), (20, false), (60, false), (400, false)] {
            let text = list_text(&page(entries));
            assert!(text.chars().count() <= DESCRIPTION_MAX_CHARS, "{entries}");
            assert_eq!(text.contains(&whole), is_whole, "{entries}");
        }
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(markup(&Phrase::new().code("a`b")), "`a'b`");
    }
}
