//! Tags.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::Page;

/// A tag of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tag {
    /// Unique at its device.
    pub tag_key: String,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_value: Option<String>,
}

/// What has a tag.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Resource {
    /// The device's id.
    pub resource_id: String,
}

/// The answer of ListResourcesByTags.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Resources {
    /// One page of them.
    pub resources: Vec<Resource>,
    /// Which page.
    pub page: Page,
}
