//! A row of a file between its expansion and its execution: what its subtask keeps, by the names of the columns. A
//! secret waits sealed, as it will lie in the device's row.

use serde_json::{Map, Value as Json};
use store::{
    Context,
    subtasks::{self, SEALED_SECRET, Subtask},
};

use crate::{Row, Task};

/// The column whose cells are sealed, in the file of any kind.
const SECRET: &str = "secret";

/// What the subtask keeps of its row.
pub(crate) fn keep(context: &Context, task_id: &str, ordinal: i64, row: &Row<'_>) -> String {
    let cells = row.iter().map(|(name, cell)| match name {
        SECRET => (SEALED_SECRET.to_owned(), subtasks::seal_input(context, task_id, ordinal, cell).into()),
        name => (name.to_owned(), Json::from(cell)),
    });
    Json::from(cells.collect::<Map<_, _>>()).to_string()
}

/// The row that a subtask has kept: its cells that are not empty, by the names of the columns.
pub(crate) fn kept(task: &Task<'_>, subtask: &Subtask) -> Result<Map<String, Json>, store::Error> {
    let mut row: Map<String, Json> =
        serde_json::from_str(subtask.input.as_deref().unwrap_or("{}")).unwrap_or_default();
    if let Some(sealed) = row.remove(SEALED_SECRET) {
        let sealed = sealed.as_str().unwrap_or_default();
        let secret = subtasks::open_input(task.context, task.task_id, subtask.ordinal, sealed)?;
        row.insert(SECRET.to_owned(), secret.into());
    }
    Ok(row)
}
