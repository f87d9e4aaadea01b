//! The registry of Formats.

mod csv;
mod jsonl;
mod xls;
mod xlsx;

use crate::{Format, encode::Error};

/// Every way to write a file.
pub const FORMATS: &[&dyn Format] = &[&xls::Xls, &xlsx::Xlsx, &csv::Csv, &jsonl::Jsonl];

/// The Format of an `export_format`.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

impl From<::xls::Error> for Error {
    fn from(error: ::xls::Error) -> Self {
        match error {
            ::xls::Error::Io(error) => Error::Io(error),
            limit => Error::Limit(limit.to_string()),
        }
    }
}
