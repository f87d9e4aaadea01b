//! Reads the spreadsheets that strangers upload, safely; the only user of `calamine`.
//!
//! ```text
//!   Upload::open ── starts ──▶ child::main ─ limits itself ─▶ read ─▶ guard ─▶ calamine
//!        ▲                                                     │
//!        └───────────── frames, one JSON line each ◀───────────┘
//! ```
//!
//! A spreadsheet of a few kilobytes can ask its reader for half a terabyte. Therefore a file is read only in a child
//! process with limits of its own ([`child`]), behind a guard that has counted every byte it inflates to, or, for an
//! xls, all that its cells ask to be held. What the parent holds is one row.
//!
//! **Invariant:** a file is either delivered whole, to its last row, or there is an error: nothing is cut, and a reader
//! that died never looks like the end of the file.
//!
//! What a column means is not known here; neither is who uploaded the file.

mod biff;
pub mod child;
mod error;
mod frame;
mod guard;
mod limits;
mod render;
pub mod results;
mod rows;
mod shared_strings;
mod upload;
mod watchdog;
mod workbook;

pub use error::{At, Error, Stop};
pub use guard::Format;
pub use limits::{Limits, UnknownArgument};
pub use upload::{Row, Upload};
pub use workbook::read;
