//! The orders that change a device: one reader for the body of UpdateDevice and for the row of an updateDevices file.

use types::device::{SecretType, UpdateDevice};

use super::{Fields, add_device::extension_info, rule};

/// Reads what is changed about a device. What is not given stays as it is.
pub fn update_device(fields: &mut Fields<'_>) -> UpdateDevice {
    let auth = fields.within("auth_info", |auth| {
        (auth.boolean("secure_access"), auth.int("timeout", 0, i64::from(i32::MAX)))
    });
    let (secure_access, timeout) = auth.unwrap_or_default();
    UpdateDevice {
        device_name: fields.text("device_name", rule::DEVICE_NAME),
        description: fields.text("description", rule::TEXT2048),
        extension_info: extension_info(fields),
        secure_access,
        timeout,
    }
}

/// Reads which secret is made anew, and what it is to be if it is given.
pub fn new_secret(fields: &mut Fields<'_>) -> (SecretType, Option<String>) {
    // Accepted, and nothing more to do: a connection proves itself once, when it is made.
    fields.boolean("force_disconnect");
    let types = SecretType::ALL.map(|it| (it.as_str(), it));
    let secret_type = fields.word("secret_type", &types).unwrap_or(SecretType::Primary);
    (secret_type, fields.text("secret", rule::SECRET))
}
