//! The batch engine: expands a batch task into subtasks and executes them, chunk by chunk, each chunk's effects
//! and their records in one transaction. What a task can do is a [`Kind`] in `kinds`.

mod columns;
mod executor;
mod expand;
mod input;
mod kind;
mod kinds;
mod template;
mod verb;

pub use columns::{FileColumn, Help, header_fits, header_is_known};
pub use executor::Batches;
pub use expand::sheet_limits;
pub use kind::{Effect, Kind, Row};
pub use kinds::{KINDS, kind};
pub use template::{Template, template};
