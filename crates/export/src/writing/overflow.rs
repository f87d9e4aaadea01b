//! What a cell could not hold of a text goes on in a sheet `Overflow`, in as many rows as it takes, up to
//! [`TEXT_BYTES_MAX`]. Beyond that, or when the sheet is full, the text is cut, counted and reported.

use types::Language;
use xls::{Fit, fit, is_clean};

use crate::{
    encode::{Altered, Error},
    row::Cell,
};

/// Its name.
pub(crate) const SHEET: &str = "Overflow";
/// How much of one text is kept.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// The titles of the sheet.
pub(crate) fn titles(language: Language) -> [&'static str; 5] {
    match language {
        Language::English => ["results_sheet", "row", "column", "part", "text"],
        Language::Chinese => ["结果表序号", "行", "列", "片段", "文本"],
    }
}

/// What became of a line.
pub(crate) enum Put {
    Written {
        /// Whether a character was replaced.
        cleaned: bool,
    },
    /// The sheet is full.
    Full,
}

/// Hands the lines to `put` in which the texts of a row go on that did not fit; answers what became of them, but
/// for what was cleaned in their own cells, which is counted already. Sheet and row are counted as a person sees
/// them, from 1.
pub(crate) fn go_on(
    [sheet, row]: [usize; 2],
    cells: &[Cell<'_>],
    put: &mut dyn FnMut([&str; 5]) -> Result<Put, Error>,
) -> Result<Altered, Error> {
    let mut altered = Altered::default();
    let place = [sheet.to_string(), row.to_string()];
    for (column, cell) in cells.iter().enumerate() {
        let text = cell.text().unwrap_or_default();
        let Fit { text: begun, mut rest } = fit(text);
        if rest.is_empty() {
            continue;
        }
        let column = (column + 1).to_string();
        let (mut part, mut cleaned) = (2, false);
        while !rest.is_empty() && text.len() - rest.len() < TEXT_BYTES_MAX {
            let piece = fit(rest);
            let number = part.to_string();
            match put([&place[0], &place[1], &column, &number, piece.text])? {
                Put::Written { cleaned: now } => cleaned |= now,
                Put::Full => break,
            }
            rest = piece.rest;
            part += 1;
        }
        altered.cut += i64::from(!rest.is_empty());
        altered.continued += i64::from(rest.is_empty());
        altered.cleaned += i64::from(cleaned && is_clean(begun));
    }
    Ok(altered)
}
