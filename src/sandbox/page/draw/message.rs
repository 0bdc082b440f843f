//! A message of the chat.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::{
        chat::{Author, Chat, Message, Posted},
        markdown::Markdown,
        moment::Moment,
    },
    Draw, files, icon, message_id,
};

/// Colours that a face can have; the style sheet has as many.
const FACES: u32 = 6;

impl Draw<'_> {
    /// All messages that can be seen.
    pub(in super::super) fn messages(&self, chat: &Chat) -> Markup {
        html! {
            @for message in chat.seen() { (self.message(chat, message, false)) }
        }
    }

    /// A message; one that `replaces` takes the place of the one with its id.
    pub(in super::super) fn message(
        &self,
        chat: &Chat,
        message: &Message,
        replaces: bool,
    ) -> Markup {
        let payload = Value::Object(message.payload.clone());
        let is_private = message.private_to.is_some();
        let posted = message.posted.as_ref();
        html! {
            li.message.private[is_private] id=(message_id(message.id)) tabindex="-1"
                aria-busy=[message.is_thinking.then_some("true")]
                hx-swap-oob=[replaces.then_some("true")] {
                (asked(chat, message))
                @if let Some(posted) = posted { (self.quoted(chat, posted)) }
                (face(message.author, "face"))
                div.body {
                    div.head {
                        span.author { (message.author.name()) }
                        @if matches!(message.author, Author::Bot) { span.badge { "App" } }
                        @if posted.is_some() && is_private {
                            span.badge.direct { "Direct message" }
                        }
                        (Moment::short(message.at).draw(self.now))
                        @if posted.is_some_and(|posted| posted.edited_at.is_some()) {
                            span.edited { "(edited)" }
                        }
                    }
                    @if message.is_thinking {
                        (thinking())
                    } @else {
                        (self.content(message, &payload))
                    }
                    @if let Some(posted) = posted { (reactions(chat, message, posted)) }
                    @if message.is_passing() { (private_note(message)) }
                }
                @if posted.is_some() { (reply(message)) } @else { (self.apps(message)) }
            }
        }
    }

    fn content(&self, message: &Message, payload: &Value) -> Markup {
        html! {
            @if let Some(content) = payload["content"].as_str() {
                @let markdown = Markdown {
                    has_tables: message.posted.is_some(),
                    ..self.markdown()
                };
                div.content { (markdown.text(content)) }
            }
            @for embed in super::list(payload, "embeds") { (self.embed(message, embed)) }
            (files::files(message))
            (self.components(message, &payload["components"]))
        }
    }

    /// What a message replies to, with its first line.
    fn quoted(&self, chat: &Chat, posted: &Posted) -> Markup {
        let Some(above) = posted.replies_to.and_then(|id| chat.message(id)) else {
            return html! {};
        };
        let content = above.payload.get("content").and_then(Value::as_str);
        let line = content.and_then(|content| content.lines().next());
        let line = line.unwrap_or_default().trim_start_matches('#').trim();
        html! {
            div.asked.quoted {
                (face(above.author, "face small"))
                span { "in reply to " b { (above.author.name()) } " " (self.markdown().line(line)) }
            }
        }
    }

    /// The menu of commands that a message has.
    fn apps(&self, message: &Message) -> Markup {
        let commands = &self.catalog.on_messages;
        let has_commands = message.shape.has_commands();
        let is_apt = has_commands && !message.is_thinking && message.private_to.is_none();
        html! {
            @if is_apt && !commands.is_empty() {
                details.menu.apps {
                    summary.plain id=(format!("m{}-apps", message.id)) { "Apps" span.chevron {} }
                    div.choices role="group" aria-label="Apps" {
                        @for command in commands {
                            button.choice type="button" hx-post="/sandbox/apply" hx-target="#dialog"
                                hx-vals=(serde_json::json!({
                                    "message": message.id.to_string(), "command": command,
                                })) {
                                span.label { (command) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who asked for this message, by what words, or under which message it stands.
fn asked(chat: &Chat, message: &Message) -> Markup {
    let Some((persona, words)) = &message.asked else {
        return html! {};
    };
    let author = Author::Persona(*persona);
    html! {
        div.asked {
            @if words.is_empty() {
                @if let Some(above) = message.under.and_then(|id| chat.message(id)) {
                    (face(above.author, "face small"))
                    span { "in reply to " b { (above.author.name()) } }
                } @else {
                    (face(author, "face small"))
                    span { "for " b { (persona.name()) } }
                }
            } @else {
                (face(author, "face small"))
                span { b { (persona.name()) } " used " span.used { (words) } }
            }
        }
    }
}

/// The reactions below a message; pressing one puts one's own there, or takes it away.
fn reactions(chat: &Chat, message: &Message, posted: &Posted) -> Markup {
    let me = chat.settings.persona.id();
    html! {
        @if !posted.reactions.is_empty() {
            div.reactions role="group" aria-label="Reactions" {
                @for (index, (emoji, users)) in posted.reactions.iter().enumerate() {
                    button.reaction type="button" id=(format!("m{}-r{index}", message.id))
                        aria-pressed=(users.contains(&me))
                        hx-post="/sandbox/react" hx-swap="none" hx-sync="this:drop"
                        hx-vals=(serde_json::json!({
                            "message": message.id.to_string(), "emoji": emoji,
                        })) { (emoji) " " span.count { (users.len()) } }
                }
            }
        }
    }
}

/// What a message can be answered by.
fn reply(message: &Message) -> Markup {
    html! {
        div.apps {
            button.plain type="button" id=(format!("m{}-reply", message.id))
                aria-label=(format!("Reply to {}", message.author.name()))
                hx-get="/sandbox/composer" hx-target="#composer"
                hx-vals=(serde_json::json!({ "reply": message.id.to_string() })) {
                (icon::reply()) "Reply"
            }
        }
    }
}

/// A round with the first letter of a name; the bot has its own sign.
pub(super) fn face(author: Author, class: &str) -> Markup {
    let name = author.name();
    let sum: u32 = name.chars().map(u32::from).sum();
    let class = match author {
        Author::Bot | Author::Client => format!("{class} own"),
        _ => format!("{class} color{}", sum % FACES),
    };
    html! {
        span class=(class) aria-hidden="true" {
            @match author {
                Author::Bot | Author::Client => { (icon::gate()) }
                _ => { @for letter in name.chars().take(1) { (letter) } }
            }
        }
    }
}

fn thinking() -> Markup {
    html! {
        div.thinking {
            span.dots aria-hidden="true" { i {} i {} i {} }
            "Gatehouse is thinking…"
        }
    }
}

fn private_note(message: &Message) -> Markup {
    html! {
        div.only {
            (icon::eye())
            span {
                "Only you can see this"
                " · "
                button.link type="button" hx-post="/sandbox/dismiss" hx-swap="none"
                    hx-vals=(serde_json::json!({"message": message.id.to_string()})) {
                    "Dismiss message"
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::{
        super::{
            super::{super::persona::Persona, super::shape::Shape, chat::File},
            super::{catalog::Catalog, directory::Directory},
            tests::with,
        },
        *,
    };

    fn drawn(payload: &Value, files: Vec<File>) -> String {
        let mut message = Message {
            id: 5,
            shape: Shape::default(),
            author: Author::Bot,
            at: Timestamp::UNIX_EPOCH,
            private_to: Some(Persona::default()),
            asked: Some((Persona::default(), "/invites list".to_owned())),
            under: None,
            is_thinking: false,
            payload: serde_json::Map::new(),
            files: Vec::new(),
            posted: None,
        };
        message.edit(payload, files);
        with(|draw| draw.message(&Chat::default(), &message, true).into_string())
    }

    #[test]
    fn every_part_of_an_embed_is_drawn() {
        let drawn = drawn(
            &json!({"embeds": [{
                "title": "A **title**", "description": "`code`", "color": 0x3b_6e_a8,
                "fields": [{"name": "Uses", "value": "3 <b>", "inline": true}],
                "footer": {"text": "**as it is**"},
                "image": {"url": "attachment://chart.png"},
            }]}),
            vec![File {
                id: 9,
                name: "chart.png".to_owned(),
                bytes: bytes::Bytes::new(),
            }],
        );
        for part in [
            "A <strong>title</strong>",
            "<code>code</code>",
            "fill=\"#3b6ea8\"",
            "<dt>Uses</dt>",
            "3 &lt;b&gt;",
            "class=\"embed-footer\">**as it is**<",
            "src=\"/sandbox/files/5/9/chart.png\"",
            "Only you can see this",
            "</b> used <span class=\"used\">/invites list</span>",
            "hx-swap-oob=\"true\"",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert_eq!(drawn.matches("<img").count(), 1);
        assert!(!drawn.contains(" style="), "{drawn}");
    }

    #[test]
    fn buttons_have_their_styles_and_menus_their_choices() {
        let button = |style: u8| json!({"type": 2, "style": style, "label": "L", "custom_id": "x"});
        let mut disabled = button(2);
        disabled["disabled"] = json!(true);
        let menu = json!({"type": 3, "custom_id": "m", "placeholder": "Any", "options": [
            {"label": "One <b>", "value": "1", "description": "the first"},
            {"label": "Two", "value": "2", "default": true},
        ]});
        let link = json!({"type": 2, "style": 5, "label": "Go", "url": "https://example.org"});
        let drawn = drawn(
            &json!({"components": [
                {"type": 1, "components": [button(1), button(3), button(4), disabled, link]},
                {"type": 1, "components": [menu]},
            ]}),
            Vec::new(),
        );
        for part in [
            "class=\"button primary\" id=\"m5-c1\"",
            "class=\"button success\"",
            "class=\"button danger\"",
            "id=\"m5-c4\" disabled",
            "href=\"/sandbox/leaving?to=https%3A%2F%2Fexample.org\"",
            "One &lt;b&gt;",
            "the first",
            "aria-pressed=\"true\"",
            "&quot;value&quot;:&quot;2&quot;",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
    }

    #[test]
    fn a_message_has_a_menu_where_there_are_commands_for_it() {
        let commands = json!([{"type": 3, "name": "Whose invite is this?"}]);
        let catalogs = [Catalog::read(&commands), Catalog::read(&json!([]))];
        let message = Message {
            id: 5,
            shape: Shape::default(),
            author: Author::Neighbour("Quill"),
            at: Timestamp::UNIX_EPOCH,
            private_to: None,
            asked: None,
            under: None,
            is_thinking: false,
            payload: serde_json::Map::new(),
            files: Vec::new(),
            posted: None,
        };
        let [some, none] = catalogs.map(|catalog| {
            let draw = Draw {
                catalog: &catalog,
                directory: &Directory::default(),
                now: Timestamp::UNIX_EPOCH,
            };
            draw.message(&Chat::default(), &message, false)
                .into_string()
        });
        assert!(some.contains("hx-post=\"/sandbox/apply\""), "{some}");
        assert!(some.contains("Whose invite is this?"), "{some}");
        assert!(!none.contains("Apps"), "{none}");
    }

    #[test]
    fn a_message_of_a_channel_has_reactions_and_can_be_replied_to() {
        let message = Message {
            id: 5,
            shape: Shape::Messages,
            author: Author::Bot,
            at: Timestamp::UNIX_EPOCH,
            private_to: Some(Persona::default()),
            asked: None,
            under: None,
            is_thinking: false,
            payload: super::super::super::samples::content("| A |\n| - |\n| <b> |"),
            files: Vec::new(),
            posted: Some(Posted {
                channel: 7,
                replies_to: Some(4),
                edited_at: Some(Timestamp::UNIX_EPOCH),
                reactions: vec![
                    ("✅".to_owned(), vec![1, Persona::default().id()]),
                    ("<b>".to_owned(), vec![1]),
                ],
            }),
        };
        let drawn = with(|draw| {
            draw.message(&Chat::default(), &message, false)
                .into_string()
        });
        for part in [
            "Direct message",
            "(edited)",
            "<td>&lt;b&gt;</td>",
            "id=\"m5-r0\" aria-pressed=\"true\"",
            "id=\"m5-r1\" aria-pressed=\"false\"",
            "&lt;b&gt; <span class=\"count\">1<",
            "aria-label=\"Reply to Gatehouse\"",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        // What it replies to is not there; nothing can be dismissed or used on it.
        for other in ["in reply to", "Dismiss", "/sandbox/apply"] {
            assert!(!drawn.contains(other), "{other} in {drawn}");
        }
    }

    #[test]
    fn a_picture_from_elsewhere_is_not_fetched() {
        let embed = json!({"image": {"url": "https://example.org/a.png"}});
        let drawn = drawn(&json!({"embeds": [embed]}), Vec::new());
        assert!(!drawn.contains("<img"), "{drawn}");
        assert!(drawn.contains("does not fetch"), "{drawn}");
    }

    #[test]
    fn a_hostile_reply_stays_text() {
        let hostile = "\"><script>alert(1)</script>";
        let option = json!({"label": hostile, "value": hostile, "description": hostile});
        let drawn = drawn(
            &json!({
                "content": hostile,
                "embeds": [{"title": hostile, "description": hostile,
                    "author": {"name": hostile}, "footer": {"text": hostile},
                    "image": {"url": hostile},
                    "fields": [{"name": hostile, "value": hostile}]}],
                "components": [
                    {"type": 1, "components": [
                        {"type": 2, "style": 1, "label": hostile, "custom_id": hostile},
                        {"type": 2, "style": 5, "label": hostile, "url": hostile},
                        {"type": 3, "custom_id": hostile, "options": [option]},
                    ]},
                    {"type": 17, "components": [{"type": 10, "content": hostile}]},
                ],
            }),
            vec![File {
                id: 1,
                name: hostile.to_owned(),
                bytes: bytes::Bytes::new(),
            }],
        );
        assert!(!drawn.contains("<script"), "{drawn}");
    }
}
