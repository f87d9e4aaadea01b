//! Every setting, with its default. A field here is a key of the settings file and, by itself, a variable
//! `UNLADE_SECTION_KEY`; nothing else needs to be written for a new one.

use std::path::PathBuf;

use serde::Deserialize;

/// The sections, by name.
pub(super) const SECTIONS: [&str; 8] =
    ["server", "export", "batch", "jobs", "limits", "log", "database", "retention"];

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Server {
    /// Host and port; with port 0 the system picks one.
    pub(super) listen: String,
    /// Where everything is kept.
    pub(super) data_dir: PathBuf,
    /// Connections at a time; further ones wait in the system's queue.
    pub(super) connections_max: usize,
    /// Free space of the data directory's disk below which new work is refused. 256 MiB let what is under way
    /// end and leave the database room to delete.
    pub(super) free_bytes_min: u64,
    /// Host and port of `/metrics`; empty, there is none.
    pub(super) metrics_listen: String,
    /// How long a client may take for the header of a request.
    pub(super) header_timeout_seconds: u64,
    /// How long a client may keep us waiting for 64 KiB of a body, or for room for more of an answer.
    pub(super) stall_timeout_seconds: u64,
    /// Whether what goes beyond the cloud is refused.
    pub(super) strict: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8900".into(),
            data_dir: "./unlade-data".into(),
            connections_max: 1024,
            free_bytes_min: 256 << 20,
            metrics_listen: String::new(),
            header_timeout_seconds: 10,
            stall_timeout_seconds: 60,
            strict: false,
        }
    }
}

/// `[export]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Export {
    /// Exports at a time; with 0 they wait.
    pub(super) workers: usize,
    /// How long an attempt may read its snapshot, which keeps the database's log from being cut.
    pub(super) snapshot_age_seconds: u64,
}

impl Default for Export {
    fn default() -> Self {
        Self { workers: 2, snapshot_age_seconds: 900 }
    }
}

/// `[batch]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Batch {
    /// Batch tasks at a time; with 0 they wait.
    pub(super) workers: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { workers: 2 }
    }
}

/// `[jobs]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Jobs {
    /// How long a worker's claim on a job lasts when nothing is heard of the worker.
    pub(super) lease_seconds: u64,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { lease_seconds: 30 }
    }
}

/// `[log]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Log {
    /// From which level on Unlade's own events are shown.
    pub(super) level: Level,
    /// How they look.
    pub(super) format: Format,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info, format: Format::Text }
    }
}

/// A level of events.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// What somebody has to look at.
    Error,
    /// What may become that.
    Warn,
    /// What a day looks like.
    Info,
    /// What a bug looks like.
    Debug,
    /// All there is.
    Trace,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// `[database]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Database {
    /// Read connections, each with at most one snapshot.
    pub(super) readers: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self { readers: db::Options::default().readers }
    }
}
