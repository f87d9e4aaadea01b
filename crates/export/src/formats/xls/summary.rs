//! The `Summary` sheet: the first tab, written last, when everything is counted. Of several workbooks the last
//! one tells the totals; the others say so.

use std::fs::File;

use types::{Language, Word, time};
use xls::{Cell, Column, Workbook};

use crate::{
    encode::{Altered, Error, Layout},
    report::Report,
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
const SNAPSHOT: Word = Word::new("Snapshot time", "快照时间");
const ROWS: Word = Word::new("Rows", "总行数");
const BY_STATUS: Word = Word::new("Rows by status", "各状态行数");
const FAILURES: Word = Word::new("Most frequent failures", "最常见的失败原因");
const ALTERED: Word = Word::new("Not written as it is", "未能原样写入的内容");
const CUT: Word = Word::new("Cells cut", "被截断的单元格");
const CONTINUED: Word = Word::new("Cells continued in sheet Overflow", "在Overflow表中续写的单元格");
const CLEANED: Word = Word::new("Cells with characters replaced", "有字符被替换的单元格");
const ROWS_HASH: Word = Word::new("SHA-256 over the rows", "全部行的SHA-256");

struct Lines<'w> {
    workbook: &'w mut Workbook<File, File>,
    sheet: xls::SheetId,
    language: Language,
}

impl Lines<'_> {
    fn heading(&mut self, word: Word) -> Result<(), Error> {
        self.workbook.row(self.sheet, &[])?;
        self.workbook.row(self.sheet, &[Cell::Bold(word.in_language(self.language))])?;
        Ok(())
    }

    fn text(&mut self, label: &str, value: &str) -> Result<(), Error> {
        self.workbook.row(self.sheet, &[Cell::Text(label), Cell::Text(value)])?;
        Ok(())
    }

    fn fact(&mut self, label: Word, value: &str) -> Result<(), Error> {
        self.text(label.in_language(self.language), value)
    }

    fn count(&mut self, label: &str, count: i64, remark: &str) -> Result<(), Error> {
        self.workbook.row(self.sheet, &[Cell::Text(label), Cell::Int(count), Cell::Text(remark)])?;
        Ok(())
    }

    fn counted(&mut self, label: Word, count: i64) -> Result<(), Error> {
        self.count(label.in_language(self.language), count, "")
    }
}

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
    let mut lines = Lines { workbook, sheet, language: layout.language };
    if part.number > 1 || !part.is_last {
        lines.counted(PART, part.number as i64)?;
        lines.counted(PART_ROWS, part.rows)?;
    }
    match report {
        Some(report) => totals(&mut lines, report, altered),
        None => lines.fact(ELSEWHERE, IN_THE_LAST.in_language(layout.language)),
    }
}

fn totals(lines: &mut Lines<'_>, report: &Report, altered: Altered) -> Result<(), Error> {
    for fact in &report.facts {
        lines.fact(fact.label, &fact.value)?;
    }
    lines.fact(SNAPSHOT, &time::iso_ms(report.changed_ms))?;
    lines.counted(ROWS, report.rows)?;
    if !report.statuses.is_empty() {
        lines.heading(BY_STATUS)?;
        for (status, count) in &report.statuses {
            lines.count(status, *count, "")?;
        }
    }
    if !report.failures.is_empty() {
        lines.heading(FAILURES)?;
        for failure in &report.failures {
            lines.count(&failure.code, failure.count, &failure.example)?;
        }
    }
    lines.heading(ALTERED)?;
    lines.counted(CUT, altered.cut)?;
    lines.counted(CONTINUED, altered.continued)?;
    lines.counted(CLEANED, altered.cleaned)?;
    lines.heading(ROWS_HASH)?;
    lines.text(&report.rows_sha256, "")
}
