//! The page as HTML.
//!
//! Messages, forms and commands are drawn from the JSON that a chat client gets, whatever it
//! holds: nothing here knows what Gatehouse meant by it.

mod components;
pub(super) mod composer;
mod embed;
mod files;
mod form;
mod icon;
pub(super) mod layout;
mod message;
mod switches;
pub(super) mod wire;

use jiff::Timestamp;
use serde_json::Value;

pub(super) use self::files::picture_type;
use super::{Page, catalog::Catalog, directory::Directory, markdown::Markdown};

/// Draws.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw<'a> {
    catalog: &'a Catalog,
    directory: &'a Directory,
    now: Timestamp,
}

impl Page {
    /// Draws what is as of now.
    pub(super) fn draw(&self) -> Draw<'_> {
        Draw {
            catalog: &self.shared.catalog,
            directory: &self.shared.directory,
            now: self.shared.client.clock().now(),
        }
    }
}

impl<'a> Draw<'a> {
    fn markdown(&self) -> Markdown<'a> {
        Markdown {
            directory: self.directory,
            now: self.now,
            has_tables: false,
        }
    }
}

/// Id of the element that is a message.
pub(super) fn message_id(id: u64) -> String {
    format!("m{id}")
}

/// The elements of a list; none when it is no list.
fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[key].as_array().into_iter().flatten()
}

/// A text; empty when it is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A kind or a style.
fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register;

    /// Draws without a page around it.
    pub(super) fn with<T>(act: impl FnOnce(Draw<'_>) -> T) -> T {
        let catalog = Catalog::read(&register::registered());
        let directory = Directory::default();
        act(Draw {
            catalog: &catalog,
            directory: &directory,
            now: Timestamp::constant(1_787_313_600, 0),
        })
    }
}
