//! What a caller orders, from the JSON of a request or the cells of a row to checked values. Every field's
//! error is found at once, and each names its field. What the readers read, they tell themselves ([`asked_beside`]).

mod add_device;
mod asked;
mod downlink;
mod fields;
mod ota_package;
mod pattern;
pub mod rule;
mod shadow;
mod tags;
mod update_device;

pub use add_device::add_device;
pub use asked::{Field, Object, Shape, asked_beside};
pub use downlink::{SendAsyncCommand, SendMessage, packages, send_async_command, send_command, send_message};
pub use fields::Fields;
pub use ota_package::{PACKAGE_TYPES, ota_package, upload_of};
pub use shadow::shadow;
pub use tags::{resource_id, tag_keys, tags, tags_sought};
pub use update_device::{new_secret, update_device};
