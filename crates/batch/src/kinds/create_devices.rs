//! `createDevices`: what AddDevice does, for each row of a file.

use db::Tx;
use domain::order::{Fields, add_device};
use serde_json::{Map, Value as Json};
use store::{
    Context,
    devices::{self, Reach},
    subtasks::{self, SEALED_SECRET, Subtask},
};
use types::{Code, Fault};

use crate::{Effect, FileColumn, Kind, Row};

/// `createDevices`
pub(super) struct CreateDevices;

const COLUMNS: &[FileColumn] = &[
    FileColumn::required("product_id", "产品ID"),
    FileColumn::required("node_id", "设备标识码"),
    FileColumn::optional("device_id", "设备ID"),
    FileColumn::optional("device_name", "设备名称"),
    FileColumn::optional("description", "设备描述"),
    FileColumn::optional("auth_type", "认证类型"),
    FileColumn::optional("secret", "设备密钥"),
    FileColumn::optional("fingerprint", "设备指纹"),
    FileColumn::optional("gateway_id", "网关ID"),
    FileColumn::optional("extension_info", "扩展信息"),
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

    fn execute(
        &self,
        tx: &mut dyn Tx,
        context: &Context,
        reach: Reach<'_>,
        task_id: &str,
        subtask: &Subtask,
    ) -> Result<Effect, store::Error> {
        let row: Map<String, Json> =
            serde_json::from_str(subtask.input.as_deref().unwrap_or("{}")).unwrap_or_default();
        let body = body(context, task_id, subtask.ordinal, row)?;
        let mut fields = Fields::of(&body, Code::InvalidInput)?;
        let order = add_device(&mut fields);
        let order = fields.finish(order)?;
        let added = devices::add(tx, context, reach, &order)?;
        Ok(Effect {
            output: added.device_id.clone(),
            target: Some(added.device_id),
            node_id: Some(order.node_id),
            device_name: order.device_name,
        })
    }
}

/// The body that AddDevice would have been called with.
fn body(
    context: &Context,
    task_id: &str,
    ordinal: i64,
    mut row: Map<String, Json>,
) -> Result<Json, store::Error> {
    if let Some(sealed) = row.remove(SEALED_SECRET) {
        let secret = subtasks::open_input(context, task_id, ordinal, sealed.as_str().unwrap_or_default())?;
        row.insert("secret".to_owned(), secret.into());
    }
    let mut auth = Map::new();
    for name in IN_AUTH_INFO {
        if let Some(value) = row.remove(*name) {
            auth.insert((*name).to_owned(), value);
        }
    }
    if !auth.is_empty() {
        row.insert("auth_info".to_owned(), auth.into());
    }
    if let Some(Json::String(text)) = row.get("extension_info") {
        let parsed = serde_json::from_str(text)
            .map_err(|_| Fault::new(Code::InvalidInput, "extension_info: must be a JSON object"))?;
        row.insert("extension_info".to_owned(), parsed);
    }
    Ok(row.into())
}
