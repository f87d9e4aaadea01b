//! Devices.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{page::Page, shadow::Desired, tag::Tag};

/// What a caller, or a row of a file, gives to add a device; already checked.
#[derive(Clone, Serialize, Deserialize)]
pub struct AddDevice {
    /// Given or `None` for `product_id` + `_` + `node_id`.
    pub device_id: Option<String>,
    /// The device's own id, unique in its product.
    pub node_id: String,
    /// The product it is one of.
    pub product_id: String,
    /// Optional text.
    pub device_name: Option<String>,
    /// Optional text.
    pub description: Option<String>,
    /// Present for a sub-device.
    pub gateway_id: Option<String>,
    /// `SECRET` or `CERTIFICATES`.
    pub auth_type: String,
    /// Given or `None` to have one made.
    pub secret: Option<String>,
    /// Of the device's certificate.
    pub fingerprint: Option<String>,
    /// Whether only secure connections are accepted.
    pub secure_access: bool,
    /// Seconds in which it must connect for the first time; 0 for no limit.
    pub timeout: i64,
    /// Free JSON, at most 1 KiB.
    pub extension_info: Option<Value>,
    /// What its shadow desires from the first.
    #[serde(default)]
    pub shadow: Vec<Desired>,
}

/// What is changed about a device; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdateDevice {
    /// Its name.
    pub device_name: Option<String>,
    /// Optional text.
    pub description: Option<String>,
    /// Free JSON, in place of the earlier one.
    pub extension_info: Option<Value>,
    /// Whether only secure connections are accepted.
    pub secure_access: Option<bool>,
    /// Seconds from now in which it must connect for the first time; 0 for no limit.
    pub timeout: Option<i64>,
}

/// Which of a device's two secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretType {
    /// The one that it was added with.
    Primary,
    /// The one beside it, of the same worth.
    Secondary,
}

impl SecretType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Secondary];

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "PRIMARY",
            Self::Secondary => "SECONDARY",
        }
    }
}

/// The answer of ResetDeviceSecret.
#[derive(Clone, Serialize, ToSchema)]
pub struct NewSecret {
    /// The device.
    pub device_id: String,
    /// In clear.
    pub secret: String,
    /// `PRIMARY` or `SECONDARY`.
    pub secret_type: &'static str,
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NewSecret {{ {:?} .. }}", self.device_id)
    }
}

impl fmt::Debug for AddDevice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { product_id, node_id, auth_type, .. } = self;
        write!(out, "AddDevice {{ {product_id:?} {node_id:?} {auth_type} .. }}")
    }
}

/// `auth_info` of an answer.
#[derive(Clone, Serialize, ToSchema)]
pub struct AuthInfo {
    /// `SECRET` or `CERTIFICATES`.
    pub auth_type: String,
    /// In clear only in the answer of AddDevice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The one beside it, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_secret: Option<String>,
    /// Of the device's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Of the certificate beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secondary_fingerprint: Option<String>,
    /// Whether only secure connections are accepted.
    pub secure_access: bool,
    /// Seconds to the first connection.
    pub timeout: i64,
}

impl fmt::Debug for AuthInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AuthInfo {{ {} .. }}", self.auth_type)
    }
}

/// A device as answered; a list leaves the last fields out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Device {
    /// The app it belongs to.
    pub app_id: String,
    /// That app's name.
    pub app_name: String,
    /// Its id.
    pub device_id: String,
    /// Its own id.
    pub node_id: String,
    /// Its gateway; a direct device is its own.
    pub gateway_id: String,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// `GATEWAY` or `ENDPOINT`.
    pub node_type: String,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The version of its firmware, as it told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fw_version: Option<String>,
    /// The version of its software, as it told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sw_version: Option<String>,
    /// The product it is one of.
    pub product_id: String,
    /// That product's name.
    pub product_name: String,
    /// `INACTIVE`, `ONLINE`, `OFFLINE`, `ABNORMAL`, `FROZEN`.
    pub status: String,
    /// How it proves itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_info: Option<AuthInfo>,
    /// Compact time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// Free JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_info: Option<Value>,
    /// Its tags, by their keys.
    pub tags: Vec<Tag>,
}

/// The answer of ListDevices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Devices {
    /// One page of them.
    pub devices: Vec<Device>,
    /// Which page.
    pub page: Page,
}
