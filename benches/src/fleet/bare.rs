//! Rows that nobody checks, into the tables of the store and under the same promise: each transaction is on the disk.

use std::path::Path;

use db::{Value, args};
use types::RecordId;

use super::Rows;
use crate::{
    Outcome,
    figure::{Done, Figure},
    house::{House, PROJECT},
    rows, seed,
};

/// As many as the engine takes into one transaction.
const CHUNK: i64 = 1000;

const DEVICE: [&str; 14] = [
    "project_id",
    "device_id",
    "record_id",
    "app_id",
    "product_id",
    "node_id",
    "gateway_id",
    "device_name",
    "node_type",
    "status",
    "frozen",
    "auth_type",
    "secure_access",
    "timeout_seconds",
];
const SUBTASK: [&str; 5] = ["task_id", "ordinal", "target", "status", "output"];

/// Inserts so many.
pub(crate) fn bare(directory: &Path, of: Rows, count: i64) -> Outcome<Figure> {
    let house = House::open(directory)?;
    Figure::of(|| {
        for from in (0..count).step_by(CHUNK as usize) {
            let numbers = from..count.min(from + CHUNK);
            house.store.db().write_blocking(move |tx| match of {
                Rows::Devices => {
                    let mut columns = DEVICE.to_vec();
                    columns.extend(["secret_sealed", "created_ms"]);
                    let texts: Vec<_> = numbers.clone().map(device).collect();
                    let values: Vec<_> = texts.iter().flat_map(device_values).collect();
                    tx.insert_many("device", &columns, &values)
                }
                Rows::Subtasks => {
                    let targets: Vec<_> =
                        numbers.clone().map(|number| (number, rows::target(number))).collect();
                    let values: Vec<_> = targets
                        .iter()
                        .flat_map(|(number, target)| {
                            args!["bare", *number, target, "Success", "success"].to_vec()
                        })
                        .collect();
                    tx.insert_many("subtask", &SUBTASK, &values)
                }
            })?;
        }
        Ok(Done { rows: count, bytes: None })
    })
}

struct Device {
    device_id: String,
    record_id: String,
    texts: [String; 3],
}

fn device(number: i64) -> Device {
    let texts = seed::device(number);
    let [product_id, node_id, _] = &texts;
    let device_id = format!("{product_id}_{node_id}");
    Device { device_id, record_id: RecordId::from_ordinal(number).to_string(), texts }
}

fn device_values(device: &Device) -> Vec<Value<'_>> {
    /// As long as a sealed secret.
    const SEALED: &[u8] = &[0x5a; 61];
    let Device { device_id, record_id, texts: [product_id, node_id, device_name] } = device;
    args![
        PROJECT,
        device_id,
        record_id,
        "app",
        product_id,
        node_id,
        device_id,
        device_name,
        "GATEWAY",
        "INACTIVE",
        0,
        "SECRET",
        1,
        0,
        SEALED,
        0,
    ]
    .to_vec()
}
