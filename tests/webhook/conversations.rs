//! Conversations of moderators with the service: what they ask, what they see, and what the
//! platform was asked for it.

mod acting;
mod buttons;
mod cards;
mod check;
mod create;
mod expected;
mod exports;
mod filters;
mod help;
mod joins;
mod links;
mod names_asked;
mod paging;
mod review;
mod revoke;
mod rights;
mod rotate;
mod sharing;
mod stats;
mod suggestions;
mod who;
mod whose;

use gatehouse::{
    clock::Clock,
    sandbox::platform::{Community, Route},
};
use gatehouse_commands::PlatformName;
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

/// The service over a community that lives on this platform, from where commands come as well.
/// All clocks say [`NOW`].
pub(crate) async fn on(platform: PlatformName, community: Community) -> Gatehouse {
    at_now(Setup::new().face(platform).community(community)).await
}

/// The service as it is set up, with all clocks at [`NOW`].
pub(crate) async fn at_now(setup: Setup) -> Gatehouse {
    let gatehouse = setup.clock(Clock::stopped(NOW)).start().await;
    let ahead = NOW.duration_since(Timestamp::now());
    gatehouse.platform().set_clock_offset(ahead);
    gatehouse
}

/// What stands behind every reason of [`MODERATOR`](crate::support::MODERATOR) in an audit log.
pub(crate) const BY: &str = " - by rowan.k (553879653580800011)";

impl Gatehouse {
    /// The form that this opens.
    pub(crate) async fn form_of(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        assert_eq!(reply.kind, Reply::MODAL, "{reply:#?}");
        reply.message
    }

    /// The form behind the button of a private message that says this.
    pub(crate) async fn opens(&self, message: &Message, label: &str) -> Message {
        self.form_of(&self.press_label(message, label, On::Private))
            .await
    }

    /// Sends a form off that was opened from a private message, which is replaced.
    pub(crate) async fn sends(
        &self,
        form: &Message,
        lines: &[(&str, &str)],
        from: &Message,
    ) -> Message {
        let filled = self.filled(form, lines).on_reply(from, On::Private);
        self.replaced_by(&filled).await
    }

    /// What one person reads in the end: the direct answer, or what replaces the promise of one.
    pub(crate) async fn read_in_the_end(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        match reply.kind {
            Reply::UPDATE => reply.message,
            Reply::MESSAGE => {
                assert!(reply.is_private(), "seen by all: {reply:#?}");
                reply.message
            }
            Reply::DEFERRED_MESSAGE => {
                assert!(reply.is_private(), "promised to all: {reply:#?}");
                self.edit(interaction).await.message
            }
            Reply::DEFERRED_UPDATE => self.edit(interaction).await.message,
            _ => panic!("neither a message nor the promise of one: {reply:#?}"),
        }
    }

    /// What the platform was asked to change so far, as `METHOD path`.
    pub(crate) fn changes(&self) -> Vec<String> {
        let requests = self.platform().requests();
        let is_change = |route| [Route::Create, Route::Revoke, Route::Pause].contains(&route);
        requests
            .iter()
            .filter(|request| request.route.is_some_and(is_change))
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }

    #[track_caller]
    pub(crate) fn assert_nothing_was_changed(&self) {
        assert_eq!(self.changes(), [""; 0]);
    }

    /// The reasons in the audit log of the guild, in the order in which it was done.
    #[track_caller]
    pub(crate) fn reasons(&self) -> Vec<String> {
        let log = self.platform().audit_log(self.guild);
        let reason = |entry: &gatehouse::sandbox::platform::AuditEntry| entry.reason.clone();
        log.iter()
            .map(|entry| reason(entry).expect("whatever is done has a reason"))
            .collect()
    }

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
