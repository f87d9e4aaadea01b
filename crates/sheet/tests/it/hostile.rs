//! Files that want to harm their reader. All of this is refused in constant memory.

use crate::workbook::{container, file, read, read_bytes, sheet, table, worksheet};
use proptest::prelude::*;
use unlade_sheet::{At, Error, Format, Limits};

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn the_first_bytes_decide() {
    assert_eq!(Format::of(&table(&[])), Some(Format::Xlsx));
    assert_eq!(Format::of(include_bytes!("../fixtures/results.xls")), Some(Format::Xls));
    assert!(read_bytes(include_bytes!("../fixtures/results.xls")).is_ok());
    for bytes in [&b""[..], b"PK", b"device_id,name\n", b"<html>"] {
        assert_eq!(read_bytes(bytes), Err(Error::UnknownFormat));
    }
    assert!(matches!(read_bytes(b"PK\x03\x04 and nothing of a zip"), Err(Error::Damaged { .. })));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let bytes = table(&[&[Some("a")]]);
    let limits = Limits { file_bytes: bytes.len() as u64, ..Limits::default() };
    assert!(read(file(&bytes).path(), &limits).is_ok());
    let limits = Limits { file_bytes: limits.file_bytes - 1, ..limits };
    assert_eq!(read(file(&bytes).path(), &limits), Err(Error::FileTooLarge { limit: limits.file_bytes }));
}

#[test]
fn a_far_cell_costs_nothing() {
    let far = |cell: &str| {
        sheet(&format!(r#"<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{cell}"><v>1</v></c></row>"#))
    };
    let at = At { row: 1_048_576, column: 16_384 };
    assert_eq!(read_bytes(&far("XFD1048576")), Err(Error::TooManyColumns { at, limit: 64 }));
    let at = At { row: 1_048_577, column: 1 };
    assert_eq!(read_bytes(&far("A1048577")), Err(Error::BeyondLastRow { at }));
    assert_eq!(read_bytes(&far("A1048576")).unwrap()[1].0, 1_048_576);
}

#[test]
fn cells_must_be_in_order() {
    let cells = |first: &str, second: &str| {
        sheet(&format!(r#"<row><c r="{first}"><v>1</v></c><c r="{second}"><v>2</v></c></row>"#))
    };
    for (first, second, at) in [
        ("A2", "A1", At { row: 1, column: 1 }),
        ("B1", "A1", At { row: 1, column: 1 }),
        ("C7", "C7", At { row: 7, column: 3 }),
    ] {
        assert_eq!(read_bytes(&cells(first, second)), Err(Error::OutOfOrder { at }));
    }
}

#[test]
fn a_bomb_is_not_inflated() {
    let spaces = " ".repeat(2 << 20);
    let bomb = container(&[(SHEET, &worksheet(&spaces))]);
    assert_eq!(read_bytes(&bomb), Err(Error::Inflates));
    // An entry that the reader would never open counts too.
    let bomb = container(&[(SHEET, &worksheet("")), ("xl/media/image1.png", &spaces)]);
    assert_eq!(read_bytes(&bomb), Err(Error::Inflates));

    let patient = Limits { inflated_ratio: u64::MAX, ..Limits::default() };
    let file = file(&bomb);
    assert_eq!(read(file.path(), &patient), Err(Error::Blank));
    let one = Limits { part_bytes: 1 << 20, ..patient.clone() };
    assert_eq!(read(file.path(), &one), Err(Error::Inflates));
    let all = Limits { inflated_bytes: 2 << 20, ..patient };
    assert_eq!(read(file.path(), &all), Err(Error::Inflates));
}

#[test]
fn the_size_that_an_entry_states_is_not_believed() {
    let spaces = " ".repeat(2 << 20);
    let mut bomb = container(&[(SHEET, &worksheet("")), ("bomb", &spaces)]);
    let stated = u32::try_from(spaces.len()).unwrap().to_le_bytes();
    let lie = 7_u32.to_le_bytes();
    let mut lies = 0;
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == stated {
            bomb[at..at + 4].copy_from_slice(&lie);
            lies += 1;
        }
    }
    assert!(lies >= 2, "the local and the central header state it");
    assert!(matches!(read_bytes(&bomb), Err(Error::Inflates | Error::Damaged { .. })));
}

#[test]
fn entries_are_few_distinct_apart_and_plain() {
    let names: Vec<String> = (0..196).map(|index| format!("part{index}")).collect();
    let mut parts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let sheet = worksheet(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#);
    parts[0] = (SHEET, &sheet);
    assert!(read_bytes(&container(&parts)).is_ok());
    parts.push(("one more", ""));
    assert_eq!(read_bytes(&container(&parts)), Err(Error::Container));

    let mut twice = container(&[(SHEET, &sheet), ("xl/worksheets/sheet2.xml", &worksheet(""))]);
    let name = SHEET.len();
    for at in 0..twice.len() - name {
        if &twice[at..at + name] == b"xl/worksheets/sheet2.xml" {
            twice[at..at + name].copy_from_slice(SHEET.as_bytes());
        }
    }
    assert_eq!(read_bytes(&twice), Err(Error::Container));

    let mut encrypted = container(&[(SHEET, &sheet)]);
    for at in 0..encrypted.len() - 4 {
        match &encrypted[at..at + 4] {
            b"PK\x03\x04" => encrypted[at + 6] |= 1,
            b"PK\x01\x02" => encrypted[at + 8] |= 1,
            _ => {}
        }
    }
    assert_eq!(read_bytes(&encrypted), Err(Error::Encrypted));
}

#[test]
fn room_for_strings_that_are_only_stated_is_not_made() {
    let stating = |attributes: &str| {
        let cell = worksheet(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#);
        let strings = format!("<sst {attributes}><si><t>device_id</t></si></sst>");
        read_bytes(&container(&[(SHEET, &cell), ("xl/SharedStrings.xml", &strings)]))
    };
    // By Excel's count, by that of programs that count each use, and by one that is no number.
    for honest in
        ["", r#"uniqueCount="1""#, r#"count="100001" uniqueCount="6400064""#, r#"uniqueCount="many""#]
    {
        assert_eq!(stating(honest).unwrap(), [(1, vec!["device_id".to_owned()])], "{honest}");
    }
    for lie in [
        r#"uniqueCount="6400065""#,
        r#"count='1'uniqueCount = '007873941248665692273'"#,
        r#"uniqueCount="1" uniqueCount="768614336404564650""#,
    ] {
        assert!(matches!(stating(lie), Err(Error::Damaged { .. })), "{lie}");
    }
}

#[test]
fn a_zip_that_is_no_workbook_is_damaged() {
    assert!(matches!(read_bytes(&container(&[])), Err(Error::Damaged { .. } | Error::NoWorksheet)));
    let unclosed = container(&[(SHEET, "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c>")]);
    assert!(matches!(read_bytes(&unclosed), Err(Error::Damaged { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_file_is_read_or_refused(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = table(&[&[Some("device_id"), Some("name")], &[Some("d1"), Some("泵")]]);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn any_sheet_is_read_or_refused(
        cells in proptest::collection::vec(("[A-Z]{0,2}[0-9]{0,3}", "[0-9.eE-]{0,6}", "(s|str|b|e|d|n|inlineStr)"), 0..8),
    ) {
        let cells: String = cells
            .iter()
            .map(|(at, value, kind)| format!(r#"<c r="{at}" t="{kind}"><v>{value}</v></c>"#))
            .collect();
        let _ = read_bytes(&sheet(&format!("<row>{cells}</row>")));
    }
}
