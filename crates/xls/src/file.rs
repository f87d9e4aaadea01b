//! Workbooks by the path of their file. It opens files; what is in them is the workbook's matter.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::codec::Codec;
use crate::error::Error;
use crate::workbook::Workbook;

impl Workbook<File, File> {
    /// Begins a workbook of up to [`SHEETS_DEFAULT`](crate::SHEETS_DEFAULT) sheets in the file at `path`, which
    /// is replaced if it is there, and is a workbook only after [`Workbook::finish`].
    ///
    /// The cells, 14 bytes each, wait in a file `<path>.spool`, whose name is removed at once: whatever happens,
    /// the system takes it back. [`Workbook::new`] takes a spool from elsewhere, and other codecs.
    ///
    /// # Errors
    /// [`Error::Io`], also if `<path>.spool` is there already.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("report.xls");
    /// use unlade_xls::{Cell, Column, Workbook};
    ///
    /// let mut workbook = Workbook::create(&path)?;
    /// let sheet = workbook.add_sheet("Results", &[Column::new("id")])?;
    /// workbook.row(sheet, &[Cell::Text("0042")])?;
    /// workbook.finish()?;
    /// # assert_eq!(std::fs::read_dir(dir.path())?.count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let spool = open_spool(path)?;
        let out = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        Self::new(out, spool, Codec::Plain)
    }
}

/// A new file beside `path` that nobody else sees and that nobody needs to remove.
fn open_spool(path: &Path) -> Result<File, Error> {
    let mut name = OsString::from(path);
    name.push(".spool");
    let name = PathBuf::from(name);
    let spool = File::options().read(true).write(true).create_new(true).open(&name)?;
    fs::remove_file(&name)?;
    Ok(spool)
}
