//! What a batch task can do.
//!
//! To add one: a file in `kinds` with a type that implements [`Kind`], and a line in `kinds::KINDS`.

use db::Tx;
use store::{Context, devices::Reach, subtasks::Subtask};

use crate::columns::FileColumn;

/// A row of a file, its cells by the names of the kind's columns; absent and blank are the same.
pub struct Row<'r> {
    /// The names, as the kind's columns have them; `None` for columns that the kind does not know.
    pub(crate) names: &'r [Option<&'static str>],
    /// The cells.
    pub(crate) cells: &'r [String],
}

impl<'r> Row<'r> {
    /// A cell.
    pub fn get(&self, name: &str) -> Option<&'r str> {
        let at = self.names.iter().position(|known| *known == Some(name))?;
        self.cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// Every cell that is there, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'r str)> {
        let named = self.names.iter().zip(self.cells);
        named.filter_map(|(name, cell)| Some(((*name)?, cell.as_str()))).filter(|(_, cell)| !cell.is_empty())
    }
}

/// What became of a subtask that succeeded.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// What it gave.
    pub output: String,
    /// What it turned out to act on, if that is other than what it was made with.
    pub target: Option<String>,
    /// The device's own id.
    pub node_id: Option<String>,
    /// The device's name.
    pub device_name: Option<String>,
}

/// What a batch task can do.
pub trait Kind: Sync {
    /// Its `task_type`.
    fn task_type(&self) -> &'static str;

    /// Whether its targets may be given one by one; if not, they come from a file.
    fn takes_targets(&self) -> bool;

    /// The columns of its file; none if it takes no file.
    fn columns(&self) -> &'static [FileColumn];

    /// Whether its targets may come from a file.
    fn takes_file(&self) -> bool {
        !self.columns().is_empty()
    }

    /// What a row acts on, as far as that can be told before it is executed.
    fn target(&self, row: &Row<'_>) -> String;

    /// Whether execution needs more of the row than its target; `input::kept` gives it back then.
    fn keeps_rows(&self) -> bool;

    /// Does it, within the transaction that records it. A [`store::Error::Fault`] fails the subtask and must
    /// have changed nothing; any other error undoes the whole chunk.
    fn execute(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        reach: Reach<'_>,
        task_id: &str,
        subtask: &Subtask,
    ) -> Result<Effect, store::Error>;
}
