//! The rows to be exported, three times: in a server's data directory, in a plain SQLite file for the peers, and as a
//! .csv. The peers' rows are read from the Source, so that everybody writes the same cells.

use std::path::{Path, PathBuf};

use db::Flow;
use export::{row::Cell, source::Selection};
use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Outcome,
    exports::{KIND, SOURCE},
    house::{House, PROJECT},
    seed,
};

/// The columns of the report of a batch task.
pub(super) const COLUMNS: [&str; 9] = [
    "target",
    "status",
    "output",
    "error_code",
    "error_msg",
    "device_name",
    "node_id",
    "start_time",
    "end_time",
];

/// Where the three lie.
pub(super) struct Place<'p>(pub(super) &'p Path);

/// What was made.
#[derive(Serialize, Deserialize)]
pub(crate) struct Dataset {
    pub(super) task_id: String,
    pub(super) rows: i64,
    /// Of all texts, as UTF-8.
    pub(super) bytes: u64,
    /// Texts that are there.
    pub(super) cells: u64,
}

impl Place<'_> {
    pub(super) fn house(&self) -> PathBuf {
        self.0.join("house")
    }

    pub(super) fn sqlite(&self) -> PathBuf {
        self.0.join("rows.db")
    }

    pub(super) fn csv(&self) -> PathBuf {
        self.0.join("rows.csv")
    }

    pub(super) fn duckdb(&self) -> PathBuf {
        self.0.join("rows.duckdb")
    }
}

/// Makes them, in an empty directory.
pub(crate) fn make(directory: &Path, rows: i64) -> Outcome<Dataset> {
    let place = Place(directory);
    std::fs::create_dir(place.house())?;
    seed::results(&place.house(), rows)?;
    let house = House::open(&place.house())?;
    let task_id = house.newest(KIND)?.task_id;
    let mut dataset = Dataset { task_id, rows: 0, bytes: 0, cells: 0 };
    copy(&house, &place, &mut dataset)?;
    if dataset.rows != rows {
        return Err(format!("{} rows were seeded, not {rows}", dataset.rows).into());
    }
    Ok(dataset)
}

fn copy(house: &House, place: &Place<'_>, dataset: &mut Dataset) -> Outcome<()> {
    let connection = Connection::open(place.sqlite())?;
    let columns = COLUMNS.join(" TEXT, ");
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE TABLE subtask (id INTEGER PRIMARY KEY, {columns} TEXT);
         BEGIN"
    ))?;
    let mut insert =
        connection.prepare("INSERT INTO subtask VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    let mut csv = csv::Writer::from_path(place.csv())?;
    csv.write_record(COLUMNS)?;
    each_row(house, &dataset.task_id.clone(), |cells| {
        let texts = cells.iter().map(|cell| cell.text());
        csv.write_record(texts.clone().map(Option::unwrap_or_default))?;
        insert.execute(params_from_iter(texts.clone()))?;
        dataset.rows += 1;
        dataset.bytes += texts.clone().flatten().map(|text| text.len() as u64).sum::<u64>();
        dataset.cells += texts.flatten().count() as u64;
        Ok(())
    })?;
    csv.flush()?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// The rows as an export of the task gets them.
fn each_row(house: &House, task_id: &str, mut each: impl FnMut(&[Cell<'_>]) -> Outcome<()>) -> Outcome<()> {
    let source = export::source(SOURCE).ok_or("no such source")?;
    let condition = json!({ "task_id": task_id }).to_string();
    let selection = Selection { project_id: PROJECT, condition: &condition, only_app: None };
    let mut outcome = Ok(());
    house.store.db().read_blocking(|tx| {
        source.rows(tx, selection, &mut |cells| {
            outcome = each(cells);
            if outcome.is_ok() { Flow::More } else { Flow::Stop }
        })
    })?;
    outcome
}
