//! The XML of one sheet, row by row. A row costs no allocation and no formatting: what stands before a cell's text
//! is prepared by column, the row's number is counted up as digits.

use std::io::Write;

use xls::{fit, looks_like_formula};

use super::{
    escape::{self, Needs},
    strings::{Shared, Strings},
};
use crate::encode::Error;

/// Rows of a sheet, header included.
pub(super) const ROWS_MAX: u32 = 1_048_576;
/// Columns of a sheet.
pub(super) const COLUMNS_MAX: usize = 16_384;

/// One cell. All that is text has the number format `@`.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Bold(&'a str),
    Int(i64),
}

/// What a sheet's column is.
pub(super) struct Column<'a> {
    pub(super) title: &'a str,
    pub(super) width: u16,
    /// Whether its texts repeat.
    pub(super) few_valued: bool,
}

impl<'a> Column<'a> {
    pub(super) fn new(title: &'a str, width: u16) -> Self {
        Self { title, width, few_valued: false }
    }
}

/// What happened to the texts of a row.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    /// Cells whose text did not fit.
    pub(super) cut: u32,
    /// Cells in which a character was replaced.
    pub(super) cleaned: u32,
}

/// What is prepared for a column.
struct Prepared {
    /// What a cell begins with, up to the number of its row.
    beginning: String,
    few_valued: bool,
    /// The text that came last, if it repeats, and its place.
    last: Option<(String, Shared)>,
}

/// A sheet being written.
pub(super) struct Sheet<W> {
    out: W,
    columns: Vec<Prepared>,
    header: bool,
    rows: u32,
    /// The number of the latest row.
    digits: Vec<u8>,
}

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
);
const FROZEN: &str = concat!(
    r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
    r#"<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>"#,
);

