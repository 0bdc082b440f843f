//! Conversations of moderators with the service: what they ask, what they see, and what the
//! platform was asked for it.

mod buttons;
mod cards;
mod expected;
mod exports;
mod filters;
mod help;
mod links;
mod names_asked;
mod paging;
mod rights;
mod sharing;
mod suggestions;

use gatehouse::{clock::Clock, sandbox::platform::Community};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{Gatehouse, Interaction, Later, Message, On, Reply, Setup};

/// 2026-08-21T12:00:00Z, the moment at which conversations take place where it matters.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_787_313_600, 0);

/// What the sample community is, at [`NOW`].
pub(crate) fn sample() -> Community {
    Community::sample(NOW)
}

/// The service over a community, with a clock that stands still at [`NOW`].
pub(crate) async fn over(community: Community) -> Gatehouse {
    let setup = Setup::new().community(community);
    setup.clock(Clock::stopped(NOW)).start().await
}

impl Gatehouse {
    /// `/invites list` by a moderator.
    pub(crate) async fn list(&self, options: &[(&str, Value)]) -> Message {
        self.ask(&self.command("list", options)).await
    }

    /// `/invites show` by a moderator.
    pub(crate) async fn show(&self, code: &str) -> Message {
        self.ask(&self.command("show", &[("code", code.into())]))
            .await
    }

    /// Presses the button that says this on a private message, which is replaced.
    pub(crate) async fn click(&self, message: &Message, label: &str) -> Message {
        let button = message.button(label);
        assert!(!button.is_disabled, "{} cannot be pressed", button.label);
        let press = self.press(&button.custom_id, On::Private, &[]);
        self.replaced_by(&press).await
    }

    /// Chooses this from a menu of a private message, which is replaced.
    pub(crate) async fn choose(&self, message: &Message, menu: &str, label: &str) -> Message {
        let menu = message.menu(menu);
        assert!(menu.chosen().len() <= 1, "{}", menu.placeholder);
        let press = self.press(&menu.custom_id, On::Private, &[menu.value(label)]);
        self.replaced_by(&press).await
    }

    /// What takes the place of the pressed message.
    pub(crate) async fn replaced_by(&self, press: &Interaction) -> Message {
        let reply = self.send(press).await;
        assert_eq!(reply.kind, Reply::UPDATE, "{reply:#?}");
        reply.message
    }

    /// A new message that one person alone sees.
    pub(crate) async fn told_privately(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{reply:#?}");
        assert!(reply.is_private(), "{reply:#?}");
        reply.message
    }

    /// A new message that everyone sees.
    pub(crate) async fn told_everyone(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        assert_eq!(reply.kind, Reply::MESSAGE, "{reply:#?}");
        assert!(!reply.is_private(), "{reply:#?}");
        reply.message
    }

    /// The pages of a private list from this one on, by pressing Next.
    pub(crate) async fn pages_from(&self, first: Message) -> Vec<Message> {
        let mut pages = vec![first];
        while let Some(page) = pages.last() {
            if !page.has_button("Next") || page.button("Next").is_disabled {
                break;
            }
            let next = self.click(page, "Next").await;
            pages.push(next);
        }
        pages
    }

    /// The codes on all pages of a list.
    pub(crate) async fn all_codes(&self, options: &[(&str, Value)]) -> Vec<String> {
        let first = self.list(options).await;
        let pages = self.pages_from(first).await;
        pages.iter().flat_map(codes).collect()
    }

    /// A private file: it comes by the edit that follows a deferral.
    pub(crate) async fn file(&self, interaction: &Interaction) -> (Later, String, Vec<u8>) {
        let reply = self.send(interaction).await;
        assert_eq!(reply.kind, Reply::DEFERRED_MESSAGE, "{reply:#?}");
        assert!(reply.is_private(), "{reply:#?}");
        let mut later = self.edit(interaction).await;
        assert_eq!(later.files.len(), 1, "{later:#?}");
        let (name, bytes) = later.files.remove(0);
        (later, name, bytes)
    }
}

/// The codes of a list's entries, as shown.
#[track_caller]
pub(crate) fn codes(list: &Message) -> Vec<String> {
    let shown: Vec<String> = list
        .description()
        .lines()
        .filter_map(|line| line.strip_prefix('`')?.split('`').next())
        .map(str::to_owned)
        .collect();
    if !shown.is_empty() {
        let menu = list.menu("Open an invite…");
        let offered: Vec<_> = menu.options.iter().map(|one| one.label.clone()).collect();
        assert_eq!(offered, shown, "the menu offers what the list shows");
    }
    shown
}

/// What a reader sees: without the marks that keep names from reordering what stands around them,
/// and without the backslashes that keep them from being markup.
pub(crate) fn read(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{2068}' | '\u{2069}' | '\\'))
        .collect()
}
