//! Device groups.

use serde::Serialize;
use utoipa::ToSchema;

use crate::page::Page;

/// What a caller gives to add a group; already checked.
#[derive(Clone, Debug)]
pub struct AddDeviceGroup {
    /// Unique in its app.
    pub name: String,
    /// Optional text.
    pub description: Option<String>,
    /// The group that it lies below.
    pub super_group_id: Option<String>,
    /// The rule of a dynamic group; a static one has members instead.
    pub dynamic_group_rule: Option<String>,
}

/// A group as answered; a list leaves the rule out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceGroup {
    /// Its id.
    pub group_id: String,
    /// Unique in its app.
    pub name: String,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The group that it lies below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub super_group_id: Option<String>,
    /// `STATIC` or `DYNAMIC`.
    pub group_type: String,
    /// The rule of a dynamic group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_group_rule: Option<String>,
}

/// The answer of ListDeviceGroups.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceGroups {
    /// One page of them.
    pub device_groups: Vec<DeviceGroup>,
    /// Which page.
    pub page: Page,
}

/// The answer of ListDeviceGroupsByDevice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupsOfDevice {
    /// All of them.
    pub device_groups: Vec<DeviceGroup>,
}

/// A device in a group, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceInGroup {
    /// Its id.
    pub device_id: String,
    /// Its own id.
    pub node_id: String,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The product it is one of.
    pub product_id: String,
}

/// The answer of ShowDevicesInGroup.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DevicesInGroup {
    /// One page of them.
    pub devices: Vec<DeviceInGroup>,
    /// Which page.
    pub page: Page,
}
