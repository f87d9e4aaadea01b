//! The rules of the format, asserted over a finished file by readers of our own that know nothing of the writer.
//! `written::finish` audits every workbook that a test makes.
//!
//! | rule | asserted in | tests that go to its edge |
//! |---|---|---|
//! | record data at most 8,224 bytes | `records` | `texts::every_length_and_alphabet_survives_the_ends_of_records` |
//! | a string's header is never split, nor from its first character | `strings` | `texts::strings_begin_at_every_distance_from_the_end_of_a_record` |
//! | a continued string repeats its flag byte | `strings` | `texts::every_length_and_alphabet_survives_the_ends_of_records` |
//! | a surrogate pair is never split over CONTINUE, nor by a cut | `strings` | `texts::every_length_and_alphabet_survives_the_ends_of_records`, `texts::a_long_text_is_cut_between_characters_and_reported` |
//! | text over 32,767 units is reported | | `texts::a_long_text_is_cut_between_characters_and_reported` |
//! | C0 controls are replaced and counted | `strings` | `texts::what_no_file_may_hold_is_replaced_and_reported_in_each_cell` |
//! | nothing is a formula; text like one is marked | `records`, `sheets` | `texts::text_like_a_formula_stays_text_and_is_marked` |
//! | 65,536 rows a sheet | `sheets` | `limits::a_sheet_takes_65_536_rows_and_no_more` |
//! | 256 columns a sheet | `sheets` | `limits::a_sheet_has_256_columns_and_no_more` |
//! | records in the order of [MS-XLS] 2.1.7.20 | `records` | |
//! | DIMENSIONS | `sheets` | `sheets::rows_of_several_sheets_may_come_in_any_order` |
//! | BOUNDSHEET offsets, in the order of the tabs | `sheets` | `sheets::a_sheet_added_last_may_be_the_first_tab` |
//! | SST counts: references and strings | `sheets` | `texts::repeats_are_written_once_and_others_each_time` |
//! | formats: every cell's exists, every number format is known | `sheets` | `styles::a_column_says_how_its_texts_and_dates_look` |
//! | dates are numbers from 1900-03-01 to 9999-12-31 | `sheets` | `styles::an_instant_that_is_no_date_to_excel_is_text` |
//! | arrows: name, reference, count, drawing and objects agree | `filters` | `styles::arrows_reach_over_every_row_and_column` |
//! | FAT, DIFAT, directory; each sector has one owner | `container` | `container::tables_hold_at_one_sector_more_and_less` |
//! | numbers lose nothing | | `sheets::numbers_come_back_as_they_were` |
//! | arrows for every sheet that room is reserved for | `filters` | `styles::every_sheet_may_have_arrows` |
//! | the file stays under 2 GiB | | `limits::a_workbook_stops_before_2_gib` |
//! | same calls, same bytes, whatever the codec and the pace | | `output::the_pace_of_output_and_spool_changes_no_byte` |

mod container;
mod filters;
mod records;
mod sheets;
mod strings;

pub(crate) use sheets::Tab;

/// Asserts every rule of the table over `file` and answers what its tabs are.
pub(crate) fn audit(file: &[u8]) -> Vec<Tab> {
    let stream = container::stream(file);
    let substreams = records::substreams(stream);
    let (globals, worksheets) = substreams.split_first().unwrap();
    let strings = strings::read(globals);
    let tabs = sheets::read(globals, worksheets, &strings);
    filters::check(globals, worksheets, &tabs);
    tabs
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// A table that names a test which is gone would claim what nothing proves.
#[test]
fn the_table_names_tests_that_exist() {
    let sources = [
        ("container", include_str!("../container.rs")),
        ("limits", include_str!("../limits.rs")),
        ("output", include_str!("../output.rs")),
        ("random", include_str!("../random.rs")),
        ("sheets", include_str!("../sheets.rs")),
        ("styles", include_str!("../styles.rs")),
        ("texts", include_str!("../texts.rs")),
    ];
    let table = include_str!("mod.rs").lines().filter(|line| line.starts_with("//! |"));
    let named: Vec<&str> = table
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|name| name.contains("::"))
        .collect();
    assert!(named.len() > 12);
    for test in named {
        let (module, name) = test.split_once("::").unwrap();
        let source = sources.iter().find(|(known, _)| *known == module).unwrap().1;
        assert!(source.contains(&format!("#[test]\nfn {name}()")), "{test}");
    }
}