impl<W: Write> Sheet<W> {
    /// Begins a sheet with its titles, bold, as a first row that stays in view; a sheet whose columns have none
    /// has no such row.
    pub(super) fn new(mut out: W, columns: &[Column<'_>], strings: &mut Strings<'_>) -> Result<Self, Error> {
        let header = columns.iter().any(|column| !column.title.is_empty());
        let frozen = if header { FROZEN } else { "" };
        // The first tab, which is the summary, is the one that is shown.
        let selected = if header { "" } else { r#" tabSelected="1""# };
        write!(
            out,
            r#"{HEAD}<sheetViews><sheetView{selected} workbookViewId="0">{frozen}</sheetView></sheetViews>"#
        )?;
        write_widths(&mut out, columns)?;
        out.write_all(b"<sheetData>")?;
        let prepared = columns.iter().enumerate().map(|(number, column)| Prepared {
            beginning: format!(r#"<c r="{}"#, letters(number)),
            few_valued: column.few_valued,
            last: None,
        });
        let mut sheet = Self { out, columns: prepared.collect(), header, rows: 0, digits: vec![b'0'] };
        if header {
            sheet.row(columns.iter().map(|column| Cell::Bold(column.title)), strings)?;
        }
        Ok(sheet)
    }

    /// Rows so far, header included.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Where its bytes go.
    pub(super) fn out(&self) -> &W {
        &self.out
    }

    /// Appends a row, which has no more cells than there are columns.
    pub(super) fn row<'c>(
        &mut self,
        cells: impl Iterator<Item = Cell<'c>>,
        strings: &mut Strings<'_>,
    ) -> Result<Written, Error> {
        self.rows += 1;
        count_up(&mut self.digits);
        self.out.write_all(br#"<row r=""#)?;
        self.out.write_all(&self.digits)?;
        self.out.write_all(br#"">"#)?;
        let mut written = Written::default();
        let Self { out, columns, digits, .. } = self;
        for (column, cell) in columns.iter_mut().zip(cells) {
            match cell {
                Cell::Empty | Cell::Text("") | Cell::Bold("") => continue,
                Cell::Int(number) => {
                    begin(out, column, digits)?;
                    write!(out, r#"" s="5"><v>{number}</v></c>"#)?;
                }
                Cell::Text(text) => {
                    write_text(out, column, digits, text, Style::Text, strings, &mut written)?;
                }
                Cell::Bold(text) => {
                    write_text(out, column, digits, text, Style::Bold, strings, &mut written)?;
                }
            }
        }
        self.out.write_all(b"</row>")?;
        Ok(written)
    }

    /// Ends the sheet, with filter arrows at its titles and without a warning at every id that looks like a number;
    /// gives the output back.
    pub(super) fn finish(mut self) -> Result<W, Error> {
        self.out.write_all(b"</sheetData>")?;
        if let Some(area) = self.filtered() {
            write!(
                self.out,
                r#"<autoFilter ref="{area}"/><ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors>"#
            )?;
        }
        self.out.write_all(b"</worksheet>")?;
        Ok(self.out)
    }

    /// The area below the titles, if there are such.
    pub(super) fn filtered(&self) -> Option<String> {
        let last = letters(self.columns.len().checked_sub(1)?);
        self.header.then(|| format!("A1:{last}{}", self.rows))
    }
}

fn write_widths(out: &mut impl Write, columns: &[Column<'_>]) -> Result<(), Error> {
    if columns.is_empty() {
        return Ok(());
    }
    out.write_all(b"<cols>")?;
    for (number, Column { width, .. }) in (1..).zip(columns) {
        write!(out, r#"<col min="{number}" max="{number}" width="{width}" customWidth="1"/>"#)?;
    }
    out.write_all(b"</cols>")?;
    Ok(())
}

/// Cell formats by their index in `styles.xml`; the one behind a format is the same with the quote prefix, which
/// keeps a text a text when somebody edits it.
#[derive(Clone, Copy)]
enum Style {
    Text,
    Bold,
    /// A text that goes on elsewhere.
    Marked,
}

impl Style {
    /// From the end of the row's number up to the type of the cell.
    fn attribute(self, text: &str) -> &'static [u8] {
        match (self, looks_like_formula(text)) {
            (Style::Text, false) => br#"" s="1" t=""#,
            (Style::Text, true) => br#"" s="2" t=""#,
            (Style::Bold, false) => br#"" s="3" t=""#,
            (Style::Bold, true) => br#"" s="4" t=""#,
            (Style::Marked, false) => br#"" s="6" t=""#,
            (Style::Marked, true) => br#"" s="7" t=""#,
        }
    }
}

fn begin(out: &mut impl Write, column: &Prepared, digits: &[u8]) -> Result<(), Error> {
    out.write_all(column.beginning.as_bytes())?;
    out.write_all(digits)?;
    Ok(())
}

#[inline]
fn write_text(
    out: &mut impl Write,
    column: &mut Prepared,
    digits: &[u8],
    text: &str,
    style: Style,
    strings: &mut Strings<'_>,
    written: &mut Written,
) -> Result<(), Error> {
    let fit = fit(text);
    let is_cut = !fit.rest.is_empty();
    let style = if is_cut { Style::Marked } else { style };
    written.cut += u32::from(is_cut);
    let text = fit.text;
    begin(out, column, digits)?;
    out.write_all(style.attribute(text))?;
    if column.few_valued
        && let Some(shared) = repeated(column, text, strings)?
    {
        return refer(out, shared, written);
    }
    match escape::needs(text) {
        Needs::Underscores => refer(out, strings.add(text)?, written),
        needs => write_inline(out, text, needs, written),
    }
}

fn write_inline(out: &mut impl Write, text: &str, needs: Needs, written: &mut Written) -> Result<(), Error> {
    out.write_all(if escape::has_outer_space(text) {
        br#"inlineStr"><is><t xml:space="preserve">"#
    } else {
        br#"inlineStr"><is><t>"#
    })?;
    if needs == Needs::Nothing {
        out.write_all(text.as_bytes())?;
    } else {
        written.cleaned += u32::from(escape::write(text, out)?);
    }
    out.write_all(b"</t></is></c>")?;
    Ok(())
}

/// The place of a text of a column whose texts repeat, most often the one before.
fn repeated(column: &mut Prepared, text: &str, strings: &mut Strings<'_>) -> Result<Option<Shared>, Error> {
    if let Some((last, shared)) = &column.last
        && last == text
    {
        return Ok(Some(*shared));
    }
    let found = strings.repeated(text)?;
    if let Some(shared) = found {
        let (last, place) = column.last.get_or_insert_with(|| (String::new(), shared));
        last.clear();
        last.push_str(text);
        *place = shared;
    }
    Ok(found)
}

fn refer(out: &mut impl Write, shared: Shared, written: &mut Written) -> Result<(), Error> {
    written.cleaned += u32::from(shared.cleaned);
    out.write_all(br#"s"><v>"#)?;
    out.write_all(shared.index())?;
    out.write_all(b"</v></c>")?;
    Ok(())
}

/// The name of a column, counted from 0.
fn letters(number: usize) -> String {
    let last = char::from(b'A' + (number % 26) as u8);
    match number / 26 {
        0 => last.to_string(),
        before => letters(before - 1) + &last.to_string(),
    }
}

/// Adds 1 to a number of decimal digits.
fn count_up(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_people_know_them() {
        let named = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (number, name) in named {
            assert_eq!(letters(number), name);
        }
    }

    #[test]
    fn rows_are_counted_as_numbers_are() {
        let mut digits = vec![b'0'];
        for number in 1..20_000 {
            count_up(&mut digits);
            assert_eq!(digits, number.to_string().as_bytes());
        }
    }
}
