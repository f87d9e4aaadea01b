//! The `Summary` sheet: the first tab, written last, when everything is counted. Of several workbooks the last
//! one tells the totals; the others say so.

use std::fs::File;

use types::Word;
use xls::{Cell, Column, SheetId, Workbook};

use crate::{
    encode::{Altered, Error, Layout},
    report::Report,
    writing::summary::{Line, in_cells, totals},
};

/// Which workbook of the file this is.
pub(super) struct PartOf {
    /// Counted from 1.
    pub(super) number: usize,
    /// Its own rows.
    pub(super) rows: i64,
    /// Whether no other follows.
    pub(super) is_last: bool,
}

const PART: Word = Word::new("Workbook", "工作簿序号");
const PART_ROWS: Word = Word::new("Rows in this workbook", "本工作簿行数");
const ELSEWHERE: Word = Word::new("Totals", "合计");
const IN_THE_LAST: Word = Word::new("in the last workbook", "见最后一个工作簿");

/// Adds the sheet to a workbook that has all its rows.
pub(super) fn write(
    workbook: &mut Workbook<File, File>,
    layout: &Layout,
    part: &PartOf,
    report: Option<&Report>,
    altered: Altered,
) -> Result<(), Error> {
    // Numbers stand at the right end of the second column, so it is narrow; a longer text runs on over the third,
    // which is empty beside it.
    let columns = [Column::new("").width(36), Column::new("").width(12), Column::new("").width(64)];
    let sheet = workbook.add_sheet_without_header("Summary", &columns)?;
    workbook.move_first(sheet)?;
    let said = |word: Word| word.in_language(layout.language);
    let put = &mut |line: Line<'_>| write_line(workbook, sheet, line);
    if part.number > 1 || !part.is_last {
        put(Line::Count(said(PART), part.number as i64, ""))?;
        put(Line::Count(said(PART_ROWS), part.rows, ""))?;
    }
    match report {
        Some(report) => totals(layout.language, report, &in_cells(altered), put),
        None => put(Line::Text(said(ELSEWHERE), said(IN_THE_LAST))),
    }
}

fn write_line(workbook: &mut Workbook<File, File>, sheet: SheetId, line: Line<'_>) -> Result<(), Error> {
    match line {
        Line::Blank => workbook.row(sheet, &[])?,
        Line::Heading(text) => workbook.row(sheet, &[Cell::Bold(text)])?,
        Line::Text(label, text) => workbook.row(sheet, &[Cell::Text(label), Cell::Text(text)])?,
        Line::Count(label, count, remark) => {
            workbook.row(sheet, &[Cell::Text(label), Cell::Int(count), Cell::Text(remark)])?
        }
    };
    Ok(())
}
