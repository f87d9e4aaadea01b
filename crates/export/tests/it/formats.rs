//! One suite for every registered Format: what it writes, a library that did not write it reads, cell by cell.

use std::path::Path;

use proptest::{collection::vec, prelude::*};
use types::Language;
use unlade_export::{
    FORMATS,
    encode::{Altered, Error},
    row::{Cell, Column},
};

use crate::{
    reading::rows,
    written::{COLUMNS, Row, Written, write, write_in},
};

/// Texts that something could do harm to.
fn texts() -> Vec<String> {
    let long = ["x".repeat(32_767), "设".repeat(32_768), "😀".repeat(16_384), "y😀".repeat(30_000)];
    let short = [
        "",
        " ",
        "  两边有空格  ",
        "tab\tline\nreturn\rboth\r\nend",
        "\t",
        "\n",
        "\r",
        "设备，中文",
        "é ß 𝄞 😀",
        "\"quoted\", 'and', not",
        "<b>&amp;</b> ]]> <![CDATA[",
        "_x0041_ _x005F_ _xzzzz_ _x00e9_",
        "=1+1",
        "+86 10",
        "-5",
        "@sum",
        "＝全角",
        "'=1+1",
        "\tafter a tab",
        "0042",
        "891e3",
        "1.50",
        "TRUE",
        "2026-11-24T00:00:00.000Z",
        "null",
        "\u{7F}\u{85}\u{A0}\u{2028}",
        "a\u{FEFF}mark",
        "\\u0041 \\n",
        "{\"a\":[1,null]}",
        "\0",
        "a\u{1}b\u{1F}",
        "\u{FFFE}\u{FFFF}",
        "\u{FFFD}",
        "]]>",
        "&#65;",
        "%00",
        "a,b;c|d",
    ];
    short.into_iter().map(str::to_owned).chain(long).collect()
}

/// Each text in each column, others beside it.
fn edge_rows(texts: &[String]) -> Vec<Row<'_>> {
    let row = |text| {
        [
            [Cell::Text("id"), text, Cell::Empty],
            [text, Cell::Empty, text],
            [Cell::Empty, Cell::Text(""), text],
        ]
    };
    let all = [Cell::Empty; 3];
    texts.iter().flat_map(|text| row(Cell::Text(text))).chain([all, [Cell::Text("last"); 3]]).collect()
}

fn written(export_format: &str, language: Language, rows: &[Row<'_>]) -> Written {
    write(export_format, language, |take| rows.iter().for_each(take)).unwrap()
}

/// What a Format makes of a text, and what it counts of it.
fn expected(export_format: &str, text: &str) -> (String, Altered) {
    let too_long = text.encode_utf16().count() > 32_767;
    let in_cells = Altered { continued: i64::from(too_long), ..Altered::default() };
    match export_format {
        "xls" | "xlsx" => {
            let clean: String = text.chars().map(|c| if may_stand(c) { c } else { '\u{FFFD}' }).collect();
            let cleaned = i64::from(clean != text);
            (clean, Altered { cleaned, ..in_cells })
        }
        "csv" if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) => {
            (format!("'{text}"), Altered { guarded: 1, ..Altered::default() })
        }
        _ => (text.to_owned(), Altered::default()),
    }
}

fn may_stand(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[test]
fn every_row_and_every_cell_comes_back() {
    let texts = texts();
    judge(&edge_rows(&texts));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_texts_come_they_come_back(texts in vec(text(), 0..20)) {
        judge(&edge_rows(&texts));
    }
}

/// Texts with more of what is special somewhere than chance would give.
fn text() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-z0-9 =+@'\",;-]{1,3}",
        "_x[0-9A-Fa-f]{3,5}_?",
        "[<>&\t\r\n_]",
        "[\u{0}-\u{1F}\u{FFF0}-\u{FFFF}]",
    ];
    // calamine takes a mark at the beginning of a text of an .xls for the mark of its encoding.
    vec(parts, 0..6).prop_map(|parts| parts.concat().trim_start_matches('\u{FEFF}').to_owned())
}

