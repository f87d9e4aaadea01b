//! `updateDevices`: what UpdateDevice does, for each row of a file. A cell that is left empty changes nothing.

use db::Tx;
use domain::order::{Fields, update_device};
use serde_json::Value as Json;
use store::{
    devices::{self, Each},
    subtasks::Subtask,
};
use types::Code;

use crate::{Effect, FileColumn, Kind, Task, input, kind::each};

/// `updateDevices`
pub(super) struct UpdateDevices;

const COLUMNS: &[FileColumn] = &[
    FileColumn::required("device_id", "设备ID").explained(
        "The id of a device in the app of the task: 1 to 128 letters, digits, _ and -.",
        "任务所属资源空间中的设备ID：1~128个字符，只能是字母、数字、下划线（_）和连接符（-）。",
        "5c8ba99030344005c02316ad_lamp-0001",
    ),
    FileColumn::optional("device_name", "设备名称").explained(
        "1 to 256 characters. What is left empty stays as it is.",
        "1~256个字符。不填时保持不变。",
        "Lamp 1, East Street",
    ),
    FileColumn::optional("description", "设备描述").explained(
        "At most 2048 characters. What is left empty stays as it is.",
        "最多2048个字符。不填时保持不变。",
        "Pole 17, replaced in May",
    ),
    FileColumn::optional("extension_info", "扩展信息").explained(
        "A JSON object of your own, at most 1 KiB. What is left empty stays as it is.",
        "自定义的JSON对象，最多1KB。不填时保持不变。",
        r#"{"pole":17}"#,
    ),
];

impl Kind for UpdateDevices {
    fn task_type(&self) -> &'static str {
        "updateDevices"
    }

    fn takes_targets(&self) -> bool {
        false
    }

    fn columns(&self) -> &'static [FileColumn] {
        COLUMNS
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        each(subtasks, |subtask| {
            let mut row = input::kept(task, subtask)?;
            input::parse_object(&mut row, "extension_info")?;
            let body = Json::from(row);
            let mut fields = Fields::of(&body, Code::InvalidInput)?;
            let order = update_device(&mut fields);
            let order = fields.finish(order)?;
            devices::update(tx, task.context, task.reach, &subtask.target, &order).map(Effect::done_to)
        })
    }
}
