//! Device shadows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is desired of one service of a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Desired {
    /// The service, of the product's model.
    pub service_id: String,
    /// Properties and their values. One that is null is desired no more; none at all clears the service.
    pub desired: Map<String, Value>,
    /// The version that the shadow must have.
    #[serde(default)]
    pub version: Option<i64>,
}

/// A device's shadow as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shadow {
    /// The device.
    pub device_id: String,
    /// What is known of each service.
    pub shadow: Vec<Service>,
}

/// One service of a shadow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Service {
    /// The service.
    pub service_id: String,
    /// What is desired of it.
    pub desired: Side,
    /// What it reported.
    pub reported: Side,
    /// Grows with each change.
    pub version: i64,
}

/// One side of a service's shadow; empty if nothing is known of it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Side {
    /// Properties and their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Value>,
    /// When it was last changed, compact time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<String>,
}
