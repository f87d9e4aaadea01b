//! Commands that are kept for devices until they can be reached.

use db::{Tx, args};
use domain::order::SendAsyncCommand;
use types::{Code, Fault};

use crate::{
    Context, Error,
    devices::{self, Named, Reach},
    products::Fits,
};

/// Keeps a command for a device within `reach`, if it fits; answers its id.
pub fn add(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    order: &SendAsyncCommand,
    fits: &mut Fits,
) -> Result<(String, Named), Error> {
    let device = devices::address(tx, reach, device_id)?;
    fits.check(tx, reach.project_id, &device.product_id, |model| {
        let paras = serde_json::from_str(&order.paras).unwrap_or_default();
        model.check_command(order.service_id.as_deref(), order.command_name.as_deref(), &paras)
    })?;
    let most = context.limits.pending_commands;
    let pending = "SELECT COUNT(*) FROM async_command
        WHERE project_id = ?1 AND device_id = ?2 AND status = 'PENDING'";
    if tx.count(pending, args![reach.project_id, device_id])? >= most {
        return Err(Fault::at_limit(Code::CommandsPending, "limits.pending_commands", most).into());
    }
    let (command_id, now_ms) = (context.rng.uuid(), context.clock.now_ms());
    tx.execute(
        "INSERT INTO async_command (project_id, device_id, command_id, record_id, service_id, command_name, paras,
           expire_seconds, send_strategy, status, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'PENDING', ?10, ?11)",
        args![
            reach.project_id,
            device_id,
            &command_id,
            &context.ids.next().to_string(),
            order.service_id.as_ref(),
            order.command_name.as_ref(),
            &order.paras,
            order.expire_seconds,
            order.send_strategy,
            now_ms,
            now_ms + order.expire_seconds * 1000,
        ],
    )?;
    // Those that wait are counted above; of those that do not, the newest stay.
    tx.execute(
        "DELETE FROM async_command WHERE project_id = ?1 AND device_id = ?2 AND status <> 'PENDING' AND record_id <=
           (SELECT record_id FROM async_command WHERE project_id = ?1 AND device_id = ?2 AND status <> 'PENDING'
             ORDER BY record_id DESC LIMIT 1 OFFSET ?3)",
        args![reach.project_id, device_id, most],
    )?;
    Ok((command_id, device.named))
}

/// Ends a slice of the commands that no device has fetched in time; answers whether there may be more.
pub(crate) fn expire(tx: &mut dyn Tx, now_ms: i64, slice: i64) -> Result<bool, Error> {
    let expired = tx.execute(
        "UPDATE async_command SET status = 'EXPIRED'
          WHERE (project_id, device_id, command_id) IN
            (SELECT project_id, device_id, command_id FROM async_command
              WHERE status = 'PENDING' AND expires_ms <= ?1 LIMIT ?2)",
        args![now_ms, slice],
    )?;
    Ok(expired as i64 == slice)
}
