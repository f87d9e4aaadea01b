//! Messages that are kept for devices until they can be reached, the newest of each device.

use db::{Tx, args};
use domain::order::SendMessage;
use types::{Code, Fault};

use crate::{
    Context, Error,
    devices::{self, Named, Reach},
};

/// Keeps a message for a device within `reach`; answers its id.
pub fn add(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    order: &SendMessage,
) -> Result<(String, Named), Error> {
    let device = devices::address(tx, reach, device_id)?;
    if order.ttl_minutes == 0 {
        // Not to be kept, and nobody is there.
        return Err(Code::DeviceOffline.into());
    }
    let message_id = order.message_id.clone().unwrap_or_else(|| context.rng.uuid());
    let taken = "SELECT 1 FROM device_message WHERE project_id = ?1 AND device_id = ?2 AND message_id = ?3";
    if tx.exists(taken, args![reach.project_id, device_id, &message_id])? {
        return Err(Fault::of_value(Code::MessageTaken, "message_id", &message_id).into());
    }
    let (now_ms, properties) = (context.clock.now_ms(), order.properties.as_ref().map(ToString::to_string));
    tx.execute(
        "INSERT INTO device_message (project_id, device_id, message_id, record_id, name, message, encoding,
           payload_format, topic, topic_full_name, properties, status, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'PENDING', ?12, ?13)",
        args![
            reach.project_id,
            device_id,
            &message_id,
            &context.ids.next().to_string(),
            order.name.as_ref(),
            &order.message,
            order.encoding,
            order.payload_format,
            order.topic.as_ref(),
            order.topic_full_name.as_ref(),
            properties.as_ref(),
            now_ms,
            now_ms + order.ttl_minutes * 60_000,
        ],
    )?;
    tx.execute(
        "DELETE FROM device_message WHERE project_id = ?1 AND device_id = ?2 AND record_id <=
           (SELECT record_id FROM device_message WHERE project_id = ?1 AND device_id = ?2
             ORDER BY record_id DESC LIMIT 1 OFFSET ?3)",
        args![reach.project_id, device_id, context.limits.device_messages],
    )?;
    Ok((message_id, device.named))
}

/// Ends a slice of the messages that nobody has fetched in time; answers whether there may be more.
pub(crate) fn expire(tx: &mut dyn Tx, now_ms: i64, slice: i64) -> Result<bool, Error> {
    let expired = tx.execute(
        "UPDATE device_message SET status = 'TIMEOUT', finished_ms = ?1
          WHERE (project_id, device_id, message_id) IN
            (SELECT project_id, device_id, message_id FROM device_message
              WHERE status = 'PENDING' AND expires_ms <= ?1 LIMIT ?2)",
        args![now_ms, slice],
    )?;
    Ok(expired as i64 == slice)
}
