//! Embeds: the boxes with a colour at their side.

use maud::{Markup, html};
use serde_json::Value;

use super::{super::chat::Message, Draw, files, list, text};

/// The side of an embed that names no colour, 0xRRGGBB.
const COLOR: u64 = 0x8a_90_a0;

impl Draw<'_> {
    /// One embed of a message.
    pub(super) fn embed(&self, message: &Message, embed: &Value) -> Markup {
        let markdown = self.markdown();
        let color = embed["color"].as_u64().unwrap_or(COLOR) & 0xff_ff_ff;
        html! {
            article.embed {
                // A drawn bar, since the colour is the sender's and the page takes no styles but
                // its own.
                svg.bar viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" {
                    rect width="1" height="1" fill=(format!("#{color:06x}")) {}
                }
                div.inside {
                    @if embed["author"].is_object() {
                        div.embed-author { (text(&embed["author"], "name")) }
                    }
                    @if let Some(title) = embed["title"].as_str() {
                        div.embed-title { (markdown.line(title)) }
                    }
                    @if let Some(description) = embed["description"].as_str() {
                        div.embed-text { (markdown.text(description)) }
                    }
                    (self.embed_fields(embed))
                    (files::picture(message, text(&embed["image"], "url"), "picture"))
                    (files::picture(message, text(&embed["thumbnail"], "url"), "thumbnail"))
                    @if let Some(footer) = embed["footer"]["text"].as_str() {
                        // Footers show no markup.
                        div.embed-footer { (footer) }
                    }
                }
            }
        }
    }

    fn embed_fields(&self, embed: &Value) -> Markup {
        let markdown = self.markdown();
        html! {
            @if list(embed, "fields").next().is_some() {
                dl.embed-fields {
                    @for field in list(embed, "fields") {
                        div.inline[field["inline"] == true] {
                            dt { (markdown.line(text(field, "name"))) }
                            dd { (markdown.text(text(field, "value"))) }
                        }
                    }
                }
            }
        }
    }
}
