//! A JSON body that is checked field by field. All that is wrong is told at once, as both platforms do.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// What a field should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// There, and it was not.
    Missing,
    /// A whole number.
    NoNumber,
    /// At most this.
    Above(u64),
    /// At least this.
    Below(u64),
    /// True or false.
    NoFlag,
    /// A text, or one of the known ones.
    NoText,
    /// A list, each of its elements right, and not too many.
    NoList,
    /// A moment in ISO 8601.
    NoMoment,
    /// A moment that is not so far ahead.
    TooFar,
}

/// A body being read. A field that is absent is none, and so is a wrong one, which is noted.
#[derive(Debug)]
pub(super) struct Form {
    fields: Map<String, Value>,
    wrong: Vec<(&'static str, Problem)>,
}

impl Form {
    /// Reads a body; `None` when it is no JSON object.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let fields = serde_json::from_slice(body).ok()?;
        let wrong = Vec::new();
        Some(Self { fields, wrong })
    }

    /// Takes fields that are null as absent.
    pub(super) fn null_is_absent(mut self) -> Self {
        self.fields.retain(|_, value| !value.is_null());
        self
    }

    /// Everything that was wrong, in the order of reading.
    pub(super) fn wrong(self) -> Vec<(&'static str, Problem)> {
        self.wrong
    }

    /// Notes a field as wrong.
    pub(super) fn reject(&mut self, name: &'static str, problem: Problem) {
        self.wrong.push((name, problem));
    }

    /// Whether the field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, Problem>,
    ) -> Option<T> {
        match read(self.fields.get(name)?) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.reject(name, problem);
                None
            }
        }
    }

    /// A whole number within these bounds.
    pub(super) fn number(&mut self, name: &'static str, min: u64, max: u64) -> Option<u64> {
        self.field(name, |value| match (value.as_u64(), value.as_i64()) {
            (Some(number), _) if number > max => Err(Problem::Above(max)),
            (Some(number), _) if number >= min => Ok(number),
            (Some(_), _) | (None, Some(_)) => Err(Problem::Below(min)),
            (None, None) => Err(Problem::NoNumber),
        })
    }

    /// A truth value.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.field(name, |value| value.as_bool().ok_or(Problem::NoFlag))
    }

    /// A text of at most so many characters.
    pub(super) fn text(&mut self, name: &'static str, max_chars: usize) -> Option<String> {
        let fits = |text: &&str| text.chars().count() <= max_chars;
        self.field(name, |value| {
            let text = value.as_str().filter(fits).ok_or(Problem::NoText)?;
            Ok(text.to_owned())
        })
    }

    /// One of these texts.
    pub(super) fn one_of(
        &mut self,
        name: &'static str,
        known: &[&'static str],
    ) -> Option<&'static str> {
        self.field(name, |value| {
            let found = known.iter().find(|known| value == **known);
            found.copied().ok_or(Problem::NoText)
        })
    }

    /// A list of at most so many texts.
    pub(super) fn texts(&mut self, name: &'static str, max: usize) -> Option<Vec<String>> {
        self.field(name, |value| {
            let list = value.as_array().filter(|list| list.len() <= max);
            let texts = list.ok_or(Problem::NoList)?.iter();
            let texts = texts.map(|text| text.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().ok_or(Problem::NoList)
        })
    }

    /// A moment; null is none, and not wrong.
    pub(super) fn moment(&mut self, name: &'static str) -> Option<Timestamp> {
        let read = |value: &Value| match value {
            Value::Null => Ok(None),
            value => {
                let moment = value.as_str().and_then(|text| text.parse().ok());
                moment.map(Some).ok_or(Problem::NoMoment)
            }
        };
        self.field(name, read).flatten()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(body: &Value) -> Form {
        Form::read(body.to_string().as_bytes()).expect("an object")
    }

    #[test]
    fn only_objects_are_forms() {
        for body in ["[1]", "null", "", "{", "7"] {
            assert!(Form::read(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn numbers_keep_to_their_bounds() {
        let cases = [
            (json!(1), None),
            (json!(100), None),
            (json!(0), Some(Problem::Below(1))),
            (json!(-1), Some(Problem::Below(1))),
            (json!(101), Some(Problem::Above(100))),
            (json!(1.5), Some(Problem::NoNumber)),
            (json!("1"), Some(Problem::NoNumber)),
            (Value::Null, Some(Problem::NoNumber)),
        ];
        for (value, problem) in cases {
            let mut form = form(&json!({ "limit": value }));
            let read = form.number("limit", 1, 100);
            assert_eq!(read, value.as_u64().filter(|_| problem.is_none()));
            let wrong = problem.map(|problem| ("limit", problem));
            assert_eq!(form.wrong(), Vec::from_iter(wrong), "{value}");
        }
    }

    #[test]
    fn what_is_absent_or_may_be_null_is_not_wrong() {
        let mut form = form(&json!({ "limit": null })).null_is_absent();
        assert_eq!(form.number("limit", 1, 100), None);
        assert_eq!(form.flag("unique"), None);
        assert_eq!(form.wrong(), []);
    }

    #[test]
    fn lists_keep_to_their_length() {
        let codes = |n: usize| json!({ "codes": vec!["a"; n] });
        assert_eq!(
            form(&codes(10)).texts("codes", 10).map(|c| c.len()),
            Some(10)
        );
        for wrong in [codes(11), json!({ "codes": "a" }), json!({ "codes": [1] })] {
            let mut form = form(&wrong);
            assert_eq!(form.texts("codes", 10), None);
            assert_eq!(form.wrong(), [("codes", Problem::NoList)]);
        }
    }

    #[test]
    fn a_moment_is_iso_8601_or_null() {
        let read = |value: Value| {
            let mut form = form(&json!({ "until": value }));
            (form.moment("until"), form.wrong().len())
        };
        let moment = "2026-08-21T12:00:00Z".parse().ok();
        assert_eq!(read(json!("2026-08-21T12:00:00+00:00")), (moment, 0));
        assert_eq!(read(Value::Null), (None, 0));
        assert_eq!(read(json!("tomorrow")), (None, 1));
    }
}
