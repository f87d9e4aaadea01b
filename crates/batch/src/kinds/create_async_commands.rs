//! `createAsyncCommands`: a command for each target, kept until its device can be reached.

use db::Tx;
use domain::order::{Fields, send_async_command};
use store::{async_commands, devices::Each, products::Fits, subtasks::Subtask};
use types::Code;

use crate::{Effect, Kind, Task, kind::each};

/// `createAsyncCommands`
pub(super) struct CreateAsyncCommands;

impl Kind for CreateAsyncCommands {
    fn task_type(&self) -> &'static str {
        "createAsyncCommands"
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(|fields| drop(send_async_command(fields)))
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let mut fields = Fields::of(task.document, Code::DocumentInvalid)?;
        let order = send_async_command(&mut fields);
        let order = fields.finish(order)?;
        let mut fits = Fits::default();
        each(subtasks, |subtask| {
            let (command_id, device) =
                async_commands::add(tx, task.context, task.reach, &subtask.target, &order, &mut fits)?;
            Ok(Effect::on(device, command_id))
        })
    }
}
