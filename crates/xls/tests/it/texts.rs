//! Texts, above all where they meet the end of a record.

use unlade_xls::{Cell, Codec, Written, fit};

use crate::written::{columns, finish, one_column, sheet, text, workbook};

/// Lengths around the ends of records of 8,224 bytes, of two of them, and of a cell.
const LENGTHS: [usize; 32] = [
    0, 1, 2, 3, 255, 256, 4_106, 4_107, 4_108, 4_109, 4_110, 4_111, 4_112, 4_113, 8_209, 8_210, 8_211, 8_215,
    8_216, 8_217, 8_218, 8_219, 8_220, 8_221, 8_222, 8_223, 8_224, 8_225, 8_228, 16_440, 32_766, 32_767,
];

fn check(texts: &[&str]) {
    let file = one_column(texts);
    let range = sheet(&file, "S");
    for (row, expected) in (0..).zip(texts) {
        let found = text(&range, row, 0);
        assert!(found == **expected, "row {row} of {} bytes differs", expected.len());
    }
}

#[test]
fn every_length_and_alphabet_survives_the_ends_of_records() {
    let mut texts = Vec::new();
    for length in LENGTHS {
        for alphabet in ["abcdef<>&\"',;\n\t\r", "éüñß¿ÿ", "设备任务结果", "a😀𝄞设", "😀"]
        {
            let characters = alphabet.chars().cycle().take(length);
            texts.push(fit(&characters.collect::<String>()).text.to_owned());
        }
    }
    check(&texts.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn strings_begin_at_every_distance_from_the_end_of_a_record() {
    // A first string of each length moves the ones behind it over the end of the first record byte by byte.
    for tail in ["", "x", "xyz", "é", "设备", "😀", "😀😀"] {
        let room = 8_224 - 8 - 3 - 20 * 121 - 100;
        for length in room - 40..room + 8 {
            let long = "a".repeat(length);
            check(&[&long, tail, "b", tail, "é"]);
        }
    }
}

#[test]
fn a_long_text_is_cut_between_characters_and_reported() {
    let mut workbook = workbook(Codec::Plain);
    let sheet_id = workbook.add_sheet_without_header("S", &columns(3)).unwrap();
    let (ascii, pairs) = ("x".repeat(32_768), "😀".repeat(16_384));
    let cells = [Cell::Text(&ascii), Cell::Text("fits"), Cell::Bold(&pairs)];
    assert_eq!(workbook.row(sheet_id, &cells).unwrap(), Written { cut: 2, cleaned: 0 });
    let range = sheet(&finish(workbook), "S");
    assert!(text(&range, 0, 0) == ascii[..32_767]);
    assert!(text(&range, 0, 2) == "😀".repeat(16_383));
}

#[test]
fn what_no_file_may_hold_is_replaced_and_reported_in_each_cell() {
    let mut workbook = workbook(Codec::Plain);
    let few_valued: Vec<_> = columns(4).into_iter().map(unlade_xls::Column::few_valued).collect();
    let sheet_id = workbook.add_sheet_without_header("S", &few_valued).unwrap();
    let row =
        [Cell::Text("a\0b"), Cell::Text("\u{1b}[0m设"), Cell::Text("\t\n\r\u{7f}"), Cell::Text("\u{FFFF}é")];
    for _ in 0..2 {
        assert_eq!(workbook.row(sheet_id, &row).unwrap(), Written { cut: 0, cleaned: 3 });
    }
    let range = sheet(&finish(workbook), "S");
    for row in 0..2 {
        assert_eq!(text(&range, row, 0), "a\u{FFFD}b");
        assert_eq!(text(&range, row, 1), "\u{FFFD}[0m设");
        assert_eq!(text(&range, row, 2), "\t\n\r\u{7f}");
        assert_eq!(text(&range, row, 3), "\u{FFFD}é");
    }
}

#[test]
fn text_like_a_formula_stays_text_and_is_marked() {
    let texts = ["=1+1", "+49 30", "-5", "@sum", "=cmd|' /C calc'!A0", "'quoted", " =no"];
    check(&texts);
    let file = one_column(&texts);
    // LABELSST of row 0 with the quoted format, of the last row with the plain one; no FORMULA record.
    let holds = |record: &[u8]| file.windows(record.len()).any(|window| window == record);
    assert!(holds(&[0xFD, 0, 10, 0, 0, 0, 0, 0, 17, 0]));
    assert!(holds(&[0xFD, 0, 10, 0, 6, 0, 0, 0, 16, 0]));
    // And format 17 is a cell's, with number format `@` and the quote bit.
    assert!(holds(&[0xE0, 0, 20, 0, 0, 0, 49, 0, 0x09, 0x00]));
}

#[test]
fn repeats_are_written_once_and_others_each_time() {
    let write = |few_valued: bool| {
        let mut workbook = workbook(Codec::Plain);
        let column = unlade_xls::Column::new("status");
        let column = if few_valued { column.few_valued() } else { column };
        let id = workbook.add_sheet("S", &[column]).unwrap();
        for n in 0..5_000 {
            workbook.row(id, &[Cell::Text(["Success", "失败", "Timeout"][n % 3])]).unwrap();
        }
        finish(workbook)
    };
    let (once, each) = (write(true), write(false));
    assert!(once.len() + 40_000 < each.len());
    for file in [once, each] {
        let range = sheet(&file, "S");
        assert_eq!((text(&range, 1, 0), text(&range, 4_997, 0)), ("Success".into(), "失败".into()));
    }
}
