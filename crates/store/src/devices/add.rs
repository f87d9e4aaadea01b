//! Adding a device.

use db::{Tx, args};
use types::{Code, Fault, device::AddDevice};

use super::{Reach, counted, end, secret_place, tree};
use crate::{Context, Error, apps, shadows};

/// What [`add`] has added.
#[derive(Clone)]
pub struct Added {
    /// The device's id.
    pub device_id: String,
    /// Its secret in clear.
    pub secret: Option<String>,
}

/// Adds a device within `reach`.
pub fn add(tx: &mut dyn Tx, context: &Context, reach: Reach<'_>, order: &AddDevice) -> Result<Added, Error> {
    let project_id = reach.project_id;
    let device_id =
        order.device_id.clone().unwrap_or_else(|| format!("{}_{}", order.product_id, order.node_id));
    let (app_id, is_taken) = place(tx, reach, &device_id, order)?;
    if is_taken {
        return make_way(tx, context, reach, &device_id, order);
    }
    counted::one_more(tx, context, project_id, &order.product_id)?;
    // A subtask that is refused must have changed nothing.
    if let Err(refused) = go_below(tx, context, project_id, &app_id, order) {
        counted::one_less(tx, project_id, &order.product_id)?;
        return Err(refused);
    }
    let secret =
        (order.auth_type == "SECRET").then(|| order.secret.clone().unwrap_or_else(|| context.rng.hex(32)));
    if !insert(tx, context, project_id, &app_id, &device_id, order, secret.as_deref())? {
        if let Some(gateway_id) = &order.gateway_id {
            tree::give_room_back(tx, project_id, gateway_id, 1)?;
        }
        counted::one_less(tx, project_id, &order.product_id)?;
        return make_way(tx, context, reach, &device_id, order);
    }
    if !order.shadow.is_empty() {
        shadows::desire(tx, context, reach, &device_id, &order.shadow)?;
    }
    Ok(Added { device_id, secret })
}

/// The app that a device is to be in, and whether its id is taken; over a network each look is waited for, a hundred
/// thousand times.
fn place(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    device_id: &str,
    order: &AddDevice,
) -> Result<(String, bool), Error> {
    let found = tx.first(
        "SELECT p.app_id, (SELECT COUNT(*) FROM device WHERE project_id = ?1 AND device_id = ?3)
         FROM product p WHERE p.project_id = ?1 AND p.product_id = ?2",
        args![reach.project_id, &order.product_id, device_id],
        |row| Ok((row.string(0)?, row.int(1)? > 0)),
    )?;
    let place = found.filter(|(app_id, _)| reach.app_id.is_none_or(|only| only == app_id));
    Ok(place.ok_or_else(|| Fault::of_value(Code::ProductMissing, "product_id", &order.product_id))?)
}

/// Adds a device that is in the way of what a deleted app has left, or says what is in its own way.
fn make_way(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    order: &AddDevice,
) -> Result<Added, Error> {
    if apps::make_way(tx, reach.project_id, device_id, &order.product_id, &order.node_id)? {
        return add(tx, context, reach, order);
    }
    let sql = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2";
    if tx.exists(sql, args![reach.project_id, device_id])? {
        // The documented text is the whole text.
        return Err(Code::DeviceTaken.into());
    }
    Err(Fault::of_value(Code::NodeIdTaken, "node_id", &order.node_id).into())
}

/// Takes the place below a gateway, if the device is to have one, in the turn that [`counted::one_more`] has taken.
fn go_below(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    order: &AddDevice,
) -> Result<(), Error> {
    let Some(gateway_id) = &order.gateway_id else { return Ok(()) };
    let root = tree::root_for(tx, project_id, app_id, gateway_id, 0)?;
    tree::must_have_room(tx, context, project_id, &root, 1)?;
    tree::take_room(tx, project_id, &root, 1)
}

/// Answers whether nothing is in the way. The node's id is looked for by the insert itself: a planner that has no statistics
/// of a new table yet may look for it among all devices of the product.
fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    device_id: &str,
    order: &AddDevice,
    secret: Option<&str>,
) -> Result<bool, Error> {
    let place = secret_place(device_id, project_id);
    let sealed = secret.map(|secret| context.vault.seal(&*context.rng, &place, secret.as_bytes()));
    let extension = order.extension_info.as_ref().map(ToString::to_string);
    let record_id = context.ids.next();
    // So that the order of a list is that of the times that it shows.
    let (created_ms, _) = record_id.made();
    let expires_ms = order.gateway_id.is_none().then(|| end::due(context, order.timeout)).flatten();
    let inserted = tx.execute(
        "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id, device_name,
           description, node_type, status, frozen, auth_type, secret_sealed, fingerprint, secure_access,
           timeout_seconds, extension_info, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'INACTIVE', 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT DO NOTHING",
        args![
            project_id,
            device_id,
            &record_id.to_string(),
            app_id,
            &order.product_id,
            &order.node_id,
            order.gateway_id.as_deref().unwrap_or(device_id),
            order.device_name.as_ref(),
            order.description.as_ref(),
            if order.gateway_id.is_some() { "ENDPOINT" } else { "GATEWAY" },
            &order.auth_type,
            sealed.as_deref(),
            order.fingerprint.as_ref(),
            order.secure_access,
            order.timeout,
            extension.as_ref(),
            created_ms,
            expires_ms,
        ],
    )?;
    Ok(inserted == 1)
}
