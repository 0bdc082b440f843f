//! Logs: to standard error, as text or as one JSON object a line.
//!
//! Never logged: tokens, signatures, bodies, names, and invite codes, which let their holder in.

use std::{
    io::{self, IsTerminal},
    panic,
};

use tracing::error;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::LogConfig;

/// Begins to log. Does nothing if somebody in this process logs already.
pub fn init(config: &LogConfig) {
    let lines = lines(config, io::stderr, io::stderr().is_terminal());
    if tracing_subscriber::registry()
        .with(lines)
        .try_init()
        .is_ok()
    {
        // Without what it says, which may quote what it stumbled over: a name, a code.
        panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(tracing::field::display);
            error!(place, "a part of the program broke off");
        }));
    }
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
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_default();
    let lines = fmt::layer().with_writer(writer).with_ansi(has_colors);
    if config.is_json {
        lines.json().flatten_event(true).with_filter(filter).boxed()
    } else {
        lines.with_filter(filter).boxed()
    }
}
