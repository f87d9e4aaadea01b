//! The HTTP API: the only room that knows axum. A request's way is `router` -> `authenticate`
//! -> `call` -> `domain::authorize` -> an endpoint's own reading of its fields -> one unit of work in the
//! store -> an answer. One endpoint a file; what cannot be answered becomes a status in `error`.

mod addresses;
mod answering;
mod apps;
mod audit;
mod authenticate;
mod batch_files;
mod batch_tasks;
mod call;
mod device_groups;
mod devices;
mod entrance;
mod error;
mod export_tasks;
mod health;
mod iam;
mod openapi;
mod ota_packages;
mod pieces;
mod products;
mod query;
mod rate;
mod record;
mod respond;
mod room;
mod router;
mod shadows;
mod space;
mod tags;
mod templates;

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use axum::body::Bytes;
use blob::{Blobs, Space};
use jobs::Bell;
use store::Store;

pub use addresses::{Addresses, Share};
pub use audit::{Audit, Command, OPERATOR};
pub use authenticate::Source;
pub use router::router;

/// What the API works with.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Uploads and results.
    pub blobs: Blobs,
    /// The room that is left for more.
    pub space: Space,
    /// Wakes the workers of exports.
    pub exports: Bell,
    /// Wakes the workers of batch tasks.
    pub batches: Bell,
    /// The program that reads uploads, started with `parse-upload`.
    pub program: PathBuf,
    /// Where what is done is told.
    pub audit: Audit,
    /// Whether nothing is answered but how the server is.
    pub only_health: bool,
    /// Whether what goes beyond the cloud is refused.
    pub strict: bool,
    /// Requests at a time, until their answers are taken.
    pub requests_max: usize,
    /// Whether a download is answered with a signed URL of the bucket.
    pub presigned_downloads: bool,
}

/// What every endpoint is given.
#[derive(Clone)]
struct Api(Arc<Inner>);

struct Inner {
    parts: Parts,
    instance_id: String,
    room: room::Room,
    lockout: authenticate::Lockout,
    passwords: iam::Passwords,
    rates: rate::Rates,
    /// Turns to read an upload.
    readings: Arc<tokio::sync::Semaphore>,
    /// What describes the API, once somebody has asked for it.
    openapi: OnceLock<Bytes>,
}

impl std::ops::Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
