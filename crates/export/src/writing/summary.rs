//! What a person wants to know first of a file, line by line: what is exported, how many rows stand where, the
//! most frequent failures, what was not written as it is. How a line is written is its Format's matter.

use types::{Language, Word, time};

use crate::{
    encode::{Altered, Error},
    report::Report,
};

const SNAPSHOT: Word = Word::new("Snapshot time", "快照时间");
const ROWS: Word = Word::new("Rows", "总行数");
const IN_SNAPSHOT: Word = Word::new("Rows in the snapshot", "快照中的行数");
const BY_COUNTERS: Word = Word::new("Rows by the task's counters", "任务计数器中的行数");
const BY_STATUS: Word = Word::new("Rows by status", "各状态行数");
const FAILURES: Word = Word::new("Most frequent failures", "最常见的失败原因");
const ALTERED: Word = Word::new("Not written as it is", "未能原样写入的内容");
const CUT: Word = Word::new("Cells cut", "被截断的单元格");
const CONTINUED: Word = Word::new("Cells continued in sheet Overflow", "在Overflow表中续写的单元格");
const CLEANED: Word = Word::new("Cells with characters replaced", "有字符被替换的单元格");
const GUARDED: Word = Word::new("Cells with ' put before the text", "文本前加了'的单元格");
const ROWS_HASH: Word = Word::new("SHA-256 over the rows", "全部行的SHA-256");

/// What was altered, each with its words.
pub(crate) type Alterations<'a> = &'a [(Word, i64)];

/// What a workbook may alter.
pub(crate) fn in_cells(altered: Altered) -> [(Word, i64); 3] {
    [(CUT, altered.cut), (CONTINUED, altered.continued), (CLEANED, altered.cleaned)]
}

/// What a text that spreadsheet programs open may alter.
pub(crate) fn in_texts(altered: Altered) -> [(Word, i64); 1] {
    [(GUARDED, altered.guarded)]
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line<'a> {
    Blank,
    Heading(&'a str),
    Text(&'a str, &'a str),
    /// A label, a number, a remark.
    Count(&'a str, i64, &'a str),
}

/// What becomes of a line.
pub(crate) type Put<'p> = &'p mut dyn FnMut(Line<'_>) -> Result<(), Error>;

/// Hands the lines of a whole file to `put`. A Format that alters nothing has no `altered` to tell of.
pub(crate) fn totals(
    language: Language,
    report: &Report,
    altered: Alterations<'_>,
    put: Put<'_>,
) -> Result<(), Error> {
    let said = |word: Word| word.in_language(language);
    for fact in &report.facts {
        put(Line::Text(said(fact.label), &fact.value))?;
    }
    put(Line::Text(said(SNAPSHOT), &time::iso_ms(report.changed_ms)))?;
    // Equal, or the file would not be there: whoever doubts it can see what was compared.
    put(Line::Count(said(ROWS), report.rows, ""))?;
    put(Line::Count(said(IN_SNAPSHOT), report.counted, ""))?;
    if let Some(rows) = report.counters {
        put(Line::Count(said(BY_COUNTERS), rows, ""))?;
    }
    if !report.statuses.is_empty() {
        heading(said(BY_STATUS), put)?;
        for (status, count) in &report.statuses {
            put(Line::Count(status, *count, ""))?;
        }
    }
    if !report.failures.is_empty() {
        heading(said(FAILURES), put)?;
        for failure in &report.failures {
            put(Line::Count(&failure.code, failure.count, &failure.example))?;
        }
    }
    if !altered.is_empty() {
        heading(said(ALTERED), put)?;
        for (word, count) in altered {
            put(Line::Count(said(*word), *count, ""))?;
        }
    }
    heading(said(ROWS_HASH), put)?;
    put(Line::Text(&report.rows_sha256, ""))
}

fn heading(text: &str, put: Put<'_>) -> Result<(), Error> {
    put(Line::Blank)?;
    put(Line::Heading(text))
}
