//! The switches beside the chat.

use maud::{Markup, html};

use super::super::{
    super::{persona::Persona, shape::Shape},
    settings::{LOCALES, Mailbox, Settings, Theme, Weather, Width},
};

/// All of them; a change is posted at once.
pub(super) fn switches(settings: &Settings) -> Markup {
    html! {
        form id="settings" hx-post="/sandbox/settings" hx-trigger="change" hx-swap="none"
            autocomplete="off" {
            (radios("Who am I", "persona", &Persona::ALL, settings.persona, Persona::key,
                |persona| format!("{}, {}", persona.name(), persona.label().to_lowercase())))
            (radios("Where the community lives", "shape", &Shape::ALL, settings.shape, Shape::key,
                |shape| shape.label().to_owned()))
            p.hint {
                "Fluxer has no slash commands for bots yet. Until it has, Gatehouse reads the messages "
                "that begin with " code { "/invites" } "."
            }
            (radios("What its platform does", "weather", &Weather::ALL, settings.weather,
                Weather::key, |weather| weather.label().to_owned()))
            p.hint {
                "A list is remembered for ten seconds; Refresh asks again. A platform that failed "
                "often is left alone for a while."
            }
            (radios("Direct messages on Fluxer", "mailbox", &Mailbox::ALL, settings.mailbox,
                Mailbox::key, |mailbox| mailbox.label().to_owned()))
            div.field {
                label for="locale" { "My language" }
                select id="locale" name="locale" {
                    @for (code, name) in LOCALES {
                        option value=(code) lang=(code) selected[settings.locale == code] { (name) }
                    }
                }
            }
            (radios("Light or dark", "theme", &Theme::ALL, settings.theme, Theme::key,
                |theme| theme.label().to_owned()))
            (radios("Width", "width", &Width::ALL, settings.width, Width::key,
                |width| width.label().to_owned()))
        }
    }
}

fn radios<T: Copy + PartialEq>(
    legend: &str,
    name: &str,
    all: &[T],
    chosen: T,
    key: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> String,
) -> Markup {
    html! {
        fieldset.switch {
            legend { (legend) }
            @for one in all {
                label.radio {
                    input type="radio" name=(name) value=(key(*one)) checked[*one == chosen];
                    span { (label(*one)) }
                }
            }
        }
    }
}
