//! What a batch task can do.
//!
//! To add one: a file in `kinds` with a type that implements [`Kind`], and a line in `kinds::KINDS`.

use db::Tx;
use domain::order::Fields;
use serde_json::Value as Json;
use store::{
    Context,
    devices::{Each, Named, Reach},
    subtasks::Subtask,
};
use types::{Code, Fault};

use crate::{columns::FileColumn, downlink::Order};

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

/// The task that a subtask belongs to.
#[derive(Clone, Copy)]
pub struct Task<'t> {
    /// The clock, the limits, and what else a unit of work needs.
    pub context: &'t Context,
    /// Which devices it may touch.
    pub reach: Reach<'t>,
    /// Its id.
    pub task_id: &'t str,
    /// What it was ordered with besides its targets, as [`Kind::document`] has found it good.
    pub document: &'t Json,
}

/// What became of a subtask that did not fail.
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
    /// What it waits for before it is done; `None` if it is.
    pub awaits: Option<Awaits>,
}

impl Effect {
    /// It was done to this device, and there is no more to tell.
    pub(crate) fn done_to(device: Named) -> Self {
        Self::on(device, "success")
    }

    /// What a subtask gave that acted on a device.
    pub fn on(device: Named, output: impl Into<String>) -> Self {
        let (node_id, device_name) = (Some(device.node_id), device.device_name);
        Self { output: output.into(), node_id, device_name, ..Self::default() }
    }
}

/// Does something for subtasks one by one.
pub(crate) fn each<T>(
    subtasks: &[Subtask],
    mut act: impl FnMut(&Subtask) -> Result<T, store::Error>,
) -> Each<T> {
    let outcome = |subtask| match act(subtask) {
        Ok(done) => Ok(Ok(done)),
        Err(store::Error::Fault(fault)) => Ok(Err(fault)),
        Err(other) => Err(other),
    };
    subtasks.iter().map(outcome).collect()
}

/// What a subtask waits for once it has begun.
#[derive(Clone, Debug)]
pub struct Awaits {
    /// What that is called.
    pub stage: &'static str,
    /// Until when; then [`Kind::overdue`] says why it has failed.
    pub until_ms: i64,
    /// What the device is told once the waiting is recorded; its answer ends the subtask.
    pub order: Option<Order>,
}

/// What a batch task can do.
pub trait Kind: Sync {
    /// Its `task_type`.
    fn task_type(&self) -> &'static str;

    /// Whether its targets may be given one by one or as groups; if not, they come from a file.
    fn takes_targets(&self) -> bool {
        true
    }

    /// The columns of its file; none if it takes no file.
    fn columns(&self) -> &'static [FileColumn] {
        &[]
    }

    /// Whether its targets may come from a file.
    fn takes_file(&self) -> bool {
        !self.columns().is_empty()
    }

    /// What a row acts on, as far as that can be told before it is executed.
    fn target(&self, row: &Row<'_>) -> String {
        row.get("device_id").unwrap_or_default().to_owned()
    }

    /// Whether execution needs more of the row than its target; `input::kept` gives it back then.
    fn keeps_rows(&self) -> bool {
        false
    }

    /// What checks the document that it needs, each field with its error. `None` if it needs none: what is given is
    /// kept and not read.
    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        None
    }

    /// What it upgrades, if it does: such a task may wait for its confirmation.
    fn upgrades(&self) -> Option<PackageType> {
        None
    }

    /// Does it for a chunk of subtasks, within the transaction that records them, and answers each in their order;
    /// `kind::each` does so one by one. A [`Fault`] fails its subtask, and one in place of all answers fails them all;
    /// it must have changed nothing. Any other error undoes the whole chunk. What happens elsewhere is not done here but
    /// told by [`Effect::awaits`].
    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect>;

    /// What became of a subtask whose device has answered.
    fn answered(&self, answer: &Json) -> Result<Effect, Fault> {
        Ok(Effect { output: answer.to_string(), ..Effect::default() })
    }

    /// Why a subtask has failed that waited too long.
    fn overdue(&self) -> Fault {
        Code::CommandTimeout.into()
    }
}

/// What a package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageType {
    /// The firmware of a device.
    Firmware,
    /// The software of a device.
    Software,
    /// A module of a device.
    Module,
}

impl PackageType {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firmware => "firmwarePackage",
            Self::Software => "softwarePackage",
            Self::Module => "modulePackage",
        }
    }
}
