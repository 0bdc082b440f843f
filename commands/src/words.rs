//! What was typed, before it is known what it means.

use crate::tree::Name;

/// A command's words: from a slash command's options or from text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// The command below `/invites`; `None` when none was named.
    pub command: Option<String>,
    /// Names and values of its options, in the order given.
    pub options: Vec<(String, Value)>,
}

impl Words {
    /// A command without options.
    pub fn of(name: Name) -> Self {
        Self {
            command: Some(name.spec().name.to_owned()),
            options: Vec::new(),
        }
    }
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, also that of a number or an id.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// Anything that no option of ours takes.
    Other,
}
