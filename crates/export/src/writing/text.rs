//! What the Formats of text have in common: one entry with all the rows, and beside it `<name>-summary.csv`, for
//! a text has no room for a report that programs would not take for rows.

use std::fs::File;

use xls::{Codec, Deflated};

use super::{lines::Lines, summary, summary::Alterations};
use crate::{
    archive::Archive,
    encode::{Altered, Encoded, Error, Layout, Part},
    report::Report,
    row::Cell,
};

/// The entry that takes the rows.
pub(crate) struct TextEntry {
    pub(crate) layout: Layout,
    archive: Archive,
    name: String,
    rows: i64,
}

impl TextEntry {
    /// Begins the entry `<name>.<extension>`; answers what takes its bytes, too.
    pub(crate) fn begin(
        layout: Layout,
        mut archive: Archive,
        extension: &str,
    ) -> Result<(Self, Deflated<File>), Error> {
        let name = format!("{}.{extension}", layout.name);
        let out = Deflated::new(archive.begin(&name)?, Codec::DEFLATE)?;
        Ok((Self { layout, archive, name, rows: 0 }, out))
    }

    /// Counts a row, which must have a cell a column.
    pub(crate) fn count(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        self.layout.check(cells)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the entry and adds the summary.
    pub(crate) fn end(
        mut self,
        out: Deflated<File>,
        report: &Report,
        altered: Altered,
        told: Alterations<'_>,
    ) -> Result<Encoded, Error> {
        let finished = out.finish()?;
        let sha256 = self.archive.end(finished.crc32, finished.len, finished.raw_len)?;
        let mut lines = Lines::new(Vec::new())?;
        summary::totals(self.layout.language, report, told, &mut |line| lines.summary(line))?;
        self.archive.add(&format!("{}-summary.csv", self.layout.name), &lines.finish()?)?;
        let part = Part { name: self.name, rows: self.rows, sha256 };
        Ok(Encoded { archive: self.archive, parts: vec![part], altered })
    }
}
