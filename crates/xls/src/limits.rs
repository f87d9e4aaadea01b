//! Every limit of the format, each with its reason. It holds numbers only; who refuses and how is in `error`.

/// Rows of a sheet, header included: BIFF8 keeps a row's number in 16 bits.
pub const ROWS_MAX: u32 = 65_536;

/// Columns of a sheet: Excel 97 to 2003 refuses a file that uses a 257th.
pub const COLUMNS_MAX: usize = 256;

/// UTF-16 units of one cell's text, as Excel defines a cell.
pub const TEXT_UNITS_MAX: usize = 32_767;

/// UTF-16 units of a sheet's name, as Excel defines a tab.
pub const SHEET_NAME_UNITS_MAX: usize = 31;

/// The widest column, in characters.
pub const WIDTH_MAX: u16 = 255;

/// Sheets for which a workbook reserves room if nothing else is asked for.
pub const SHEETS_DEFAULT: usize = 20;

/// The most sheets that room can be reserved for: their reserve must fit into the first string record.
pub const SHEETS_MAX: usize = 64;

/// Bytes of the `.xls`, allocation tables aside, after which no row is taken. A version 3 compound file must
/// stay under 2 GiB; its tables and the sheets' ends have 32 MiB, and one last row its own length.
pub const RAW_LEN_MAX: u64 = (2 << 30) - (32 << 20) - ROW_RAW_MAX;

/// What the longest row can take: 256 cells of 32,767 two-byte units with their record headers.
pub(crate) const ROW_RAW_MAX: u64 = 17 << 20;

/// Data bytes of one BIFF8 record.
pub(crate) const RECORD_LEN_MAX: usize = 8_224;

/// Raw bytes of one compressed piece: long enough that cutting costs about 1 % of size, short enough that a
/// buffer a sheet costs little.
pub(crate) const PIECE_LEN: usize = 256 << 10;
