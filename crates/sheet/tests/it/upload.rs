//! The parent and its child: a real one, and one that a hostile file has taken over.

use crate::biff;
use crate::workbook::{container, file, sheet, table, worksheet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use unlade_sheet::{At, Error, Limits, Row, Stop, Upload};

/// Cargo builds the examples of a package before it runs its tests.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    test.parent().and_then(Path::parent).expect("it is in target/*/deps").join("examples").join(name)
}

fn open(bytes: &[u8], limits: &Limits) -> Result<Upload, Error> {
    let file = file(bytes);
    Upload::open(&program("parse_upload"), file.path(), limits)
}

/// The rows, and the error at which they end.
fn drain(upload: &mut Upload) -> (Vec<Row>, Option<Error>) {
    let mut rows = Vec::new();
    let mut error = None;
    for row in upload.by_ref() {
        match row {
            Ok(row) => rows.push(row),
            Err(fatal) => error = Some(fatal),
        }
    }
    assert!(upload.next().is_none(), "it is fused");
    (rows, error)
}

/// What comes of a child that behaves as `script` says.
fn unruly(script: &str, wall_ms: u64) -> Result<(usize, Option<Error>), Error> {
    let script = file(script.as_bytes());
    let limits = Limits { wall_ms, ..Limits::default() };
    let mut upload = Upload::open(&program("unruly_child"), script.path(), &limits)?;
    let (rows, error) = drain(&mut upload);
    Ok((rows.len(), error))
}

fn killed(stop: Stop) -> Error {
    Error::Killed { stop }
}

#[test]
fn a_file_is_read_whole() {
    let bytes = table(&[
        &[Some("device_id"), Some("名称")],
        &[Some("d\"1"), Some("泵\n😀")],
        &[],
        &[Some("1234567890123")],
    ]);
    let mut upload = open(&bytes, &Limits::default()).unwrap();
    assert_eq!(upload.header(), ["device_id", "名称"]);
    let row = |number, cells: [&str; 2]| Row { number, cells: cells.map(str::to_owned).to_vec() };
    let expected = vec![row(2, ["d\"1", "泵\n😀"]), row(4, ["1234567890123", ""])];
    assert_eq!(drain(&mut upload), (expected, None));
}

#[test]
fn limits_reach_the_child_and_its_errors_come_back() {
    let bytes = table(&[&[Some("a")], &[Some("1")], &[Some("2")]]);
    let mut upload = open(&bytes, &Limits { rows: 1, ..Limits::default() }).unwrap();
    let (rows, error) = drain(&mut upload);
    assert_eq!((rows.len(), error), (1, Some(Error::TooManyRows { limit: 1 })));

    let far = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>"#);
    let at = At { row: 1_048_576, column: 16_384 };
    assert_eq!(open(&far, &Limits::default()).err(), Some(Error::TooManyColumns { at, limit: 64 }));

    assert_eq!(open(b"nothing", &Limits::default()).err(), Some(Error::UnknownFormat));
}

#[test]
fn a_child_that_runs_out_of_memory_dies_alone() {
    let text = "a".repeat(96 << 20);
    let cell = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>"#);
    let bytes = container(&[("xl/worksheets/sheet1.xml", &worksheet(&cell))]);
    let limits = Limits {
        inflated_ratio: u64::MAX,
        cell_bytes: u64::MAX,
        memory_bytes: 64 << 20,
        ..Limits::default()
    };
    let error = open(&bytes, &limits).err();
    assert!(matches!(error, Some(Error::Killed { stop: Stop::Signal(_) })), "{error:?}");
}

#[test]
fn the_largest_xls_that_is_let_in_fits_into_the_child() {
    let far = |column| {
        let cells = [(0, 0), (0, column), (65_535, column)].map(|at| biff::label(at, "far apart"));
        open(&biff::book(&[], cells.to_vec()), &Limits::default())
    };
    let (rows, error) = drain(&mut far(62).unwrap());
    assert_eq!((rows.len(), error), (1, None));
    assert_eq!(far(63).err(), Some(Error::Inflates), "refused before it is tried");
}

#[test]
fn a_half_read_file_is_never_taken_for_a_whole_one() {
    let begin = "{\"header\":[\"a\"]}\n{\"row\":2,\"cells\":[\"1\"]}\n";
    let cases = [
        ("", killed(Stop::Incomplete)),
        ("{\"end\":{\"rows\":0}}\n", killed(Stop::Incomplete)),
        ("{\"end\":{\"rows\":2}}\n", killed(Stop::Incomplete)),
        ("{\"row\":3,\"cells\":[\"1\"", killed(Stop::Incomplete)),
        ("{\"row\":3,\"cells\":[\"1\"\n!abort", killed(Stop::Garbled)),
        ("!abort", killed(Stop::Signal(6))),
        ("!exit", killed(Stop::Exit(3))),
        ("{\"end\":{\"rows\":1}}\n!abort", killed(Stop::Signal(6))),
        ("{\"end\":{\"rows\":1}}\n!exit", killed(Stop::Exit(3))),
        ("{\"end\":{\"rows\":1}}\nmore", killed(Stop::Garbled)),
        ("{\"header\":[\"a\"]}\n", killed(Stop::Garbled)),
        ("nonsense\n", killed(Stop::Garbled)),
    ];
    for (rest, expected) in cases {
        assert_eq!(unruly(&format!("{begin}{rest}"), 30_000), Ok((1, Some(expected))), "{rest}");
    }
    let whole = format!("{begin}{{\"end\":{{\"rows\":1}}}}\n");
    assert_eq!(unruly(&whole, 30_000), Ok((1, None)));
}

#[test]
fn without_a_header_nothing_is_opened() {
    assert_eq!(unruly("", 30_000), Err(killed(Stop::Incomplete)));
    assert_eq!(unruly("!abort", 30_000), Err(killed(Stop::Signal(6))));
    assert_eq!(unruly("{\"row\":2,\"cells\":[]}\n", 30_000), Err(killed(Stop::Garbled)));
    assert_eq!(unruly("{\"end\":{\"rows\":0}}\n", 30_000), Err(killed(Stop::Garbled)));
    let missing = Upload::open(Path::new("/no/such/program"), Path::new("/dev/null"), &Limits::default());
    assert!(matches!(missing.err(), Some(Error::Io { .. })));
}

#[test]
fn a_line_without_end_is_not_collected() {
    let line = "x".repeat(2 << 20);
    assert_eq!(unruly(&format!("{{\"header\":[]}}\n{line}\n"), 30_000), Ok((0, Some(killed(Stop::Garbled)))));
}

#[test]
fn a_child_that_hangs_is_killed_when_its_time_is_up() {
    for script in ["!hang", "{\"header\":[]}\n!hang", "{\"header\":[]}\n{\"end\":{\"rows\":0}}\n!hang"] {
        let outcome = unruly(script, 300);
        let error = outcome.map_or_else(Some, |(_, error)| error);
        assert_eq!(error, Some(killed(Stop::TimeUp)), "{script}");
    }
}

#[test]
fn an_upload_that_is_dropped_leaves_nothing_behind() {
    let script = file(b"{\"header\":[]}\n!hang");
    let begin = Instant::now();
    let upload = Upload::open(&program("unruly_child"), script.path(), &Limits::default()).unwrap();
    drop(upload);
    // Dropping waits for the child and for the watchdog's thread; both would hold it for 30 seconds.
    assert!(begin.elapsed() < Duration::from_secs(15));
}
