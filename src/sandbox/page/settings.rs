//! What the switches say: who is at the keyboard, where, and what goes wrong.

use std::time::Duration;

use super::super::{
    client::Seat,
    persona::Persona,
    platform::{Fault, Route, SamplePlatform},
    shape::Shape,
};

/// Languages that a chat client can be set to, with their own names. The first is the usual one.
pub(super) const LOCALES: [(&str, &str); 10] = [
    ("en-US", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es-ES", "Español"),
    ("pt-BR", "Português"),
    ("pl", "Polski"),
    ("tr", "Türkçe"),
    ("ja", "日本語"),
    ("ar", "العربية"),
    ("he", "עברית"),
];

/// How late a slow platform answers: past the time in which a reply can be the direct answer.
const SLOW: Duration = Duration::from_secs(3);

/// How long a platform that limits asks to wait.
const WAIT: Duration = Duration::from_secs(20);

/// The ways of replies, and of what is said in messages.
const REPLIES: [Route; 10] = [
    Route::Original,
    Route::Edit,
    Route::FollowUp,
    Route::Send,
    Route::EditMessage,
    Route::Message,
    Route::React,
    Route::Unreact,
    Route::Direct,
    Route::GatewayBot,
];

/// What the platform does with every request about the community, to read as well as to change.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Weather {
    /// It answers.
    #[default]
    Fine,
    /// It answers late.
    Slow,
    /// It wants fewer requests.
    Limited,
    /// It has a problem of its own.
    Broken,
    /// It refuses the bot.
    Refused,
    /// It does not answer at all.
    Down,
}

impl Weather {
    /// Everything that can be, in the order of the switch.
    pub(super) const ALL: [Self; 6] = [
        Self::Fine,
        Self::Slow,
        Self::Limited,
        Self::Broken,
        Self::Refused,
        Self::Down,
    ];

    /// The word that stands for it in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Slow => "slow",
            Self::Limited => "429",
            Self::Broken => "500",
            Self::Refused => "403",
            Self::Down => "down",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Fine => "Works",
            Self::Slow => "Slow (3 seconds)",
            Self::Limited => "Too many requests (429)",
            Self::Broken => "Broken (500)",
            Self::Refused => "Refuses the bot (403)",
            Self::Down => "Down (no answer)",
        }
    }

    /// Lets the platform behave like this from now on.
    pub(super) fn set(self, sample: &SamplePlatform) {
        sample.clear_faults();
        let fault = match self {
            Self::Fine => return,
            Self::Slow => Fault::Slow(SLOW),
            Self::Limited => Fault::limited(WAIT),
            Self::Broken => Fault::Refused(500),
            Self::Refused => Fault::Refused(403),
            Self::Down => Fault::Hang,
        };
        let _ = sample.fault(Route::Any, fault);
        // The way of the replies stays open, else nobody would see what became of a command.
        for route in REPLIES {
            let _ = sample.fault(route, Fault::Slow(Duration::ZERO));
        }
    }
}

/// Whether people take direct messages of the bot.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Mailbox {
    /// They do.
    #[default]
    Open,
    /// They do not.
    Closed,
}

impl Mailbox {
    /// Both, in the order of the switch.
    pub(super) const ALL: [Self; 2] = [Self::Open, Self::Closed];

    /// The word that stands for it in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Closed => "Closed",
        }
    }

    /// Lets everybody who can be at the keyboard do so from now on.
    pub(super) fn set(self, sample: &SamplePlatform) {
        for persona in Persona::ALL {
            sample.close_direct_messages(persona.id(), self == Self::Closed);
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Theme {
    /// As the browser prefers.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word that stands for it in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Auto => "Automatic",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// How wide the chat is drawn.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Width {
    /// As wide as there is room.
    #[default]
    Desktop,
    /// Like a phone.
    Phone,
}

impl Width {
    /// Every width, in the order of the switch.
    pub(super) const ALL: [Self; 2] = [Self::Desktop, Self::Phone];

    /// The word that stands for it in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Desktop => "Desktop",
            Self::Phone => "Phone",
        }
    }
}

/// All switches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Settings {
    /// Who is at the keyboard.
    pub(super) persona: Persona,
    /// Where the community lives.
    pub(super) shape: Shape,
    /// Language of the chat client.
    pub(super) locale: &'static str,
    /// What the platform does.
    pub(super) weather: Weather,
    /// Whether people take direct messages.
    pub(super) mailbox: Mailbox,
    /// Light or dark.
    pub(super) theme: Theme,
    /// How wide the chat is.
    pub(super) width: Width,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            persona: Persona::default(),
            shape: Shape::default(),
            locale: LOCALES[0].0,
            weather: Weather::default(),
            mailbox: Mailbox::default(),
            theme: Theme::default(),
            width: Width::default(),
        }
    }
}

impl Settings {
    /// These settings with what a form says; words that mean nothing change nothing.
    pub(super) fn changed(mut self, form: &[(String, String)]) -> Self {
        for (name, value) in form {
            match name.as_str() {
                "persona" => choose(&mut self.persona, Persona::ALL, Persona::key, value),
                "shape" => choose(&mut self.shape, Shape::ALL, Shape::key, value),
                "weather" => choose(&mut self.weather, Weather::ALL, Weather::key, value),
                "mailbox" => choose(&mut self.mailbox, Mailbox::ALL, Mailbox::key, value),
                "theme" => choose(&mut self.theme, Theme::ALL, Theme::key, value),
                "width" => choose(&mut self.width, Width::ALL, Width::key, value),
                "locale" => {
                    let codes = LOCALES.map(|(code, _)| code);
                    choose(&mut self.locale, codes, |code| code, value);
                }
                _ => {}
            }
        }
        self
    }

    /// Who acts, and where.
    pub(super) fn seat(&self) -> Seat {
        Seat {
            persona: self.persona,
            shape: self.shape,
            locale: Some(self.locale),
        }
    }
}

fn choose<T: Copy, const N: usize>(
    chosen: &mut T,
    all: [T; N],
    key: impl Fn(T) -> &'static str,
    value: &str,
) {
    if let Some(found) = all.into_iter().find(|one| key(*one) == value) {
        *chosen = found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_changes_what_it_names_and_no_more() {
        let form = [("persona", "member"), ("locale", "de"), ("theme", "purple")];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::default().changed(&form);
        let expected = Settings {
            persona: Persona::Member,
            locale: "de",
            ..Settings::default()
        };
        assert_eq!(settings, expected);
    }
}
