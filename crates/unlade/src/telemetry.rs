//! Events to standard error. Standard output is for what was asked for.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Format, Level};

/// Shows Unlade's own events from `level` on, and of others what is at least a warning.
pub(crate) fn start(level: Level, format: Format) {
    let (level, others) = match level {
        Level::Error => ("error", "error"),
        Level::Warn => ("warn", "warn"),
        Level::Info => ("info", "warn"),
        Level::Debug => ("debug", "warn"),
        Level::Trace => ("trace", "warn"),
    };
    let filter = EnvFilter::new(format!("{others},unlade={level}"));
    let events = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match format {
        Format::Text => events.init(),
        Format::Json => events.json().init(),
    }
}
