//! `createMessages`: a message for each target, kept until its device can be reached.

use db::Tx;
use domain::order::{Fields, send_message};
use store::{device_messages, devices::Each, subtasks::Subtask};
use types::Code;

use crate::{Effect, Kind, Task, kind::each};

/// `createMessages`
pub(super) struct CreateMessages;

impl Kind for CreateMessages {
    fn task_type(&self) -> &'static str {
        "createMessages"
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(|fields| drop(send_message(fields)))
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let mut fields = Fields::of(task.document, Code::DocumentInvalid)?;
        let order = send_message(&mut fields);
        let order = fields.finish(order)?;
        each(subtasks, |subtask| {
            let (message_id, device) =
                device_messages::add(tx, task.context, task.reach, &subtask.target, &order)?;
            Ok(Effect::on(device, message_id))
        })
    }
}
