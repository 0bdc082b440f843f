//! Logs: to standard error, as text or as one JSON object a line.
//!
//! Never logged: tokens, signatures, bodies, names, and invite codes, which let their holder in.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::config::LogConfig;

/// Begins to log. Does nothing if somebody in this process logs already.
pub fn init(config: &LogConfig) {
    // Read once already, when the configuration was understood.
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let lines: Box<dyn Layer<Registry> + Send + Sync> = if config.is_json {
        Box::new(lines.json().flatten_event(true).with_filter(filter))
    } else {
        Box::new(lines.with_filter(filter))
    };
    let _ = tracing_subscriber::registry().with(lines).try_init();
}
