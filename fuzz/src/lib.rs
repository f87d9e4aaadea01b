//! What the fuzz targets share: a bound on memory, reading an upload under it, the parts of its body, and workbooks that are written and read.

pub mod book;
pub mod memory;
pub mod multipart;
pub mod read;
pub mod upload;

#[path = "../../crates/api/src/pieces.rs"]
#[allow(dead_code, reason = "what else takes a body is not fuzzed")]
mod pieces;

/// Included, not depended on: below that crate lies the whole store, which need not be instrumented.
#[path = "../../crates/api/src/batch_files"]
mod batch_files {
    mod pace;
    pub(crate) mod parts;
}
