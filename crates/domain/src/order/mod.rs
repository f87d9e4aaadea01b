//! What a caller orders, from the JSON of a request or the cells of a row to checked values. Every field's
//! error is found at once, and each names its field.

mod add_device;
mod fields;
pub mod rule;

pub use add_device::add_device;
pub use fields::Fields;
