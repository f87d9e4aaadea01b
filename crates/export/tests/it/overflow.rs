//! Texts that are too long for a cell.

use crate::written::outputs;
use unlade_export::encode::Altered;

/// UTF-16 units of a cell, and what is kept of a text.
const CELL: usize = 32_767;
const MEBIBYTE: usize = 1 << 20;

#[test]
fn a_text_too_long_for_its_cell_goes_on_in_the_overflow_sheet() {
    let (fits, longer) = ("x".repeat(CELL), "设".repeat(2 * CELL + 1));
    let written = outputs(&[&fits, &longer, "short"]);
    let results = written.sheet("Results");
    assert!(results[1][2] == fits && results[2][2] == "设".repeat(CELL) && results[3][2] == "short");
    let overflow = written.sheet("Overflow");
    assert_eq!(overflow[0], ["results_sheet", "row", "column", "part", "text"]);
    let long = "设".repeat(CELL);
    assert!(overflow[1] == ["1", "3", "3", "2", &long] && overflow[2] == ["1", "3", "3", "3", "设"]);
    assert_eq!(overflow.len(), 3);
    assert_eq!(written.altered, Altered { cut: 0, continued: 1, cleaned: 0, guarded: 0 });
    assert_eq!(written.summary()["Cells continued in sheet Overflow"], "1");
}

#[test]
fn no_overflow_sheet_is_made_for_texts_that_fit() {
    let written = outputs(&[&"😀".repeat(CELL / 2), ""]);
    assert_eq!(calamine::Reader::sheet_names(&written.open()), ["Summary", "Results"]);
    assert_eq!(written.altered, Altered::default());
}

#[test]
fn a_pair_that_meets_the_end_of_a_cell_goes_on_whole() {
    let text = format!("{}😀y", "x".repeat(CELL - 1));
    let written = outputs(&[&text]);
    assert!(written.sheet("Results")[1][2] == "x".repeat(CELL - 1));
    assert_eq!(written.sheet("Overflow")[1][4], "😀y");
}

#[test]
fn a_text_is_cut_behind_a_mebibyte_and_reported() {
    let kept = MEBIBYTE.div_ceil(CELL) * CELL;
    let (whole, cut) = ("x".repeat(kept), "y".repeat(kept + 1));
    let written = outputs(&[&whole, &cut]);
    assert_eq!(written.altered, Altered { cut: 1, continued: 1, cleaned: 0, guarded: 0 });
    let summary = written.summary();
    assert_eq!((&*summary["Cells cut"], &*summary["Cells continued in sheet Overflow"]), ("1", "1"));
    let overflow = written.sheet("Overflow");
    let of = |row: &str| -> usize {
        overflow.iter().filter(|line| line[1] == row).map(|line| line[4].len()).sum()
    };
    assert_eq!((of("2"), of("3")), (kept - CELL, kept - CELL));
}

#[test]
fn a_character_replaced_only_in_the_overflow_sheet_is_counted_all_the_same() {
    let (before, behind) = ("\0".to_owned() + &"x".repeat(CELL), "x".repeat(CELL) + "\0");
    let both = "\0".to_owned() + &"x".repeat(CELL) + "\0";
    let written = outputs(&[&before, &behind, &both]);
    assert_eq!(written.sheet("Overflow")[2][4], "\u{FFFD}");
    assert_eq!(written.altered, Altered { cut: 0, continued: 3, cleaned: 3, guarded: 0 });
    assert_eq!(written.summary()["Cells with characters replaced"], "3");
}
