//! `.xls` files that want to harm their reader. All of this is refused before anything large is allocated.

use crate::biff::{BIFF8, book, cell, file, label, long, number, record, shared, stream, table};
use crate::workbook::{read, read_bytes};
use proptest::prelude::*;
use types::Language;
use unlade_sheet::{At, Error, Format, Limits};

const RESULTS: &[u8] = include_bytes!("../fixtures/results.xls");

fn damaged(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    match outcome {
        Err(Error::Damaged { reason }) => reason.in_language(Language::English).to_owned(),
        other => panic!("not damaged: {other:?}"),
    }
}

fn sheet(records: Vec<Vec<u8>>) -> Result<usize, Error> {
    read_bytes(&book(&[], records)).map(|lines| lines.len())
}

#[test]
fn a_far_cell_costs_nothing() {
    let far = |at| sheet(vec![label((0, 0), "a"), label(at, "far away")]);
    let at = At { row: 65_536, column: 256 };
    assert_eq!(far((65_535, 255)), Err(Error::TooManyColumns { at, limit: 64 }));
    let at = At { row: 65_536, column: 65_536 };
    assert_eq!(far((65_535, 65_535)), Err(Error::TooManyColumns { at, limit: 64 }));
    assert_eq!(far((65_535, 0)), Ok(2));
}

#[test]
fn the_size_that_a_sheet_states_is_not_believed() {
    let dimensions =
        [&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0], &[255, 0], &[0, 0]].concat();
    assert_eq!(sheet(vec![record(0x0200, &dimensions), label((0, 0), "a")]), Ok(1));
    assert_eq!(sheet(vec![record(0x0200, &[]), label((0, 0), "a")]), Ok(1));
}

#[test]
fn a_text_that_many_cells_share_counts_for_each() {
    let text = "泵".repeat(1365);
    let many = |rows| (0..rows).map(|row| shared((row, 0), 0)).collect::<Vec<_>>();
    let bytes = |rows| book(&[table(&[&text])], many(rows));
    assert_eq!(read_bytes(&bytes(2)).unwrap().len(), 2);
    let bomb = bytes(60_000);
    assert!(bomb.len() < 1 << 20, "{} bytes ask for {}", bomb.len(), 60_000 * 4095);
    assert_eq!(read_bytes(&bomb), Err(Error::Inflates));
}

#[test]
fn a_table_of_nothing_but_empty_texts_counts_too() {
    let empty = record(0x003C, &[0; 8190]);
    let globals: Vec<_> = std::iter::once(record(0x00FC, &[0; 8])).chain(vec![empty; 50]).collect();
    let file = crate::workbook::file(&book(&globals, vec![label((0, 0), "a")]));
    assert!(read(file.path(), &Limits::default()).is_ok());
    let limits = Limits { memory_bytes: 8 << 20, ..Limits::default() };
    assert_eq!(read(file.path(), &limits), Err(Error::Inflates));
}

#[test]
fn a_table_of_crumbs_is_not_put_together() {
    let crumbs = |count| {
        let globals = [vec![record(0x00FC, &[0; 8])], vec![record(0x003C, &[0; 3]); count]].concat();
        read_bytes(&book(&globals, vec![label((0, 0), "a")]))
    };
    assert!(crumbs(99).is_ok());
    assert_eq!(damaged(crumbs(100)), "its table of strings is in crumbs");
}

#[test]
fn texts_that_break_off_are_refused_and_never_cut() {
    let at = At { row: 1, column: 1 };
    let cut = |text: &str| long(text)[..6].to_vec();
    let formula = cell(0x0006, (0, 0), &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(damaged(sheet(vec![cell(0x0204, (0, 0), &cut("cut"))])), format!("cell {at} breaks off"));
    assert_eq!(
        damaged(sheet(vec![formula.clone(), record(0x0207, &cut("cut"))])),
        format!("cell {at} breaks off")
    );
    let continued = sheet(vec![formula, record(0x0207, &[0xFF, 0xFF, 0, b'a']), record(0x003C, b"\0more")]);
    assert_eq!(continued, Err(Error::CellTooLong { at, limit: 4096 }));

    let table = |data: &[u8]| read_bytes(&book(&[record(0x00FC, data)], vec![shared((0, 0), 0)]));
    for data in
        [&[0; 4][..], &[0; 10], &[0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, b'x'], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8]]
    {
        assert_eq!(damaged(table(data)), "its table of strings breaks off");
    }
    assert_eq!(damaged(table(&[0; 8])), "the text of cell A1 is not in the table of strings");
}

