//! OLE2 containers: takes the workbook's stream out of one, and puts a stream into a new one.

mod open;
mod wrap;

pub(super) use open::workbook;
pub(super) use wrap::wrap;

/// Sectors of the allocation table that the header itself can name, and where.
const HEADER_TABLES: usize = 109;
const HEADER_TABLES_AT: usize = 76;
/// Streams below this size lie in mini sectors.
const MINI_BELOW: usize = 4096;
/// The size of an entry of the directory.
const ENTRY: usize = 128;
/// In place of an entry's number.
const NO_ENTRY: u32 = 0xFFFF_FFFF;
/// In place of the next sector's number.
const END: u32 = 0xFFFF_FFFE;
