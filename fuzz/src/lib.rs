//! What the fuzz targets share: a bound on memory, and reading an upload under it.

pub mod memory;
pub mod upload;
