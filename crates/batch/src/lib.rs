//! The batch engine: expands a batch task into subtasks and executes them, chunk by chunk, each chunk's effects
//! and their records in one transaction. What a task can do is a [`Kind`] in `kinds`.

mod chunk;
mod columns;
mod downlink;
mod executor;
mod expand;
mod groups;
mod input;
mod kind;
mod kinds;
mod packages;
mod template;
mod turn;
mod upgrade;
mod verb;

pub use columns::{FileColumn, Help, header_fits, header_is_known};
pub use downlink::{Downlink, Nobody, Order};
pub use executor::Batches;
pub use expand::sheet_limits;
pub use kind::{Awaits, Effect, Kind, PackageType, Row, Task};
pub use kinds::{KINDS, kind, task_types};
pub use packages::package_ids;
pub use template::{Template, template};
