//! The registry of Formats.

mod xls;

use crate::Format;

/// Every way to write a file.
pub const FORMATS: &[&dyn Format] = &[&xls::Xls];

/// The Format of an `export_format`.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