/// Writes the rows in every Format and compares what another library reads.
fn judge(given: &[Row<'_>]) {
    for format in FORMATS {
        let name = format.name();
        let written = written(name, Language::English, given);
        let found = rows(name, &written, COLUMNS);
        assert_eq!(found[0], ["target", "status", "output"], "{name}");
        let mut altered = Altered::default();
        for (number, (row, found)) in given.iter().zip(&found[1..]).enumerate() {
            for (cell, found) in row.iter().zip(found) {
                let (text, counted) = expected(name, cell.text().unwrap_or_default());
                assert!(*found == text, "{name}, row {number}: {found:?} is not {text:?}");
                altered += counted;
            }
        }
        assert_eq!(found.len() - 1, given.len(), "{name}");
        assert_eq!(written.altered, altered, "{name}");
    }
}

#[test]
fn parts_hold_all_rows_and_are_sealed() {
    for format in FORMATS {
        for count in [0, 1, 1_000] {
            let given = vec![[Cell::Text("id"), Cell::Text("Success"), Cell::Empty]; count];
            let written = written(format.name(), Language::English, &given);
            assert_eq!(written.parts.iter().map(|part| part.rows).sum::<i64>(), count as i64);
            for part in &written.parts {
                assert_eq!(part.sha256, sha256(&written.entry(&part.name)), "{}", part.name);
            }
            assert_eq!(rows(format.name(), &written, COLUMNS).len(), count + 1, "{}", format.name());
        }
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let texts = texts();
    let given = edge_rows(&texts);
    for format in FORMATS {
        for language in [Language::English, Language::Chinese] {
            let [one, other] = [(); 2].map(|()| written(format.name(), language, &given).zip);
            assert!(one == other, "{}", format.name());
        }
    }
}

/// How many files a directory and those in it hold.
fn files(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn a_file_that_is_given_up_midway_leaves_nothing() {
    use blob::Blobs;
    use unlade_export::{archive::Archive, encode::Layout};
    for format in FORMATS {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let layout = Layout { name: "task".to_owned(), language: Language::English, columns: COLUMNS };
        let scratch = || blobs.scratch().map_err(std::io::Error::other);
        let archive = Archive::new(blobs.stage().unwrap(), 0);
        let mut encoder = format.encoder(layout, archive, &scratch).unwrap();
        let long = "x".repeat(100_000);
        for _ in 0..100 {
            encoder.row(&[Cell::Text("id"), Cell::Text("Success"), Cell::Text(&long)]).unwrap();
        }
        drop(encoder);
        assert_eq!(files(dir.path()), 0, "{}", format.name());
    }
}

/// The most columns that a Format takes, if it has a limit.
fn columns_max(export_format: &str) -> usize {
    match export_format {
        "xls" => 256,
        "xlsx" => 16_384,
        _ => usize::MAX,
    }
}

#[test]
fn more_columns_than_a_format_has_are_a_limit_and_leave_nothing() {
    for count in [256, 300, 16_384, 16_385] {
        let columns: &[Column] = vec![Column::new("column", "列", 10); count].leak();
        for format in FORMATS {
            let dir = tempfile::tempdir().unwrap();
            let row = vec![Cell::Text("x"); count];
            let made = write_in(dir.path(), format.name(), Language::English, columns, |take| take(&row));
            match made {
                Ok(_) => assert!(count <= columns_max(format.name()), "{} took {count}", format.name()),
                Err(Error::Limit(why)) => {
                    assert!(count > columns_max(format.name()), "{} refused {count}: {why}", format.name());
                    assert!(why.contains(&columns_max(format.name()).to_string()), "{why}");
                }
                Err(other) => panic!("{}: {other}", format.name()),
            }
            assert_eq!(files(dir.path()), 0, "{}", format.name());
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_line_of_jsonl_has_every_column_in_its_order_and_null_for_nothing() {
    let rows = [[Cell::Text("a\"\n设"), Cell::Empty, Cell::Text("")]];
    let written = written("jsonl", Language::Chinese, &rows);
    let text = String::from_utf8(written.entry("task.jsonl")).unwrap();
    assert_eq!(text, "{\"target\":\"a\\\"\\n设\",\"status\":null,\"output\":\"\"}\n");
}

#[test]
fn titles_are_in_the_language_of_the_task_where_people_read_them() {
    let given = [[Cell::Text("t"), Cell::Text("s"), Cell::Text("o")]];
    for name in ["xls", "xlsx", "csv"] {
        let found = rows(name, &written(name, Language::Chinese, &given), COLUMNS);
        assert_eq!(found, [["目标", "状态", "输出"], ["t", "s", "o"]], "{name}");
    }
}

#[test]
fn a_file_of_text_has_its_summary_beside_it() {
    let rows = [[Cell::Text("=1"), Cell::Text("Success"), Cell::Text("-")]];
    let summary = |name| {
        let entry = written(name, Language::English, &rows).entry("task-summary.csv");
        String::from_utf8(entry).unwrap()
    };
    let csv = summary("csv");
    assert!(csv.starts_with("\u{FEFF}Snapshot time,2020-08-12T12:12:12.333Z,\r\nRows,1,\r\n"), "{csv}");
    assert!(csv.contains("\r\nCells with ' put before the text,2,\r\n"), "{csv}");
    assert!(!summary("jsonl").contains("Not written as it is"));
}

#[test]
fn only_what_the_cloud_has_is_left_when_it_is_not_to_be_exceeded() {
    let cloud: Vec<_> = FORMATS.iter().filter(|format| !format.goes_beyond_the_cloud()).collect();
    assert_eq!(cloud.iter().map(|format| format.name()).collect::<Vec<_>>(), ["xls"]);
}
