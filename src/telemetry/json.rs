//! One flat JSON object a line: what an operator searches by stands at the top, wherever it was
//! said.
//!
//! ```text
//! timestamp  RFC 3339, in UTC
//! level      ERROR, WARN, INFO, DEBUG, TRACE
//! message    a sentence that reads alone
//! target     the module that says it
//! …          the event's fields, and those of the spans around it; of two with one name, the
//!            innermost's
//! ```

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormattedFields,
        format::{JsonFields, Writer},
    },
    registry::{LookupSpan, Scope},
};

/// Writes events as JSON, of spans whose fields are kept as JSON.
#[derive(Debug)]
pub(super) struct JsonLines;

/// A line, in this order.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    message: Value,
    target: &'a str,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
}

/// The names that a line has of itself. A field with one of them would make it ambiguous.
const OWN: [&str; 3] = ["timestamp", "level", "target"];

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let kept = extensions.get::<FormattedFields<JsonFields>>();
            let kept = kept.map_or("{}", |kept| kept.fields.as_str());
            let kept: Map<String, Value> = serde_json::from_str(kept).unwrap_or_default();
            fields.fields.extend(kept);
        }
        event.record(&mut fields);
        let Fields {
            mut fields,
            log_target,
        } = fields;
        let message = fields.remove("message").unwrap_or_default();
        for own in OWN {
            fields.remove(own);
        }
        let metadata = event.metadata();
        let line = Line {
            timestamp: Timestamp::now().to_string(),
            level: metadata.level().as_str(),
            message,
            target: log_target.as_deref().unwrap_or(metadata.target()),
            fields: &fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

/// Fields as JSON.
#[derive(Debug, Default)]
struct Fields {
    fields: Map<String, Value>,
    /// The module that says it, of what a library logs by the `log` crate.
    log_target: Option<String>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        // Where that was is said in fields, by the `log` crate.
        if !field.name().starts_with("log.") {
            self.fields.insert(field.name().to_owned(), value.into());
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "log.target" {
            self.log_target = Some(value.to_owned());
        }
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing::{error_span, info, subscriber, warn};
    use tracing_subscriber::{fmt::layer, layer::SubscriberExt, registry};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let written = Written::default();
        let writer = written.clone();
        let lines = layer()
            .fmt_fields(JsonFields::new())
            .event_format(JsonLines);
        let lines = lines.with_writer(move || writer.clone());
        subscriber::with_default(registry().with(lines), log);
        let written = written.0.lock().unwrap();
        let text = str::from_utf8(&written).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    #[test]
    fn a_line_is_flat_and_holds_the_fields_of_its_spans() {
        let lines = lines(|| {
            let request = error_span!("request", request.id = %"00ff", user.id = field_of(None));
            let _request = request.entered();
            let command = error_span!("command", command.name = "list", guild.id = 7_u64);
            let _command = command.entered();
            info!(duration_ms = 12, outcome = "answered", "command answered");
        });
        let [line] = &lines[..] else {
            panic!("{lines:?}")
        };
        let timestamp = line["timestamp"].as_str().unwrap();
        assert!(timestamp.parse::<Timestamp>().is_ok());
        let mut line = line.clone();
        line.as_object_mut().unwrap().remove("timestamp");
        assert_eq!(
            line,
            serde_json::json!({
                "level": "INFO",
                "message": "command answered",
                "target": module_path!(),
                "request.id": "00ff",
                "command.name": "list",
                "guild.id": 7,
                "duration_ms": 12,
                "outcome": "answered",
            })
        );
    }

    const fn field_of(id: Option<u64>) -> Option<u64> {
        id
    }

    #[test]
    fn the_innermost_of_one_name_counts_and_none_replaces_a_lines_own() {
        let lines = lines(|| {
            let outer = error_span!("outer", platform = "discord", level = "none");
            let _outer = outer.entered();
            warn!(platform = "fluxer", target = "me", "one\nline \u{1b}[31m");
            warn!(
                log.target = "library",
                log.line = 7,
                "said by the log crate"
            );
        });
        assert_eq!(lines[1]["target"], "library");
        assert!(lines[1].get("log.line").is_none());
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["platform"], "fluxer");
        assert_eq!(lines[0]["level"], "WARN");
        assert_eq!(lines[0]["target"], module_path!());
        assert_eq!(lines[0]["message"], "one\nline \u{1b}[31m");
    }
}
