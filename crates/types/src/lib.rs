//! The words of the wire: v5 structs and enums, the IOTDA error catalogue, 24-hex ids and the two time
//! formats. Nothing here decides anything; rules live in `domain`, statuses in `api`.

pub mod app;
pub mod batch_file;
pub mod batch_task;
pub mod code;
pub mod device;
pub mod device_group;
pub mod export_task;
pub mod fault;
pub mod id;
mod language;
pub mod ota_package;
pub mod page;
pub mod product;
pub mod shadow;
pub mod tag;
mod text;
pub mod time;

pub use code::Code;
pub use fault::Fault;
pub use id::RecordId;
pub use language::{Language, Word};
pub use text::Text;