#[test]
fn a_date_beyond_all_calendars_is_read_or_refused() {
    let date = record(0x00E0, &[&[0, 0][..], &14_u16.to_le_bytes(), &[0; 16]].concat());
    for value in [f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, -1.0, 1e15, 2_958_466.0] {
        let _ = read_bytes(&book(std::slice::from_ref(&date), vec![number((0, 0), value)]));
    }
}

#[test]
fn two_values_for_one_cell_are_refused() {
    let twice = sheet(vec![label((0, 0), "a"), label((1, 1), "one"), number((1, 1), 2.0)]);
    assert_eq!(damaged(twice), "cell B2 is there twice");
}

#[test]
fn a_password_is_named() {
    assert_eq!(
        read_bytes(&book(&[record(0x002F, &[1, 0])], vec![label((0, 0), "a")])),
        Err(Error::Encrypted)
    );
    assert_eq!(read_bytes(&file("EncryptedPackage", b"a zip, encrypted")), Err(Error::Encrypted));
}

#[test]
fn a_container_of_something_else_is_no_spreadsheet() {
    assert_eq!(read_bytes(&file("WordDocument", &[0; 5000])), Err(Error::UnknownFormat));
    let embedded = file("MBD00/Workbook", &stream(BIFF8, &[], &[(0, vec![label((0, 0), "a")])]));
    assert_eq!(read_bytes(&embedded), Err(Error::UnknownFormat));
    assert_eq!(damaged(read_bytes(&file("Workbook", &[]))), "the workbook breaks off");
}

#[test]
fn sectors_that_lead_astray_are_refused() {
    assert_eq!(Format::of(RESULTS), Some(Format::Xls));
    // Where the header names the directory, the rest of the table and its first sector.
    for at in [48, 68, 76] {
        for id in [0x00FF_FFFF, 0xFFFF_FFF9_u32] {
            let mut astray = RESULTS.to_vec();
            astray[at..at + 4].copy_from_slice(&id.to_le_bytes());
            astray[72] = 1;
            assert_eq!(damaged(read_bytes(&astray)), "a sector is missing");
        }
    }
    let mut circle = RESULTS.to_vec();
    let table = 512 * (1 + u32::from_le_bytes(RESULTS[76..80].try_into().unwrap()) as usize);
    for id in 0..128_usize {
        circle[table + 4 * id..table + 4 * id + 4].copy_from_slice(&(id as u32).to_le_bytes());
    }
    assert_eq!(damaged(read_bytes(&circle)), "a chain of sectors has no end");
    for len in (512..RESULTS.len()).step_by(512) {
        assert!(read_bytes(&RESULTS[..len]).is_err(), "{len} bytes of {}", RESULTS.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_damaged_file_is_read_or_refused(damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = RESULTS.to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(&bytes);
    }

    #[test]
    fn any_records_are_read_or_refused(
        globals in proptest::collection::vec(any_record(), 0..6),
        cells in proptest::collection::vec(any_record(), 0..12),
    ) {
        let _ = read_bytes(&book(&globals, cells));
    }
}

/// A record of a kind that is looked at, with data of any length.
fn any_record() -> impl Strategy<Value = Vec<u8>> {
    const KINDS: &[u16] = &[
        0x0006, 0x0018, 0x0022, 0x003C, 0x0042, 0x0085, 0x00BD, 0x00D6, 0x00E0, 0x00E5, 0x00FC, 0x00FD,
        0x0200, 0x0203, 0x0204, 0x0205, 0x0207, 0x027E, 0x041E, 0x0809,
    ];
    let small = prop_oneof![3 => 0_u8..4, 1 => any::<u8>()];
    (proptest::sample::select(KINDS), proptest::collection::vec(small, 0..28))
        .prop_map(|(kind, data)| record(kind, &data))
}
