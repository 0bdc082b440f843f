//! The message box, the list of commands, and a command that is being filled in.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    super::{
        acts::Outcome,
        catalog::{Command, Parameter, kind},
        chat::{Chat, Message},
    },
    Draw, icon, list, text,
};

/// The longest message that can be written, in characters.
const MESSAGE_MAX_CHARS: u64 = 2_000;

/// What can be written to the bot, to be taken over by a press.
const EXAMPLES: [&str; 3] = [
    "/invites",
    "/invites unused oldest",
    "@Gatehouse invites help",
];

/// The same in reply to it.
const EXAMPLES_OF_REPLIES: [&str; 4] = ["next", "back", "page 3", "show "];

impl Draw<'_> {
    /// The message box; with a command's name, the command and its options. Where there are no
    /// commands, an ordinary message can be one in reply to another.
    pub(in super::super) fn composer(&self, chat: &Chat, command: &str, reply: u64) -> Markup {
        let shape = chat.settings.shape;
        let (_, channel) = shape.channel();
        match self.catalog.command(command) {
            _ if !shape.has_commands() => plain_box(channel, chat.message(reply)),
            Some(command) => self.command(command),
            None => self.message_box(channel),
        }
    }

    fn message_box(&self, channel: &str) -> Markup {
        html! {
            div.picker id="picker" hidden {
                div.picker-title id="picker-title" { "Commands of Gatehouse" }
                ul id="picker-list" role="listbox" aria-labelledby="picker-title" {
                    @for (index, command) in self.catalog.typed.iter().enumerate() {
                        (entry(index, command))
                    }
                }
                p.none hidden { "No command begins like this." }
            }
            form.box hx-post="/sandbox/say" hx-target="#composer" autocomplete="off" {
                label.unseen for="box" {
                    "Message #" (channel) ". Type a slash for the commands."
                }
                input type="text" id="box" name="text" maxlength=(MESSAGE_MAX_CHARS)
                    role="combobox"
                    aria-expanded="false" aria-controls="picker-list" aria-autocomplete="list"
                    aria-haspopup="listbox" spellcheck="false" enterkeyhint="send"
                    placeholder="Message, or / for commands";
                button.plain aria-label="Send message" { (icon::send()) }
            }
        }
    }

    fn command(&self, command: &Command) -> Markup {
        let (needed, more): (Vec<_>, Vec<_>) = command
            .parameters
            .iter()
            .partition(|parameter| parameter.is_required);
        html! {
            form.command id="command" hx-post="/sandbox/command" hx-target="#dialog"
                autocomplete="off" aria-label=(format!("/{}", command.name())) {
                input type="hidden" name="command" value=(command.name());
                div.command-head {
                    span.slash { "/" (command.name()) }
                    span.description { (command.description) }
                    button.plain type="button" id="leave-command" aria-label="Leave the command"
                        hx-get="/sandbox/composer" hx-target="#composer" { (icon::close()) }
                }
                div.parameters {
                    @for parameter in &needed { (self.parameter(parameter)) }
                    @for parameter in &more { (self.parameter(parameter)) }
                }
                div.command-foot {
                    @if !more.is_empty() {
                        div.more role="group" aria-label="Options that can be added" {
                            @for parameter in &more {
                                button.chip type="button" data-add=(parameter.name)
                                    title=(parameter.description) { "+ " (parameter.name) }
                            }
                        }
                    }
                    button.button.primary id="send-command" { "Send" }
                }
            }
        }
    }

    /// One option; one that is not needed stays away until it is added.
    fn parameter(&self, parameter: &Parameter) -> Markup {
        let id = format!("option-{}", parameter.name);
        let hint = format!("{id}-hint");
        let is_added = parameter.is_required;
        html! {
            div.parameter data-option=(parameter.name) hidden[!is_added] {
                label for=(id) { (parameter.name) }
                (self.parameter_input(parameter, &id, &hint))
                @if !is_added {
                    button.plain type="button" data-drop=(parameter.name)
                        aria-label=(format!("Leave out {}", parameter.name)) { (icon::close()) }
                }
                p.hint id=(hint) { (parameter.description) }
                @if parameter.is_suggested {
                    ul.suggestions id=(format!("suggest-{}", parameter.name)) role="listbox"
                        aria-label=(format!("Suggestions for {}", parameter.name)) hidden {}
                }
            }
        }
    }

    fn parameter_input(&self, parameter: &Parameter, id: &str, hint: &str) -> Markup {
        let name = format!("option.{}", parameter.name);
        let is_required = parameter.is_required;
        let choose = |choices: Vec<(String, String)>| {
            html! {
                select id=(id) name=(name) required[is_required] aria-describedby=(hint) {
                    option value="" { "Choose…" }
                    @for (label, value) in choices { option value=(value) { (label) } }
                }
            }
        };
        let known = |names: &std::collections::BTreeMap<u64, String>| {
            let named = |(id, name): (&u64, &String)| (name.clone(), id.to_string());
            names.iter().map(named).collect()
        };
        match parameter.kind {
            _ if !parameter.choices.is_empty() => {
                let choice = |(label, value): &(String, Value)| {
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    (label.clone(), value)
                };
                choose(parameter.choices.iter().map(choice).collect())
            }
            kind::BOOLEAN => choose(vec![
                ("True".to_owned(), "true".to_owned()),
                ("False".to_owned(), "false".to_owned()),
            ]),
            kind::USER => choose(known(&self.directory.people)),
            kind::CHANNEL => choose(known(&self.directory.channels)),
            kind::INTEGER | kind::NUMBER => {
                let step = (parameter.kind == kind::NUMBER).then_some("any");
                html! {
                    input type="number" id=(id) name=(name) min=[parameter.min] max=[parameter.max]
                        step=[step] required[is_required] aria-describedby=(hint);
                }
            }
            _ if parameter.is_suggested => {
                let list = format!("suggest-{}", parameter.name);
                html! {
                    input type="text" id=(id) name=(name) maxlength=[parameter.max_length]
                        required[is_required] aria-describedby=(hint) role="combobox"
                        aria-expanded="false" aria-controls=(list) aria-autocomplete="list"
                        aria-haspopup="listbox" spellcheck="false"
                        hx-post="/sandbox/suggest" hx-trigger="input changed delay:150ms, focus"
                        hx-target=(format!("#{list}")) hx-swap="innerHTML" hx-sync="this:replace"
                        hx-vals=(serde_json::json!({"focused": parameter.name}));
                }
            }
            _ => html! {
                input type="text" id=(id) name=(name) maxlength=[parameter.max_length]
                    required[is_required] aria-describedby=(hint) spellcheck="false";
            },
        }
    }
}

