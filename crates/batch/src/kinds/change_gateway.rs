//! `changeGateway`: what ChangeGateway does, for each target with the gateway of the document, or for each row of a file
//! with its own.

use db::Tx;
use domain::order::{Fields, rule};
use serde_json::Value as Json;
use store::{
    devices::{self, Each},
    subtasks::Subtask,
};
use types::Code;

use crate::{Effect, FileColumn, Kind, Task, input, kind::each};

/// `changeGateway`
pub(super) struct ChangeGateway;

const COLUMNS: &[FileColumn] = &[
    FileColumn::required("device_id", "设备ID").explained(
        "The id of a sub-device in the app of the task: 1 to 128 letters, digits, _ and -.",
        "任务所属资源空间中的子设备ID：1~128个字符，只能是字母、数字、下划线（_）和连接符（-）。",
        "5c8ba99030344005c02316ad_lamp-0001",
    ),
    FileColumn::required("gateway_id", "网关ID").explained(
        "The id of the device that it is to be connected through, in the same app.",
        "该子设备将要连接的网关的设备ID，须在同一资源空间中。",
        "5c8ba99030344005c02316ad_gateway-0001",
    ),
];

impl Kind for ChangeGateway {
    fn task_type(&self) -> &'static str {
        "changeGateway"
    }

    fn columns(&self) -> &'static [FileColumn] {
        COLUMNS
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(|document| drop(gateway_id(document)))
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        each(subtasks, |subtask| {
            let row = Json::from(input::kept(task, subtask)?);
            let order = if row["gateway_id"].is_null() { task.document } else { &row };
            let mut fields = Fields::of(order, Code::InvalidInput)?;
            let gateway_id = gateway_id(&mut fields);
            let gateway_id = fields.finish(gateway_id)?;
            devices::change_gateway(tx, task.context, task.reach, &subtask.target, &gateway_id)
                .map(Effect::done_to)
        })
    }
}

fn gateway_id(fields: &mut Fields<'_>) -> String {
    fields.required_text("gateway_id", rule::ID128)
}
