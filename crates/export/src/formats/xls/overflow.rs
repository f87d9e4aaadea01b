//! The `Overflow` sheet: what a cell could not hold of a text goes on here, in as many rows as it takes, up to
//! [`TEXT_BYTES_MAX`]. Beyond that, or when the sheet is full, the text is cut, counted and reported.

use std::fs::File;

use types::Language;
use xls::{SheetId, Workbook, fit, is_clean};

use crate::{
    encode::{Altered, Error},
    row::Cell,
};

/// How much of one text is kept.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The sheet, made when it is first needed.
#[derive(Default)]
pub(super) struct Overflow(Option<SheetId>);

impl Overflow {
    /// Continues the texts of a row that did not fit; answers what became of them, but for what was cleaned in
    /// their own cells, which is counted already. Sheet and row are counted as a person sees them, from 1.
    pub(super) fn take(
        &mut self,
        workbook: &mut Workbook<File, File>,
        language: Language,
        [sheet, row]: [usize; 2],
        cells: &[Cell<'_>],
    ) -> Result<Altered, Error> {
        let mut altered = Altered::default();
        let place = [sheet.to_string(), row.to_string()];
        for (column, cell) in cells.iter().enumerate() {
            let text = cell.text().unwrap_or_default();
            let xls::Fit { text: begun, mut rest } = fit(text);
            if rest.is_empty() {
                continue;
            }
            let column = (column + 1).to_string();
            let (mut part, mut cleaned) = (2, false);
            while !rest.is_empty() && text.len() - rest.len() < TEXT_BYTES_MAX {
                let id = self.sheet(workbook, language)?;
                if workbook.rows_left(id) == 0 {
                    break;
                }
                let piece = fit(rest);
                let number = part.to_string();
                let line = [&place[0], &place[1], &column, &number, piece.text]
                    .map(|text: &str| xls::Cell::Text(text));
                cleaned |= workbook.row(id, &line)?.cleaned > 0;
                rest = piece.rest;
                part += 1;
            }
            altered.cut += i64::from(!rest.is_empty());
            altered.continued += i64::from(rest.is_empty());
            altered.cleaned += i64::from(cleaned && is_clean(begun));
        }
        Ok(altered)
    }

    fn sheet(&mut self, workbook: &mut Workbook<File, File>, language: Language) -> Result<SheetId, Error> {
        if let Some(id) = self.0 {
            return Ok(id);
        }
        let titles = match language {
            Language::English => ["results_sheet", "row", "column", "part", "text"],
            Language::Chinese => ["结果表序号", "行", "列", "片段", "文本"],
        };
        let columns = titles.map(xls::Column::new);
        let id = workbook.add_sheet("Overflow", &columns)?;
        self.0 = Some(id);
        Ok(id)
    }
}
