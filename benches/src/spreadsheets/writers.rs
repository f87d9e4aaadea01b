//! Who writes: each peer is a row of [`PEERS`], and what Unlade does by itself a row of [`OURS`].

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::dataset::Place;

/// Up to so many rows the peers that are slow or hungry are measured as often as the others.
const EASY_ROWS: i64 = 100_000;

/// A server export, by one of the given builds.
pub(super) struct Ours {
    /// Its name in `--without` and among the results.
    pub(super) key: &'static str,
    /// The build; each is given as `--product BUILD=PROGRAM`.
    pub(super) build: &'static str,
    /// Its `export_format`.
    pub(super) format: &'static str,
    /// All threads of the server on one processor.
    pub(super) one_core: bool,
    pub(super) label: &'static str,
}

/// A program of somebody else, or around somebody else's library.
pub(super) struct Peer {
    /// As for [`Ours::key`].
    pub(super) key: &'static str,
    /// What it needs; each is given as `--tool TOOL=PLACE`.
    pub(super) tool: &'static str,
    /// What its file is called behind the dot.
    pub(super) ending: &'static str,
    pub(super) label: &'static str,
    /// From where on it is measured once only.
    pub(super) slow: bool,
    /// Which row counts it is for.
    pub(super) rows: fn(i64) -> bool,
    pub(super) command: fn(&Call<'_>) -> Vec<String>,
}

/// What a peer is to do.
pub(super) struct Call<'c> {
    pub(super) tool: &'c Path,
    pub(super) place: &'c Place<'c>,
    pub(super) out: &'c Path,
}

/// What there is to run with.
#[derive(Default)]
pub(super) struct Equipment {
    pub(super) products: BTreeMap<String, PathBuf>,
    pub(super) tools: BTreeMap<String, PathBuf>,
    /// Why a product or a tool is not there.
    pub(super) lacking: BTreeMap<String, String>,
    pub(super) without: Vec<String>,
}

const fn ours(
    key: &'static str,
    build: &'static str,
    format: &'static str,
    one_core: bool,
    label: &'static str,
) -> Ours {
    Ours { key, build, format, one_core, label }
}

pub(super) const OURS: &[Ours] = &[
    ours("xls", "default", "xls", false, "**Unlade, .xls in .zip**"),
    ours("xls-isal", "isal", "xls", false, "**Unlade with `isal`, .xls in .zip**"),
    ours("xls-one-core", "default", "xls", true, "Unlade on one core, .xls in .zip"),
    ours("xls-isal-one-core", "isal", "xls", true, "Unlade with `isal` on one core, .xls in .zip"),
    ours("xlsx", "default", "xlsx", false, "**Unlade, .xlsx in .zip**"),
    ours("xlsx-isal", "isal", "xlsx", false, "**Unlade with `isal`, .xlsx in .zip**"),
    ours("csv", "default", "csv", false, "**Unlade, .csv in .zip**"),
    ours("csv-isal", "isal", "csv", false, "**Unlade with `isal`, .csv in .zip**"),
];

