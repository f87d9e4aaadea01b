//! What must hold for a file before `calamine` sees it. An xls needs more than a check: [`crate::biff`].
//!
//! Sizes that a container states are not believed: every entry is inflated once, into nothing, and its bytes are counted.
//! Names of entries are never used as paths. The guard looks inside one entry alone: [`shared_strings`].

use crate::{Error, Limits, shared_strings};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use zip::ZipArchive;

/// Entries up to this size may inflate by any ratio: a tiny file of one repeated tag is no bomb.
const RATIO_FREE_BYTES: u64 = 1024 * 1024;

/// The format of a file, by its first bytes; its name is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Office Open XML: a zip.
    Xlsx,
    /// BIFF in an OLE2 container; also an xlsx that is protected by a password.
    Xls,
}

impl Format {
    /// Recognises the format.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        const ZIP: &[u8] = b"PK\x03\x04";
        const OLE2: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        match bytes {
            _ if bytes.starts_with(ZIP) => Some(Self::Xlsx),
            _ if bytes.starts_with(OLE2) => Some(Self::Xls),
            _ => None,
        }
    }
}

/// Reads the file into memory, if it is small enough. What is checked and what is parsed are then the same bytes, whatever
/// happens to the file meanwhile.
pub(crate) fn load(path: &Path, limits: &Limits) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(|error| Error::io(&error))?;
    let mut bytes = Vec::new();
    file.take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(&error))?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Error::FileTooLarge { limit: limits.file_bytes });
    }
    Ok(bytes)
}

/// Checks the container of an xlsx.
pub(crate) fn check_xlsx(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Error::damaged(&error))?;
    // Two entries of one name: this crate and calamine might not take the same one. Entries that overlap: the oldest bomb.
    let ambiguous = archive.has_duplicate_names()
        || archive.has_overlapping_entries().map_err(|error| Error::damaged(&error))?;
    if ambiguous || archive.len() as u64 > limits.entries {
        return Err(Error::Container);
    }
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        left -= inflated(&mut archive, index, left, limits)?;
    }
    shared_strings::check(&mut archive, limits)
}

/// Counts what one entry inflates to; stops at the first byte that is too many.
fn inflated(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
    limits: &Limits,
) -> Result<u64, Error> {
    if archive.by_index_raw(index).map_err(|error| Error::damaged(&error))?.encrypted() {
        return Err(Error::Encrypted);
    }
    let entry = archive.by_index(index).map_err(|error| Error::damaged(&error))?;
    let ratio_bytes = entry.compressed_size().saturating_mul(limits.inflated_ratio).max(RATIO_FREE_BYTES);
    let allowed = left.min(limits.part_bytes).min(ratio_bytes);
    let counted = io::copy(&mut entry.take(allowed.saturating_add(1)), &mut io::sink())
        .map_err(|error| Error::damaged(&error))?;
    if counted > allowed { Err(Error::Inflates) } else { Ok(counted) }
}
