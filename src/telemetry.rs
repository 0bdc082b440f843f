//! Logs: to standard error, as text or as one JSON object a line, see `json`.
//!
//! Never logged: tokens, signatures, bodies, names, and invite codes, which let their holder in.

mod json;

use std::{
    io::{self, IsTerminal},
    panic::{self, PanicHookInfo},
};

use tracing::{error, field};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt::{self, MakeWriter, format::JsonFields},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use self::json::JsonLines;
use crate::{config::LogConfig, metrics::Metrics};

/// Begins to log. Does nothing if somebody in this process logs already.
pub fn init(config: &LogConfig) {
    let lines = lines(config, io::stderr, io::stderr().is_terminal());
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// What writes the lines of this configuration there.
pub fn lines<W>(
    config: &LogConfig,
    writer: W,
    has_colors: bool,
) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Read once already, when the configuration was understood.
    let filter: Targets = config.filter.parse().unwrap_or_default();
    let lines = fmt::layer().with_writer(writer).with_ansi(has_colors);
    if config.is_json {
        let lines = lines.fmt_fields(JsonFields::new());
        lines.event_format(JsonLines).with_filter(filter).boxed()
    } else {
        lines.with_filter(filter).boxed()
    }
}

/// Begins to log panics alone, for a face that talks to people on the same screen.
pub fn init_for_panics() {
    init(&LogConfig {
        filter: format!("off,{}=error", module_path!()),
        is_json: false,
    });
}

/// From now on a panic is counted, and is one event of the log, with the fields of whatever it
/// happened in.
pub fn report_panics(metrics: &Metrics) {
    let metrics = metrics.clone();
    panic::set_hook(Box::new(move |panic| {
        metrics.panicked();
        log(panic);
    }));
}

/// Logs where it happened, and the message if it is a text of the program's. Any other was put
/// together from what was being worked on, and may hold a code, a name or a token: an `unwrap`
/// says all that was in its error, and a slice that is out of range quotes the text.
fn log(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(field::display);
    let message: Option<&&'static str> = panic.payload().downcast_ref();
    error!(
        location,
        panic = message.copied(),
        "a fault of our own: something panicked"
    );
}
