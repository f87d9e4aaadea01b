//! `deleteDevices`: what DeleteDevice does, for each target.

use db::Tx;
use store::{
    Context,
    devices::{self, Reach},
    subtasks::Subtask,
};

use super::{DEVICE_ID, SUCCESS};
use crate::{Effect, FileColumn, Kind, Row};

/// `deleteDevices`
pub(super) struct DeleteDevices;

impl Kind for DeleteDevices {
    fn task_type(&self) -> &'static str {
        "deleteDevices"
    }

    fn takes_targets(&self) -> bool {
        true
    }

    fn columns(&self) -> &'static [FileColumn] {
        DEVICE_ID
    }

    fn target(&self, row: &Row<'_>) -> String {
        row.get("device_id").unwrap_or_default().to_owned()
    }

    fn keeps_rows(&self) -> bool {
        false
    }

    fn execute(
        &self,
        tx: &mut dyn Tx,
        _: &Context,
        reach: Reach<'_>,
        _: &str,
        subtask: &Subtask,
    ) -> Result<Effect, store::Error> {
        let device = devices::delete(tx, reach, &subtask.target)?;
        Ok(Effect {
            output: SUCCESS.to_owned(),
            target: None,
            node_id: Some(device.node_id),
            device_name: device.device_name,
        })
    }
}
