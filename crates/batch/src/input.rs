//! A row of a file between its expansion and its execution: what its subtask keeps, by the names of the columns. A
//! secret waits sealed, as it will lie in the device's row.

use serde_json::{Map, Value as Json};
use store::{
    Context,
    subtasks::{self, SEALED_SECRET, Subtask},
};
use types::{Code, Fault, text};

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

/// Makes the JSON object that a cell holds out of its text, as the body of a call has it.
pub(crate) fn parse_object(row: &mut Map<String, Json>, name: &str) -> Result<(), Fault> {
    if let Some(Json::String(text)) = row.get(name) {
        let wrong = text!("{name}: must be a JSON object", "{name}：必须是JSON对象");
        let parsed = serde_json::from_str(text).map_err(|_| Fault::new(Code::InvalidInput, wrong))?;
        row.insert(name.to_owned(), parsed);
    }
    Ok(())
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
