//! Buttons, menus and what else can stand below a message, drawn by their numbers.
//!
//! A press names the message and the custom id; the server side looks both up again.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    super::{chat::Message, fields::kind, leaving},
    Draw, files, icon, list, number, text,
};

/// Styles of buttons, by their number, as the style sheet calls them.
const STYLES: [&str; 6] = ["", "primary", "secondary", "success", "danger", "link"];

/// The style of a button that is a link.
const LINK: u64 = 5;

/// One choice of a menu.
struct Choice {
    label: String,
    value: String,
    description: Option<String>,
    is_chosen: bool,
}

/// Draws the components of one message, and counts them: what gets the focus is found again by
/// its number when the message is replaced.
struct Drawing<'a> {
    draw: Draw<'a>,
    message: &'a Message,
    count: usize,
}

impl Draw<'_> {
    /// Everything below the text of a message.
    pub(super) fn components(&self, message: &Message, components: &Value) -> Markup {
        let mut drawing = Drawing {
            draw: *self,
            message,
            count: 0,
        };
        html! {
            @for component in components.as_array().into_iter().flatten() {
                (drawing.component(component))
            }
        }
    }
}

impl Drawing<'_> {
    fn component(&mut self, component: &Value) -> Markup {
        let inner = |drawing: &mut Self| {
            html! {
                @for inner in list(component, "components") { (drawing.component(inner)) }
            }
        };
        match number(component, "type") {
            kind::ROW => html! { div.row { (inner(self)) } },
            kind::BUTTON => self.button(component),
            kind::MENU | kind::USER_MENU..=kind::CHANNEL_MENU => self.menu(component),
            kind::TEXT => self.draw.markdown().text(text(component, "content")),
            kind::SECTION => html! {
                div.section {
                    div { (inner(self)) }
                    (self.component(&component["accessory"]))
                }
            },
            kind::THUMBNAIL => {
                files::picture(self.message, text(&component["media"], "url"), "thumbnail")
            }
            kind::GALLERY => html! {
                @for item in list(component, "items") {
                    (files::picture(self.message, text(&item["media"], "url"), "picture"))
                }
            },
            kind::SEPARATOR => html! { hr; },
            kind::CONTAINER => html! { div.container { (inner(self)) } },
            _ => html! {},
        }
    }

    fn next_id(&mut self) -> String {
        self.count += 1;
        format!("m{}-c{}", self.message.id, self.count)
    }

    /// What a press posts.
    fn press(&self, component: &Value, value: Option<&str>) -> String {
        let mut press = json!({
            "message": self.message.id.to_string(),
            "custom_id": component["custom_id"],
        });
        if let Some(value) = value {
            press["value"] = value.into();
        }
        press.to_string()
    }

    fn button(&mut self, button: &Value) -> Markup {
        let id = self.next_id();
        let style = number(button, "style");
        let class = usize::try_from(style).ok().and_then(|at| STYLES.get(at));
        let class = format!("button {}", class.unwrap_or(&"secondary"));
        // Emoji of a server are pictures from elsewhere; only those that are text are drawn.
        let emoji = button["emoji"]["id"]
            .is_null()
            .then(|| text(&button["emoji"], "name"));
        let words = html! {
            @if let Some(emoji) = emoji.filter(|emoji| !emoji.is_empty()) { (emoji) " " }
            (text(button, "label"))
        };
        if style == LINK {
            return html! {
                a class=(class) id=(id) href=(leaving::href(text(button, "url")))
                    target="_blank" rel="noopener" { (words) " ↗" }
            };
        }
        html! {
            button type="button" class=(class) id=(id) disabled[button["disabled"] == true]
                hx-post="/sandbox/press" hx-target="#dialog" hx-sync="this:drop"
                hx-vals=(self.press(button, None)) { (words) }
        }
    }

    fn menu(&mut self, menu: &Value) -> Markup {
        let id = self.next_id();
        let choices = self.choices(menu);
        let chosen: Vec<&str> = choices
            .iter()
            .filter(|choice| choice.is_chosen)
            .map(|choice| choice.label.as_str())
            .collect();
        let placeholder = match text(menu, "placeholder") {
            "" => "Choose",
            placeholder => placeholder,
        };
        let shown = if chosen.is_empty() {
            placeholder.to_owned()
        } else {
            chosen.join(", ")
        };
        if menu["disabled"] == true {
            return html! {
                button.button.select type="button" id=(id) disabled { (shown) span.chevron {} }
            };
        }
        let is_single = menu["max_values"].as_u64().unwrap_or(1) <= 1;
        html! {
            details.menu {
                summary.select id=(id) {
                    span.shown.placeholder[chosen.is_empty()] { (shown) }
                    span.chevron {}
                }
                @if is_single {
                    div.choices role="group" aria-label=(placeholder) {
                        @for choice in &choices {
                            button.choice type="button" aria-pressed=(choice.is_chosen)
                                hx-post="/sandbox/press" hx-target="#dialog" hx-sync="this:drop"
                                hx-vals=(self.press(menu, Some(&choice.value))) { (choice.words()) }
                        }
                    }
                } @else {
                    form.choices aria-label=(placeholder)
                        hx-post="/sandbox/press" hx-target="#dialog"
                        hx-vals=(self.press(menu, None)) {
                        @for choice in &choices {
                            label.choice {
                                input type="checkbox" name="value" value=(choice.value)
                                    checked[choice.is_chosen];
                                span { (choice.words()) }
                            }
                        }
                        button.button.primary { "Apply" }
                    }
                }
            }
        }
    }

    /// The choices of a menu: its own, or those that a chat client knows by itself.
    fn choices(&self, menu: &Value) -> Vec<Choice> {
        let directory = self.draw.directory;
        let known = match number(menu, "type") {
            kind::USER_MENU => &directory.people,
            kind::CHANNEL_MENU => &directory.channels,
            _ => return own_choices(menu).collect(),
        };
        let chosen: Vec<&str> = list(menu, "default_values")
            .map(|chosen| text(chosen, "id"))
            .collect();
        known
            .iter()
            .map(|(id, name)| Choice {
                label: name.clone(),
                value: id.to_string(),
                description: None,
                is_chosen: chosen.contains(&&*id.to_string()),
            })
            .collect()
    }
}

fn own_choices(menu: &Value) -> impl Iterator<Item = Choice> + use<'_> {
    list(menu, "options").map(|option| Choice {
        label: text(option, "label").to_owned(),
        value: text(option, "value").to_owned(),
        description: option["description"].as_str().map(str::to_owned),
        is_chosen: option["default"] == true,
    })
}

impl Choice {
    fn words(&self) -> Markup {
        html! {
            span.label { (self.label) }
            @if let Some(description) = &self.description {
                span.description { (description) }
            }
        }
    }
}

/// The cross that closes something.
pub(super) fn closing(label: &str) -> Markup {
    html! { button.plain type="button" data-close aria-label=(label) { (icon::close()) } }
}
