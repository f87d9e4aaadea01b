//! What the fuzz targets share: a bound on memory, reading an upload under it, and workbooks that are written and read.

pub mod book;
pub mod memory;
pub mod read;
pub mod upload;
