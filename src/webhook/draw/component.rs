//! What can be pressed and filled in, as Discord's components.

use gatehouse_commands::{Button, Control, Form, Line, MenuOption, Role};
use twilight_model::{
    channel::message::{
        Component,
        component::{
            ActionRow, Button as WireButton, ButtonStyle, Label, SelectMenu, SelectMenuOption,
            SelectMenuType, TextDisplay, TextInput, TextInputStyle,
        },
    },
    http::interaction::InteractionResponseData,
};

use crate::markup::markup;

/// A row of buttons, or a menu.
pub(super) fn control(control: &Control) -> Component {
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
        style: match button.role {
            Role::Main => ButtonStyle::Primary,
            Role::Plain => ButtonStyle::Secondary,
            Role::Danger => ButtonStyle::Danger,
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
            label: option.label.clone().into_owned(),
            value: option.value.clone().into_owned(),
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

/// A form.
pub(super) fn modal(form: &Form) -> InteractionResponseData {
    let about = form.about.iter().map(|phrase| {
        Component::TextDisplay(TextDisplay {
            id: None,
            content: markup(phrase),
        })
    });
    let lines = form.lines.iter().map(|line| {
        Component::Label(Label {
            component: Box::new(Component::TextInput(text_input(line))),
            description: None,
            id: None,
            label: line.label.clone(),
        })
    });
    InteractionResponseData {
        custom_id: Some(form.token.to_string()),
        title: Some(form.title.clone()),
        components: Some(about.chain(lines).collect()),
        ..InteractionResponseData::default()
    }
}

#[expect(deprecated, reason = "the model has the old label beside the new one")]
fn text_input(line: &Line) -> TextInput {
    TextInput {
        custom_id: line.id.to_owned(),
        id: None,
        label: None,
        max_length: Some(line.max_chars),
        min_length: line.is_required.then_some(1),
        placeholder: Some(line.placeholder.clone()),
        required: Some(line.is_required),
        style: TextInputStyle::Short,
        value: line.value.clone(),
    }
}

/// The button that opens a form.
pub(super) fn opener(form: &Form) -> Button {
    Button {
        role: if form.is_final {
            Role::Danger
        } else {
            Role::Main
        },
        ..Button::new(form.token.clone(), form.opener)
    }
}
