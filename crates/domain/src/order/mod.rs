//! What a caller orders, from the JSON of a request or the cells of a row to checked values. Every field's
//! error is found at once, and each names its field.

mod add_device;
mod downlink;
mod fields;
mod ota_package;
pub mod rule;
mod shadow;
mod tags;
mod update_device;

pub use add_device::add_device;
pub use downlink::{SendAsyncCommand, SendMessage, packages, send_async_command, send_command, send_message};
pub use fields::Fields;
pub use ota_package::{PACKAGE_TYPES, ota_package, upload_of};
pub use shadow::shadow;
pub use tags::{resource_id, tag_keys, tags, tags_sought};
pub use update_device::{new_secret, update_device};
