//! Forms that a bot opens over the chat.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::{acts::Outcome, fields::kind},
    Draw, components, list, number, text,
};

/// An input of several lines.
const PARAGRAPH: u64 = 2;

/// An input, and what it is for.
struct Field<'a> {
    input: &'a Value,
    label: &'a str,
    description: &'a str,
    id: String,
}

impl Draw<'_> {
    /// What opens over the chat: a form, or nothing.
    pub(in super::super) fn outcome(&self, outcome: &Outcome) -> Markup {
        match outcome {
            Outcome::Form(id, form) => self.form(*id, form),
            Outcome::Done | Outcome::Suggestions(_) => html! {},
        }
    }

    fn form(&self, id: u64, form: &Value) -> Markup {
        html! {
            form.form hx-post="/sandbox/submit" hx-target="#dialog" autocomplete="off" {
                header {
                    h2 id="dialog-title" { (text(form, "title")) }
                    (components::closing("Close the form"))
                }
                input type="hidden" name="form" value=(id);
                div.fields {
                    @for (index, component) in list(form, "components").enumerate() {
                        (self.part(component, &format!("f{id}-{index}")))
                    }
                }
                footer {
                    button.button.secondary type="button" data-close { "Cancel" }
                    button.button.primary { "Submit" }
                }
            }
        }
    }

    fn part(&self, component: &Value, id: &str) -> Markup {
        match number(component, "type") {
            kind::TEXT => html! { div.note { (self.markdown().text(text(component, "content"))) } },
            kind::LABEL => self.field(&Field {
                input: &component["component"],
                label: text(component, "label"),
                description: text(component, "description"),
                id: id.to_owned(),
            }),
            // The old way of an input, which has its label itself.
            kind::ROW => html! {
                @for (index, input) in list(component, "components").enumerate() {
                    (self.field(&Field {
                        input,
                        label: text(input, "label"),
                        description: "",
                        id: format!("{id}-{index}"),
                    }))
                }
            },
            _ => html! {},
        }
    }

    fn field(&self, field: &Field<'_>) -> Markup {
        let Field {
            input,
            label,
            description,
            id,
        } = field;
        let is_required = input["required"].as_bool().unwrap_or(true);
        let hint = (!description.is_empty()).then(|| format!("{id}-hint"));
        let hint_text = html! {
            @if let Some(hint) = &hint { p.hint id=(hint) { (description) } }
        };
        let name = format!("field.{}", text(input, "custom_id"));
        let star = html! { @if is_required { span.required aria-hidden="true" { " *" } } };
        match number(input, "type") {
            kind::RADIO | kind::CHECKBOXES => html! {
                fieldset.field aria-describedby=[hint.as_ref()] {
                    legend { (label) (star) }
                    (hint_text)
                    (options(input, &name, is_required))
                }
            },
            kind::CHECKBOX => html! {
                div.field {
                    label.option {
                        input type="checkbox" name=(name) value="true" checked[input["default"] == true];
                        span { (label) }
                    }
                    (hint_text)
                }
            },
            _ => html! {
                div.field {
                    label for=(id) { (label) (star) }
                    (hint_text)
                    (self.input(field, &name, is_required, hint.as_deref()))
                }
            },
        }
    }

    fn input(
        &self,
        field: &Field<'_>,
        name: &str,
        is_required: bool,
        hint: Option<&str>,
    ) -> Markup {
        let Field { input, id, .. } = field;
        let kind = number(input, "type");
        if kind == kind::TEXT_INPUT {
            let min = input["min_length"].as_u64();
            let max = input["max_length"].as_u64();
            let placeholder = input["placeholder"].as_str();
            return if number(input, "style") == PARAGRAPH {
                html! {
                    textarea id=(id) name=(name) rows="4" minlength=[min] maxlength=[max]
                        placeholder=[placeholder] required[is_required] aria-describedby=[hint] {
                        (text(input, "value"))
                    }
                }
            } else {
                html! {
                    input type="text" id=(id) name=(name) minlength=[min] maxlength=[max]
                        value=[input["value"].as_str()] placeholder=[placeholder]
                        required[is_required] aria-describedby=[hint];
                }
            };
        }
        let is_multiple = number(input, "max_values") > 1;
        let known = match kind {
            kind::USER_MENU => Some(&self.directory.people),
            kind::CHANNEL_MENU => Some(&self.directory.channels),
            _ => None,
        };
        html! {
            select id=(id) name=(name) required[is_required] multiple[is_multiple]
                aria-describedby=[hint] {
                @if !is_multiple {
                    option value="" { (input["placeholder"].as_str().unwrap_or("Choose…")) }
                }
                @for option in list(input, "options") {
                    option value=(text(option, "value")) selected[option["default"] == true] {
                        (text(option, "label"))
                        @if let Some(description) = option["description"].as_str() {
                            " – " (description)
                        }
                    }
                }
                @for (id, name) in known.into_iter().flatten() {
                    option value=(id) { (name) }
                }
            }
        }
    }
}

/// One of a few, or some of a few.
fn options(input: &Value, name: &str, is_required: bool) -> Markup {
    let is_radio = number(input, "type") == kind::RADIO;
    html! {
        @for option in list(input, "options") {
            label.option {
                input type=(if is_radio { "radio" } else { "checkbox" }) name=(name)
                    value=(text(option, "value")) checked[option["default"] == true]
                    required[is_radio && is_required];
                span {
                    (text(option, "label"))
                    @if let Some(description) = option["description"].as_str() {
                        span.description { (description) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::with, *};

    #[test]
    fn every_kind_of_input_is_drawn_with_its_label() {
        let label =
            |label: &str, input: Value| json!({"type": 18, "label": label, "component": input});
        let option = json!({"label": "Soft <b>", "value": "soft", "description": "keeps people"});
        let form = json!({"title": "Revoke <b>", "custom_id": "x", "components": [
            {"type": 10, "content": "This **cannot** be undone."},
            label("Reason", json!({"type": 4, "style": 2, "custom_id": "reason", "min_length": 3,
                "max_length": 200, "placeholder": "why", "required": false, "value": "<i>"})),
            label("Word", json!({"type": 4, "style": 1, "custom_id": "word"})),
            label("How", json!({"type": 3, "custom_id": "how", "options": [option.clone()]})),
            label("Kind", json!({"type": 21, "custom_id": "kind", "options": [option]})),
            label("Sure", json!({"type": 23, "custom_id": "sure"})),
        ]});
        let drawn = with(|draw| draw.outcome(&Outcome::Form(7, form)).into_string());
        for part in [
            "<h2 id=\"dialog-title\">Revoke &lt;b&gt;</h2>",
            "name=\"form\" value=\"7\"",
            "This <strong>cannot</strong> be undone.",
            "<label for=\"f7-1\">Reason</label>",
            "<textarea id=\"f7-1\" name=\"field.reason\" rows=\"4\" minlength=\"3\" maxlength=\"200\"",
            ">&lt;i&gt;</textarea>",
            "<input type=\"text\" id=\"f7-2\" name=\"field.word\" required",
            "<select id=\"f7-3\" name=\"field.how\" required",
            "Soft &lt;b&gt; – keeps people</option>",
            "<input type=\"radio\" name=\"field.kind\" value=\"soft\" required",
            "<input type=\"checkbox\" name=\"field.sure\" value=\"true\"",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert!(!drawn.contains(" style="), "{drawn}");
    }
}