/// The box for messages where there are no commands.
fn plain_box(channel: &str, reply: Option<&Message>) -> Markup {
    let reply = reply.filter(|message| message.posted.is_some());
    let examples = match reply {
        Some(_) => EXAMPLES_OF_REPLIES.as_slice(),
        None => EXAMPLES.as_slice(),
    };
    html! {
        @if let Some(message) = reply {
            div.replying id="replying" {
                span {
                    "Replying to " b { (message.author.name()) }
                    @if message.private_to.is_some() { " by direct message" }
                }
                button.plain type="button" id="leave-reply" aria-label="Do not reply"
                    hx-get="/sandbox/composer" hx-target="#composer" { (icon::close()) }
            }
        }
        form.box hx-post="/sandbox/say" hx-target="#composer" autocomplete="off" {
            label.unseen for="box" {
                @if reply.is_some() { "Your reply" } @else { "Message #" (channel) }
            }
            @if let Some(message) = reply {
                input type="hidden" name="reply" value=(message.id);
            }
            input type="text" id="box" name="text" maxlength=(MESSAGE_MAX_CHARS) spellcheck="false"
                enterkeyhint="send" placeholder=(match reply {
                    Some(_) => "Reply".to_owned(),
                    None => format!("Message #{channel}"),
                });
            button.plain aria-label="Send message" { (icon::send()) }
        }
        div.examples role="group" aria-label="Examples" {
            span.hint aria-hidden="true" { "Try" }
            @for example in examples {
                button.chip type="button" data-fill=(example) {
                    (example.trim_end()) @if example.ends_with(' ') { " CODE" }
                }
            }
        }
    }
}

