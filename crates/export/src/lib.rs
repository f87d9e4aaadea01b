//! The export engine: snapshot, rows, encode, zip, publish, settle. `attempt` is that sentence as code.
//!
//! What can be exported is a [`Source`] in `sources`, how it is written a [`Format`] in `formats`: one folder
//! each and one line in its registry. A Source never sees a file, a Format never sees a store.

pub mod archive;
mod attempt;
mod complete;
pub mod encode;
mod formats;
mod hashing;
mod manifest;
mod pour;
pub mod report;
pub mod row;
pub mod source;
mod sources;
mod writing;

pub use attempt::{Exports, Outcome};
pub use encode::Format;
pub use formats::{FORMATS, format};
pub use source::Source;
pub use sources::{SOURCES, source};
