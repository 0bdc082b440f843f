//! Logs: to standard error, as text or as one JSON object a line.
//!
//! Never logged: tokens, signatures, bodies, names, and invite codes, which let their holder in.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::LogConfig;

/// Begins to log. Does nothing if somebody in this process logs already.
pub fn init(config: &LogConfig) {
    // Read once already, when the configuration was understood.
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let filter = filter.and(filter_fn(|metadata| !tells_tokens(metadata.target())));
    let lines: Box<dyn Layer<Registry> + Send + Sync> = if config.is_json {
        Box::new(lines.json().flatten_event(true).with_filter(filter))
    } else {
        Box::new(lines.with_filter(filter))
    };
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Whether a library writes the paths of its requests, which hold the tokens of interactions. It
/// is left out whatever the operator's filter says.
fn tells_tokens(target: &str) -> bool {
    target.starts_with("twilight_http")
}