/// A command in the list of commands.
fn entry(index: usize, command: &Command) -> Markup {
    let name = command.name();
    html! {
        li.entry role="option" id=(format!("pick-{index}")) aria-selected="false"
            data-words=(name) hx-get="/sandbox/composer" hx-target="#composer"
            hx-vals=(serde_json::json!({ "command": name })) {
            span.slash { "/" (name) }
            span.options {
                @for parameter in &command.parameters {
                    span.tag.needed[parameter.is_required] { (parameter.name) }
                    " "
                }
            }
            span.description { (command.description) }
        }
    }
}

/// The suggestions for an option that is being typed.
pub(in super::super) fn suggestions(focused: &str, outcome: &Outcome) -> Markup {
    let Outcome::Suggestions(data) = outcome else {
        return html! {};
    };
    html! {
        @for (index, choice) in list(data, "choices").enumerate() {
            @let value = choice["value"].as_str().map_or_else(
                || choice["value"].to_string(), str::to_owned);
            li.entry role="option" id=(format!("suggest-{focused}-{index}")) aria-selected="false"
                data-value=(value) { (text(choice, "name")) }
        }
        @if list(data, "choices").next().is_none() {
            li.none role="option" aria-disabled="true" aria-selected="false" { "No suggestions" }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::with, *};
    use crate::sandbox::shape::Shape;

    #[test]
    fn the_list_shows_every_command_with_its_options() {
        let drawn = with(|draw| draw.composer(&Chat::default(), "", 0).into_string());
        for part in [
            "data-words=\"invites list\"",
            "data-words=\"invites help\"",
            "<span class=\"tag\">search</span>",
            "<span class=\"tag needed\">code</span>",
            "role=\"combobox\"",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
    }

    #[test]
    fn a_command_has_a_field_for_each_option() {
        let drawn = with(|draw| {
            draw.composer(&Chat::default(), "invites list", 0)
                .into_string()
        });
        for part in [
            "name=\"option.search\"",
            "hx-post=\"/sandbox/suggest\"",
            "<select id=\"option-state\"",
            "<input type=\"number\" id=\"option-page\" name=\"option.page\" min=\"1\"",
            "data-option=\"share\" hidden",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        let show = with(|draw| {
            draw.composer(&Chat::default(), "invites show", 0)
                .into_string()
        });
        assert!(show.contains("data-option=\"code\">"), "{show}");
        assert!(!drawn.contains(" style="), "{drawn}");
    }

    #[test]
    fn where_there_are_no_commands_there_is_a_box_for_messages() {
        let mut chat = Chat::default();
        chat.settings.shape = Shape::Messages;
        let drawn = with(|draw| draw.composer(&chat, "invites list", 5).into_string());
        for part in ["id=\"box\"", "Message #general", "data-fill=\"/invites\""] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        for other in ["combobox", "name=\"reply\"", "option.search"] {
            assert!(!drawn.contains(other), "{other} in {drawn}");
        }
    }

    #[test]
    fn suggestions_are_text() {
        let data = json!({"choices": [{"name": "<b>", "value": "\"x"}]});
        let drawn = suggestions("by", &Outcome::Suggestions(data)).into_string();
        assert!(
            drawn.contains("data-value=\"&quot;x\">&lt;b&gt;<"),
            "{drawn}"
        );
        let none = suggestions("by", &Outcome::Suggestions(Value::Null)).into_string();
        assert!(none.contains("No suggestions"));
    }
}
