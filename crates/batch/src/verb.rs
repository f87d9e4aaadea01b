//! What is done to devices and needs nothing but their ids: the whole kind is the name and the function.

use db::Tx;
use store::{
    devices::{Each, Named, Reach},
    subtasks::Subtask,
};

use crate::{Effect, FileColumn, Kind, Task};

/// A kind of batch task that does to each device what a single call does to one.
pub(crate) struct Verb {
    /// Its `task_type`.
    pub(crate) task_type: &'static str,
    /// What the call does to one device, for each of several.
    pub(crate) act: fn(&mut dyn Tx, Reach<'_>, &[&str]) -> Each<Named>,
}

const COLUMNS: &[FileColumn] = &[FileColumn::required("device_id", "设备ID").explained(
    "The id of a device in the app of the task: 1 to 128 letters, digits, _ and -.",
    "任务所属资源空间中的设备ID：1~128个字符，只能是字母、数字、下划线（_）和连接符（-）。",
    "5c8ba99030344005c02316ad_lamp-0001",
)];

impl Kind for Verb {
    fn task_type(&self) -> &'static str {
        self.task_type
    }

    fn columns(&self) -> &'static [FileColumn] {
        COLUMNS
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let targets: Vec<_> = subtasks.iter().map(|subtask| subtask.target.as_str()).collect();
        let done = (self.act)(tx, task.reach, &targets)?;
        Ok(done.into_iter().map(|named| named.map(Effect::done_to)).collect())
    }
}
