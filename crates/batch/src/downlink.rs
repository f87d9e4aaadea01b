//! The way to devices. Whoever speaks with them implements [`Downlink`]; [`Nobody`] stands for it as long as nobody
//! does.

use serde_json::Value as Json;
use types::{Code, Fault};

/// What one device is told.
#[derive(Clone, Debug)]
pub struct Order {
    /// The project of the device.
    pub project_id: String,
    /// The device.
    pub device_id: String,
    /// Made of task, subtask and try: what was told under it before is not told again.
    pub key: String,
    /// The command as the caller has given it.
    pub command: Json,
}

/// The way to devices.
pub trait Downlink: Send + Sync {
    /// Tells each device what is ordered, side by side, and waits until all have answered or their time of
    /// `within_ms` is over. Answers in the order of `orders`: what the device said, or why it
    /// said nothing. A device that says that it has failed is a [`Fault`].
    fn ask(&self, orders: &[Order], within_ms: i64) -> Vec<Result<Json, Fault>>;
}

/// Nobody is connected.
pub struct Nobody;

impl Downlink for Nobody {
    fn ask(&self, orders: &[Order], _: i64) -> Vec<Result<Json, Fault>> {
        orders.iter().map(|_| Err(Code::DeviceOffline.into())).collect()
    }
}