pub(super) const PEERS: &[Peer] = &[
    Peer {
        key: "poi",
        tool: "java",
        ending: "xls",
        label: "Apache POI HSSF, the JVM's own heap, .xls",
        slow: false,
        rows: |rows| rows <= EASY_ROWS,
        command: |call| java(call, &[]),
    },
    Peer {
        key: "poi-small",
        tool: "java",
        ending: "xls",
        label: "Apache POI HSSF, -Xmx256m, .xls",
        slow: false,
        rows: |rows| rows <= 60_000,
        command: |call| java(call, &["-Xmx256m"]),
    },
    Peer {
        key: "poi-4g",
        tool: "java",
        ending: "xls",
        label: "Apache POI HSSF, -Xmx4g, .xls",
        slow: false,
        rows: |rows| rows > EASY_ROWS,
        command: |call| java(call, &["-Xmx4g"]),
    },
    Peer { slow: true, ..python("xlwt", "xls", "xlwt, .xls", |call| script(call, "xlwt")) },
    Peer {
        key: "rust_xlsxwriter",
        tool: "rust",
        ending: "xlsx",
        label: "rust_xlsxwriter, constant memory, .xlsx",
        slow: false,
        rows: |_| true,
        command: |call| words(call, &[&call.tool.join("unlade-peers"), "rust_xlsxwriter".as_ref()]),
    },
    Peer {
        key: "exceljs",
        tool: "node",
        ending: "xlsx",
        label: "exceljs, streaming, .xlsx",
        slow: false,
        rows: |_| true,
        command: |call| words(call, &["node".as_ref(), &call.tool.join("peer.js"), "exceljs".as_ref()]),
    },
    Peer {
        slow: true,
        ..python("xlsxwriter", "xlsx", "XlsxWriter, constant memory, .xlsx", |call| {
            script(call, "xlsxwriter")
        })
    },
    Peer {
        slow: true,
        ..python("openpyxl", "xlsx", "openpyxl, write-only, .xlsx", |call| script(call, "openpyxl"))
    },
    Peer {
        key: "sqlite3",
        tool: "sqlite3",
        ending: "csv",
        label: "sqlite3 CLI, .mode csv",
        slow: false,
        rows: |_| true,
        command: sqlite3,
    },
    python("duckdb", "csv", "DuckDB, one thread, own table, .csv", |call| {
        let out = text(call.out);
        vec![
            text(&interpreter(call.tool)),
            program("python/peer.py"),
            "duckdb".to_owned(),
            text(&call.place.duckdb()),
            out,
        ]
    }),
];

const fn python(
    key: &'static str,
    ending: &'static str,
    label: &'static str,
    command: fn(&Call<'_>) -> Vec<String>,
) -> Peer {
    Peer { key, tool: "python", ending, label, slow: false, rows: |_| true, command }
}

/// How a tool tells its versions.
pub(super) fn versions(tool: &str, place: &Path) -> Vec<String> {
    match tool {
        "java" => [vec!["java".to_owned()], class_path(place), vec!["versions".to_owned()]].concat(),
        "python" => vec![text(&interpreter(place)), program("python/peer.py"), "versions".to_owned()],
        "node" => vec!["node".to_owned(), text(&place.join("peer.js")), "versions".to_owned()],
        "rust" => vec![text(&place.join("unlade-peers")), "versions".to_owned()],
        _ => vec![text(place), ":memory:".to_owned(), "SELECT 'sqlite3 ' || sqlite_version()".to_owned()],
    }
}

/// How DuckDB gets its own table.
pub(super) fn duckdb_load(tool: &Path, place: &Place<'_>) -> Vec<String> {
    let [database, csv] = [place.duckdb(), place.csv()].map(|path| text(&path));
    vec![text(&interpreter(tool)), program("python/peer.py"), "duckdb-load".to_owned(), database, csv]
}

/// A file of ours that a peer's interpreter runs, from the root of the workspace.
pub(super) fn program(name: &str) -> String {
    format!("{}/peers/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn java(call: &Call<'_>, heap: &[&str]) -> Vec<String> {
    let heap = heap.iter().map(|&word| word.to_owned()).collect();
    let end = vec!["poi".to_owned(), text(&call.place.sqlite()), text(call.out)];
    [vec!["java".to_owned()], heap, class_path(call.tool), end].concat()
}

fn class_path(place: &Path) -> Vec<String> {
    vec!["-cp".to_owned(), format!("{0}/classes:{0}/lib/*", text(place)), "Peer".to_owned()]
}

fn script(call: &Call<'_>, writer: &str) -> Vec<String> {
    words(call, &[&interpreter(call.tool), program("python/peer.py").as_ref(), writer.as_ref()])
}

fn interpreter(place: &Path) -> PathBuf {
    place.join("bin/python")
}

fn sqlite3(call: &Call<'_>) -> Vec<String> {
    let columns = super::dataset::COLUMNS.join(", ");
    vec![
        text(call.tool),
        "-readonly".to_owned(),
        text(&call.place.sqlite()),
        ".mode csv".to_owned(),
        ".headers on".to_owned(),
        format!(".once '{}'", text(call.out)),
        format!("SELECT {columns} FROM subtask ORDER BY id"),
    ]
}

fn words(call: &Call<'_>, begin: &[&Path]) -> Vec<String> {
    let end = [call.place.sqlite(), call.out.to_owned()];
    begin.iter().copied().chain(end.iter().map(PathBuf::as_path)).map(text).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
