//! The stream of changes to one browser: pieces of the page, each put in its place by its id.

use std::{collections::HashSet, convert::Infallible, time::Duration};

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use maud::{Markup, html};
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

use super::{super::persona::Persona, Change, Page, draw, settings::Settings};

/// Name of the one event that the page listens to.
pub(super) const EVENT: &str = "change";

/// A sign of life, for what sits between browser and server.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Whose message box there is, and whether that is one for commands.
const fn box_of(settings: &Settings) -> (Persona, bool) {
    (settings.persona, settings.shape.has_commands())
}

/// What one browser has of the page.
struct Browser {
    page: Page,
    changes: Receiver<Change>,
    messages: HashSet<u64>,
    wires: HashSet<u64>,
    /// Whose message box it has, and whether that is one for commands; `None` = nobody knows.
    box_of: Option<(Persona, bool)>,
    /// Whether it lacks something, and nobody knows what.
    is_behind: bool,
}

impl Page {
    /// Which state of the page this is: run and revision.
    pub(super) fn version(&self) -> String {
        format!("{}:{}", self.shared.run, self.chat().revision)
    }

    /// All that changes from now on; first of all everything, for a browser whose page is not of
    /// this version.
    pub(super) fn events(
        &self,
        since: &str,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
        // Listening before looking, so that nothing falls in between.
        let changes = self.shared.changes.subscribe();
        let is_behind = self.version() != since;
        let (box_of, messages, wires) = {
            let chat = self.chat();
            (
                (!is_behind).then_some(box_of(&chat.settings)),
                chat.seen().map(|message| message.id).collect(),
                chat.wires().map(|wire| wire.number).collect(),
            )
        };
        let browser = Browser {
            page: self.clone(),
            changes,
            messages,
            wires,
            box_of,
            is_behind,
        };
        let events = stream::unfold(browser, |mut browser| async {
            let event = browser.next().await?;
            Some((Ok(event), browser))
        });
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
    }
}

impl Browser {
    /// The next event; `None` when the page ends.
    async fn next(&mut self) -> Option<Event> {
        let stopping = self.page.shared.stopping.clone();
        let markup = loop {
            if self.is_behind {
                self.is_behind = false;
                self.skip();
                break self.everything();
            }
            let change = tokio::select! {
                change = self.changes.recv() => change,
                () = stopping.cancelled() => return None,
            };
            match change {
                Ok(change) => {
                    if let Some(markup) = self.draw(change) {
                        break markup;
                    }
                }
                Err(RecvError::Lagged(_)) => self.is_behind = true,
                Err(RecvError::Closed) => return None,
            }
        };
        let event = Event::default().event(EVENT).id(self.page.version());
        // An end of line that only a browser would take for one would tear the event apart.
        Some(event.data(markup.into_string().replace('\r', "&#13;")))
    }

    /// Passes over what was said already: it is part of everything.
    fn skip(&mut self) {
        loop {
            match self.changes.try_recv() {
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn everything(&mut self) -> Markup {
        let chat = self.page.chat();
        self.messages = chat.seen().map(|message| message.id).collect();
        self.wires = chat.wires().map(|wire| wire.number).collect();
        let draw = self.page.draw();
        let new = box_of(&chat.settings);
        // What is being written stays where it can be sent. A reply is to what another may not see.
        let is_other_box = match self.box_of.replace(new) {
            Some((_, true)) if new.1 => false,
            old => old != Some(new),
        };
        html! {
            (draw::layout::whereabouts(&chat.settings, true))
            (draw::layout::start(&chat.settings, true))
            @if is_other_box {
                div id="composer" hx-swap-oob="innerHTML" { (draw.composer(&chat, "", 0)) }
            }
            ol id="messages" hx-swap-oob="innerHTML" { (draw.messages(&chat)) }
            ol id="exchanges" hx-swap-oob="innerHTML" { (draw::wire::exchanges(&chat)) }
        }
    }

    fn draw(&mut self, change: Change) -> Option<Markup> {
        match change {
            Change::Chat => Some(self.everything()),
            Change::Message(id) => self.message(id),
            Change::Wire(number) => self.wire(number),
        }
    }

    fn message(&mut self, id: u64) -> Option<Markup> {
        let chat = self.page.chat();
        let Some(message) = chat.message(id) else {
            let was_there = self.messages.remove(&id);
            return was_there
                .then(|| html! { li id=(draw::message_id(id)) hx-swap-oob="delete" {} });
        };
        let draw = self.page.draw();
        Some(if self.messages.insert(id) {
            html! {
                ol hx-swap-oob="beforeend:#messages" { (draw.message(&chat, message, false)) }
            }
        } else {
            draw.message(&chat, message, true)
        })
    }

    fn wire(&mut self, number: u64) -> Option<Markup> {
        let chat = self.page.chat();
        let wire = chat.wire(number)?;
        Some(if self.wires.insert(number) {
            html! { ol hx-swap-oob="afterbegin:#exchanges" { (draw::wire::exchange(wire)) } }
        } else {
            draw::wire::changed(wire)
        })
    }
}
