//! A JSON value that knows where in the body it stands.
//!
//! Reading is lenient, since the schema has already complained about a wrong type: what is not
//! there, null or of another type is simply not found.

use serde_json::Value;

/// One value of a body, with the JSON pointer that leads to it.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    value: &'a Value,
    pointer: String,
}

impl<'a> Node<'a> {
    /// The whole body.
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            pointer: String::new(),
        }
    }

    /// Where it stands, as a JSON pointer; empty for the body itself.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The value itself.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// The value under `key`; `None` if it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        (!value.is_null()).then(|| self.child(key, value))
    }

    /// Whether `key` is there and not null.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The entries of the list under `key`; none if there is no list.
    pub(super) fn list(&self, key: &str) -> Vec<Self> {
        let Some(list) = self.get(key) else {
            return Vec::new();
        };
        let entries = list.value.as_array().into_iter().flatten().enumerate();
        entries
            .map(|(index, value)| list.child(&index.to_string(), value))
            .collect()
    }

    /// The keys and values of the object under `key`; none if there is no object.
    pub(super) fn entries(&self, key: &str) -> Vec<(&'a str, Self)> {
        let Some(object) = self.get(key) else {
            return Vec::new();
        };
        let entries = object.value.as_object().into_iter().flatten();
        entries
            .map(|(key, value)| (key.as_str(), object.child(key, value)))
            .collect()
    }

    /// The string under `key`.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// The integer under `key`.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.value.get(key)?.as_i64()
    }

    /// The number under `key`, whole or not.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.value.get(key)?.as_f64()
    }

    /// Whether `key` holds `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|value| value == true)
    }

    fn child(&self, key: &str, value: &'a Value) -> Self {
        let pointer = format!("{}/{key}", self.pointer);
        Self { value, pointer }
    }
}

/// The length of `text` as the limits mean it: Unicode code points.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The first node whose key an earlier one already had.
pub(super) fn repeated<'n, 'a, K: PartialEq>(
    nodes: &'n [Node<'a>],
    key: impl Fn(&Node<'a>) -> Option<K>,
) -> Option<&'n Node<'a>> {
    let mut seen = Vec::new();
    nodes.iter().find(|node| match key(node) {
        Some(key) if seen.contains(&key) => true,
        Some(key) => {
            seen.push(key);
            false
        }
        None => false,
    })
}
