//! What the child tells its parent: one JSON object a line, and their order.
//!
//! ```text
//! {"header":["device_id", ...]}        once
//! {"row":2,"cells":["d1", ...]}        any number
//! {"end":{"rows":1}}                   once, and then nothing; or at any time, and then nothing:
//! {"error":{"code":"...", ...}}
//! ```

use crate::{Error, Limits};
use serde::{Deserialize, Serialize};

/// One line. `C` is a list of cells, borrowed where it is written and owned where it is read.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Frame<C> {
    /// The first row.
    Header { header: C },
    /// A row below it, with its number in the sheet.
    Row { row: u32, cells: C },
    /// The file was read to its end.
    End { end: End },
    /// It was not.
    Error { error: Error },
}

/// The last frame of a file that was read whole.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct End {
    /// How many row frames there were.
    pub(crate) rows: u64,
}

/// How long a line can be: every cell at its limit, every byte as `\u0000`.
pub(crate) fn line_bytes_max(limits: &Limits) -> u64 {
    const ESCAPED: u64 = 6;
    const QUOTES_AND_COMMA: u64 = 3;
    const REST: u64 = 4096;
    limits
        .cell_bytes
        .saturating_mul(ESCAPED)
        .saturating_add(QUOTES_AND_COMMA)
        .saturating_mul(limits.columns)
        .saturating_add(REST)
}
