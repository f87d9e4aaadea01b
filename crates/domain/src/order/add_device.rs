//! The order to add a device: one reader for the body of AddDevice and for the row of a createDevices file, so
//! that both refuse the same things in the same words.

use types::{device::AddDevice, text};

use super::{Fields, rule, shadow};

/// Most bytes of `extension_info`.
const EXTENSION_BYTES_MAX: usize = 1024;

/// Reads the fields of a device.
pub fn add_device(fields: &mut Fields<'_>) -> AddDevice {
    let auth = fields.within("auth_info", auth_info).unwrap_or_default();
    let order = AddDevice {
        device_id: fields.text("device_id", rule::ID128),
        node_id: fields.required_text("node_id", rule::NODE_ID),
        product_id: fields.required_text("product_id", rule::ID36),
        device_name: fields.text("device_name", rule::DEVICE_NAME),
        description: fields.text("description", rule::TEXT2048),
        gateway_id: fields.text("gateway_id", rule::ID128),
        auth_type: auth.auth_type,
        secret: auth.secret,
        fingerprint: auth.fingerprint,
        secure_access: auth.secure_access,
        timeout: auth.timeout,
        extension_info: extension_info(fields),
        shadow: shadow(fields).unwrap_or_default(),
    };
    if order.device_id.is_none() && order.node_id.contains(':') {
        fields.wrong(
            "node_id",
            text!("may hold a colon only if device_id is given", "仅在携带device_id时可以包含冒号（:）"),
        );
    }
    order
}

struct Auth {
    auth_type: String,
    secret: Option<String>,
    fingerprint: Option<String>,
    secure_access: bool,
    timeout: i64,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            auth_type: "SECRET".to_owned(),
            secret: None,
            fingerprint: None,
            secure_access: true,
            timeout: 0,
        }
    }
}

fn auth_info(fields: &mut Fields<'_>) -> Auth {
    let kinds = [("SECRET", "SECRET"), ("CERTIFICATES", "CERTIFICATES")];
    let auth_type = fields.word("auth_type", &kinds).unwrap_or("SECRET");
    Auth {
        auth_type: auth_type.to_owned(),
        secret: fields.text("secret", rule::SECRET),
        fingerprint: fields.text("fingerprint", rule::FINGERPRINT),
        secure_access: fields.boolean("secure_access").unwrap_or(true),
        timeout: fields.int("timeout", 0, i64::from(i32::MAX)).unwrap_or(0),
    }
}

pub(super) fn extension_info(fields: &mut Fields<'_>) -> Option<serde_json::Value> {
    fields.object("extension_info", EXTENSION_BYTES_MAX)
}
