//! The `Overflow` sheet of a workbook, made when it is first needed.

use std::fs::File;

use types::Language;
use xls::{SheetId, Workbook};

use crate::{
    encode::{Altered, Error},
    row::Cell,
    writing::overflow::{Put, SHEET, go_on, titles},
};

/// The sheet, if there is one.
#[derive(Default)]
pub(super) struct Overflow(Option<SheetId>);

impl Overflow {
    /// Continues the texts of a row that did not fit, as [`go_on`] says.
    pub(super) fn take(
        &mut self,
        workbook: &mut Workbook<File, File>,
        language: Language,
        place: [usize; 2],
        cells: &[Cell<'_>],
    ) -> Result<Altered, Error> {
        go_on(place, cells, &mut |line| {
            let sheet = self.sheet(workbook, language)?;
            if workbook.rows_left(sheet) == 0 {
                return Ok(Put::Full);
            }
            let written = workbook.row(sheet, &line.map(xls::Cell::Text))?;
            Ok(Put::Written { cleaned: written.cleaned > 0 })
        })
    }

    fn sheet(&mut self, workbook: &mut Workbook<File, File>, language: Language) -> Result<SheetId, Error> {
        if let Some(id) = self.0 {
            return Ok(id);
        }
        let id = workbook.add_sheet(SHEET, &titles(language).map(xls::Column::new))?;
        self.0 = Some(id);
        Ok(id)
    }
}
