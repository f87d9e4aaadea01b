//! `createDevices`: what AddDevice does, for each row of a file.

use db::Tx;
use domain::order::{Fields, add_device};
use serde_json::{Map, Value as Json};
use store::{
    devices::{self, Added, Each},
    subtasks::Subtask,
};
use types::{Code, Fault, device::AddDevice};

use crate::{Effect, FileColumn, Kind, Row, Task, input, kind::each};

/// `createDevices`
pub(super) struct CreateDevices;

const COLUMNS: &[FileColumn] = &[
    FileColumn::required("product_id", "产品ID").explained(
        "The id of the product that the device is one of: 1 to 36 letters, digits, _ and -.",
        "设备所属产品的ID：1~36个字符，只能是字母、数字、下划线（_）和连接符（-）。",
        "5c8ba99030344005c02316ad",
    ),
    FileColumn::required("node_id", "设备标识码").explained(
        "The device's own id, unique in its product, such as its serial number or IMEI: 1 to 64 letters, digits, _, - and :.",
        "设备自身的标识码，如序列号或IMEI，在产品下唯一：1~64个字符，只能是字母、数字、下划线（_）、连接符（-）和冒号（:）。",
        "lamp-0001",
    ),
    FileColumn::optional("device_id", "设备ID").explained(
        "1 to 128 letters, digits, _ and -. If left empty it becomes product_id, _ and node_id.",
        "1~128个字符，只能是字母、数字、下划线（_）和连接符（-）。不填时由产品ID、下划线和设备标识码拼接而成。",
        "5c8ba99030344005c02316ad_lamp-0001",
    ),
    FileColumn::optional("device_name", "设备名称").explained(
        "1 to 256 characters.",
        "1~256个字符。",
        "Lamp 1, East Street",
    ),
    FileColumn::optional("description", "设备描述").explained(
        "At most 2048 characters.",
        "最多2048个字符。",
        "Pole 17, replaced in May",
    ),
    FileColumn::optional("auth_type", "认证类型").explained(
        "How the device proves itself: SECRET (if left empty) or CERTIFICATES.",
        "设备的认证方式：SECRET（不填时的取值）或CERTIFICATES。",
        "SECRET",
    ),
    FileColumn::optional("secret", "设备密钥").explained(
        "With SECRET: 8 to 32 letters, digits, _ and -. If left empty one is made, which no later call shows.",
        "认证类型为SECRET时：8~32个字符，只能是字母、数字、下划线（_）和连接符（-）。不填时自动生成，且之后无法查询。",
        "3b935a250c50dc2c6d481d048cefdc3c",
    ),
    FileColumn::optional("fingerprint", "设备指纹").explained(
        "With CERTIFICATES: the fingerprint of the device's certificate, 40 or 64 hex digits.",
        "认证类型为CERTIFICATES时：设备证书的指纹，40或64位十六进制数字。",
        "dc0f1016f495157344ac5f1296335cff725ef22f",
    ),
    FileColumn::optional("gateway_id", "网关ID").explained(
        "Of a sub-device only: the id of the device that it is connected through, which must exist by then.",
        "仅子设备填写：其所连接的网关的设备ID，该网关必须已存在。",
        "5c8ba99030344005c02316ad_gateway-0001",
    ),
    FileColumn::optional("extension_info", "扩展信息").explained(
        "A JSON object of your own, at most 1 KiB.",
        "自定义的JSON对象，最多1KB。",
        r#"{"pole":17}"#,
    ),
];

/// Columns that lie in `auth_info` in the body of AddDevice.
const IN_AUTH_INFO: &[&str] = &["auth_type", "secret", "fingerprint"];

impl Kind for CreateDevices {
    fn task_type(&self) -> &'static str {
        "createDevices"
    }

    fn takes_targets(&self) -> bool {
        false
    }

    fn columns(&self) -> &'static [FileColumn] {
        COLUMNS
    }

    fn target(&self, row: &Row<'_>) -> String {
        let node_id = row.get("node_id").unwrap_or_default();
        match (row.get("device_id"), row.get("product_id")) {
            (Some(device_id), _) => device_id.to_owned(),
            (None, Some(product_id)) if !node_id.is_empty() => format!("{product_id}_{node_id}"),
            _ => node_id.to_owned(),
        }
    }

    fn keeps_rows(&self) -> bool {
        true
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let read = each(subtasks, |subtask| order(task, subtask))?;
        let orders: Vec<_> = read.iter().flatten().collect();
        let mut added = devices::add(tx, task.context, task.reach, &orders)?.into_iter();
        let outcomes = read.into_iter().filter_map(|read| match read {
            Ok(_) => Some(added.next()?.map(effect)),
            Err(fault) => Some(Err(fault)),
        });
        Ok(outcomes.collect())
    }
}

/// What the subtask knows of the device already stays as it is.
fn effect(added: Added) -> Effect {
    Effect { output: added.device_id.clone(), target: Some(added.device_id), ..Effect::default() }
}

fn order(task: &Task<'_>, subtask: &Subtask) -> Result<AddDevice, store::Error> {
    let body = body(input::kept(task, subtask)?)?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = add_device(&mut fields);
    Ok(fields.finish(order)?)
}

/// The body that AddDevice would have been called with.
fn body(mut row: Map<String, Json>) -> Result<Json, Fault> {
    let mut auth = Map::new();
    for name in IN_AUTH_INFO {
        if let Some(value) = row.remove(*name) {
            auth.insert((*name).to_owned(), value);
        }
    }
    if !auth.is_empty() {
        row.insert("auth_info".to_owned(), auth.into());
    }
    input::parse_object(&mut row, "extension_info")?;
    Ok(row.into())
}
