//! A workbook to be written, made of any bytes: texts, numbers of rows, widths, columns of few values, sheets.
//!
//! Long texts and many rows take few bytes, so that the ends of records and of pieces are reached.

use std::io::Cursor;

use arbitrary::{Arbitrary, Result, Unstructured};
use xls::{Cell, Codec, Column, Error, Finished, Workbook};

/// Of all texts of a workbook together: enough for several pieces of 256 KiB.
const UNITS: usize = 1 << 19;
/// Of all sheets together.
const CELLS: usize = 30_000;
const NAMES: [&str; 6] = ["Results", "结果", "a b", "x'y", "😀", "Ünder_score"];
/// One byte and two a unit, a pair, what is cleaned, what looks like a formula, ends of lines.
const CHARACTERS: [char; 14] =
    ['x', ' ', '\t', '\n', '\r', 'é', 'ÿ', 'Ā', '设', '😀', '=', '\'', '\u{1}', '\u{FFFF}'];

/// What is written, in the order in which it is.
#[derive(Debug)]
pub struct Book {
    /// In the order in which they are added.
    pub sheets: Vec<Sheet>,
    /// The one that becomes the first tab.
    pub first: usize,
    /// Rows, each with the sheet that it belongs to.
    pub rows: Vec<(usize, Vec<Value>)>,
}

/// A sheet before its rows.
#[derive(Debug)]
pub struct Sheet {
    /// The tab.
    pub name: String,
    /// Whether the titles are written.
    pub header: bool,
    /// A title, a width, and whether the values are few. An odd width wraps its texts.
    pub columns: Vec<(String, u16, bool)>,
}

/// One cell.
#[derive(Clone, Debug)]
pub enum Value {
    /// None.
    Empty,
    /// A text, perhaps too long or with what no file may hold.
    Text(String),
    /// The same in bold.
    Bold(String),
    /// Perhaps more digits than a number keeps.
    Int(i64),
    /// Perhaps not finite.
    Number(f64),
    /// A truth.
    Bool(bool),
}

impl<'a> Arbitrary<'a> for Book {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let sheets =
            (0..bytes.int_in_range(1..=5)?).map(|index| sheet(index, bytes)).collect::<Result<Vec<_>>>()?;
        let first = bytes.choose_index(sheets.len())?;
        let (mut rows, mut units, mut cells) = (Vec::new(), 0, 0);
        while !bytes.is_empty() && units < UNITS && cells < CELLS {
            let index = bytes.choose_index(sheets.len())?;
            let row = row(sheets[index].columns.len(), bytes)?;
            // Few rows are repeated, but those often.
            for _ in 0..=u16::from(bytes.arbitrary::<u8>()?).saturating_sub(192) * 8 {
                units += row.iter().map(Value::units).sum::<usize>();
                cells += row.len() + 1;
                rows.push((index, row.clone()));
                if units > UNITS || cells > CELLS {
                    break;
                }
            }
        }
        Ok(Self { sheets, first, rows })
    }
}

fn sheet(index: usize, bytes: &mut Unstructured<'_>) -> Result<Sheet> {
    let name = format!("{}{index}", bytes.choose(&NAMES)?);
    let header = bytes.arbitrary()?;
    let count = if bytes.ratio(1, 32)? { 256 } else { bytes.int_in_range(0..=9)? };
    let columns = (0..count).map(|_| Ok((title(bytes)?, bytes.int_in_range(0..=300)?, bytes.arbitrary()?)));
    Ok(Sheet { name, header, columns: columns.collect::<Result<_>>()? })
}

/// A title is refused, not cleaned.
fn title(bytes: &mut Unstructured<'_>) -> Result<String> {
    Ok(text(bytes)?
        .chars()
        .filter(|character| xls::is_clean(character.encode_utf8(&mut [0; 4])))
        .take(300)
        .collect())
}

fn row(columns: usize, bytes: &mut Unstructured<'_>) -> Result<Vec<Value>> {
    (0..bytes.int_in_range(0..=columns)?).map(|_| Value::arbitrary(bytes)).collect()
}

impl<'a> Arbitrary<'a> for Value {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match bytes.int_in_range(0..=9)? {
            0 => Self::Empty,
            1 => Self::Bold(text(bytes)?),
            2 => Self::Int(bytes.arbitrary()?),
            3 => Self::Int(i64::from(bytes.arbitrary::<i32>()?)),
            4 => Self::Number(bytes.arbitrary()?),
            5 => Self::Number(f64::from(bytes.arbitrary::<i32>()?) / 100.0),
            6 => Self::Bool(bytes.arbitrary()?),
            _ => Self::Text(text(bytes)?),
        })
    }
}

fn text(bytes: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..bytes.int_in_range(0..=3)? {
        if bytes.arbitrary()? {
            text += bytes.arbitrary::<&str>()?;
        } else {
            let character = *bytes.choose(&CHARACTERS)?;
            text.extend(std::iter::repeat_n(character, length(bytes)?));
        }
    }
    Ok(text)
}

/// Short, around the end of a record of 8,224 bytes, or anything up to more than a cell.
fn length(bytes: &mut Unstructured<'_>) -> Result<usize> {
    match bytes.int_in_range(0..=4)? {
        0 => bytes.int_in_range(4_090..=4_120),
        1 => bytes.int_in_range(8_190..=8_240),
        2 => bytes.int_in_range(0..=33_000),
        _ => bytes.int_in_range(0..=40),
    }
}

impl Value {
    fn units(&self) -> usize {
        match self {
            Self::Text(text) | Self::Bold(text) => text.len(),
            _ => 0,
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(text) => Cell::Text(text),
            Self::Bold(text) => Cell::Bold(text),
            Self::Int(int) => Cell::Int(*int),
            Self::Number(number) => Cell::Number(*number),
            Self::Bool(truth) => Cell::Bool(*truth),
        }
    }
}

impl Sheet {
    /// Every second sheet that can have filter arrows has them; no input is spent on that.
    fn has_arrows(&self) -> bool {
        self.header && self.columns.first().is_some_and(|(_, width, _)| width % 4 < 2)
    }
}

/// Where a workbook is written to.
pub type Memory = Cursor<Vec<u8>>;

impl Book {
    /// Writes it.
    pub fn write(&self, codec: Codec) -> std::result::Result<Finished<Memory>, Error> {
        let mut book = Workbook::new(Memory::default(), Memory::default(), codec)?;
        let mut ids = Vec::new();
        for sheet in &self.sheets {
            let columns: Vec<Column> = sheet.columns.iter().map(column).collect();
            ids.push(if sheet.header {
                book.add_sheet(&sheet.name, &columns)?
            } else {
                book.add_sheet_without_header(&sheet.name, &columns)?
            });
        }
        for (id, _) in ids.iter().zip(&self.sheets).filter(|(_, sheet)| sheet.has_arrows()) {
            book.add_filter(*id)?;
        }
        book.move_first(ids[self.first])?;
        for (sheet, row) in &self.rows {
            book.row(ids[*sheet], &row.iter().map(Value::cell).collect::<Vec<_>>())?;
        }
        book.finish()
    }
}

fn column((title, width, few_valued): &(String, u16, bool)) -> Column {
    let column = Column::new(title).width(*width);
    let column = if width % 2 == 1 { column.wrapped() } else { column };
    if *few_valued { column.few_valued() } else { column }
}
