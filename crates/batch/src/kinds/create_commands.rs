//! `createCommands`: each target is told a command and answers at once, or it has failed.

use db::Tx;
use domain::order::{Fields, send_command};
use store::{
    devices::{self, Each},
    products::Fits,
    subtasks::Subtask,
};

use crate::{Awaits, Effect, Kind, Order, Task, kind::each};

/// How long a device has to answer. Documented: 20 s.
const ANSWER_MS: i64 = 20_000;

/// `createCommands`
pub(super) struct CreateCommands;

impl Kind for CreateCommands {
    fn task_type(&self) -> &'static str {
        "createCommands"
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(send_command)
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let (command, mut fits) = (task.document, Fits::default());
        each(subtasks, |subtask| {
            let device = devices::address(tx, task.reach, &subtask.target)?;
            fits.check(tx, task.reach.project_id, &device.product_id, |model| {
                let (service_id, name) = (command["service_id"].as_str(), command["command_name"].as_str());
                model.check_command(service_id, name, &command["paras"])
            })?;
            let order = Order {
                project_id: task.reach.project_id.to_owned(),
                device_id: subtask.target.clone(),
                key: format!("{}-{}-{}", task.task_id, subtask.ordinal, subtask.retries),
                command: command.clone(),
            };
            let until_ms = task.context.clock.now_ms() + ANSWER_MS;
            let awaits = Some(Awaits { stage: "answer", until_ms, order: Some(order) });
            Ok(Effect { awaits, ..Effect::on(device.named, String::new()) })
        })
    }
}
