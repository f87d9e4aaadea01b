//! One way to write rows into a file.
//!
//! To add one: a folder in `formats` with a type that implements [`Format`], and a line in `formats::FORMATS`.

use std::{fs::File, io, ops::AddAssign};

use types::Language;

use crate::{
    archive::{self, Archive},
    report::Report,
    row::{Cell, Column},
};

/// What a file is about, before its first row.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The name of the file, without what its format adds.
    pub name: String,
    /// The language of its headers.
    pub language: Language,
    /// Its columns.
    pub columns: &'static [Column],
}

impl Layout {
    /// Refuses a row that has not one cell a column.
    pub(crate) fn check(&self, cells: &[Cell<'_>]) -> Result<(), Error> {
        let columns = self.columns.len();
        if cells.len() == columns {
            return Ok(());
        }
        Err(Error::Limit(format!("a row of {} cells under {columns} columns", cells.len())))
    }
}

/// Makes files without a name for what need not outlive an encoder.
pub type Scratch<'a> = &'a dyn Fn() -> io::Result<File>;

/// One way to write rows into a file.
pub trait Format: Sync {
    /// Its `export_format`.
    fn name(&self) -> &'static str;

    /// Whether the cloud does not have it, so that a strict server refuses it.
    fn goes_beyond_the_cloud(&self) -> bool;

    /// Begins a file in `archive`.
    fn encoder<'a>(
        &self,
        layout: Layout,
        archive: Archive,
        scratch: Scratch<'a>,
    ) -> Result<Box<dyn Encoder + 'a>, Error>;
}

/// One file being written. Memory is bounded by a constant, however many rows come.
pub trait Encoder {
    /// Takes the next row.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error>;

    /// Ends the file, with `report` in it where people look first.
    fn finish(self: Box<Self>, report: &Report) -> Result<Encoded, Error>;
}

/// A file that has been written.
pub struct Encoded {
    /// The archive, which still takes entries.
    pub archive: Archive,
    /// The parts of the file.
    pub parts: Vec<Part>,
    /// What was not written as it is.
    pub altered: Altered,
}

/// One entry that holds rows.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in the archive.
    pub name: String,
    /// Its rows.
    pub rows: i64,
    /// Its SHA-256, in hex, as it is when taken out of the archive.
    pub sha256: String,
}

/// What was not written as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Altered {
    /// Cells whose text was too long even for the overflow, and so was cut.
    pub cut: i64,
    /// Cells whose text continues in the overflow.
    pub continued: i64,
    /// Cells in which a character that no file may hold was replaced.
    pub cleaned: i64,
    /// Cells whose text a `'` was put before, lest it be taken for a formula.
    pub guarded: i64,
}

impl AddAssign for Altered {
    fn add_assign(&mut self, more: Self) {
        self.cut += more.cut;
        self.continued += more.continued;
        self.cleaned += more.cleaned;
        self.guarded += more.guarded;
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A limit of the format was met.
    #[error("{0}")]
    Limit(String),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Error {
    /// Whether another attempt would end the same way: a limit was met, not a disk.
    pub fn is_final(&self) -> bool {
        match self {
            Error::Limit(_) => true,
            Error::Archive(error) => matches!(error, archive::Error::TooLarge),
            Error::Io(_) => false,
        }
    }

    /// Whether the disk was full.
    pub fn is_full(&self) -> bool {
        match self {
            Error::Archive(archive::Error::Io(error)) | Error::Io(error) => blob::is_full(error),
            _ => false,
        }
    }
}
