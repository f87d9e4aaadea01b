//! Adding a device.

use db::{Tx, args};
use types::{Code, Fault, device::AddDevice};

use super::{Reach, counted, end, secret_place, tree};
use crate::{Context, Error, apps, products, shadows};

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
    let app_id = products::app_of(tx, project_id, &order.product_id)?
        .filter(|app_id| reach.app_id.is_none_or(|only| only == app_id))
        .ok_or_else(|| Fault::of_value(Code::ProductMissing, "product_id", &order.product_id))?;
    let device_id =
        order.device_id.clone().unwrap_or_else(|| format!("{}_{}", order.product_id, order.node_id));
    if let Some(taken) = taken(tx, project_id, &device_id, order)? {
        let made = apps::make_way(tx, project_id, &device_id, &order.product_id, &order.node_id)?;
        return if made { add(tx, context, reach, order) } else { Err(taken.into()) };
    }
    counted::one_more(tx, context, project_id, &order.product_id)?;
    // A subtask that is refused must have changed nothing.
    if let Err(refused) = find_room(tx, context, project_id, &app_id, order) {
        counted::one_less(tx, project_id, &order.product_id)?;
        return Err(refused);
    }
    let secret =
        (order.auth_type == "SECRET").then(|| order.secret.clone().unwrap_or_else(|| context.rng.hex(32)));
    insert(tx, context, project_id, &app_id, &device_id, order, secret.as_deref())?;
    if !order.shadow.is_empty() {
        shadows::desire(tx, context, reach, &device_id, &order.shadow)?;
    }
    Ok(Added { device_id, secret })
}

/// The place that a device is to have, in the turn that [`counted::one_more`] has taken.
fn find_room(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    order: &AddDevice,
) -> Result<(), Error> {
    // Whoever deletes a product or an app takes the same turn, so this is the last time that it may have gone.
    if products::app_of(tx, project_id, &order.product_id)?.is_none() {
        return Err(Fault::of_value(Code::ProductMissing, "product_id", &order.product_id).into());
    }
    if let Some(gateway_id) = &order.gateway_id {
        let root = tree::root_for(tx, project_id, app_id, gateway_id, 0)?;
        tree::must_have_room(tx, context, project_id, &root, 1)?;
        tree::take_room(tx, project_id, &root, 1)?;
    }
    Ok(())
}

/// Why a device can not be called so.
fn taken(
    tx: &mut dyn Tx,
    project_id: &str,
    device_id: &str,
    order: &AddDevice,
) -> Result<Option<Fault>, Error> {
    let node = "SELECT 1 FROM device WHERE project_id = ?1 AND product_id = ?2 AND node_id = ?3";
    let node_taken = tx.exists(node, args![project_id, &order.product_id, &order.node_id])?;
    // In this order, because between two looks another node may add the same device.
    let device = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2";
    if tx.exists(device, args![project_id, device_id])? {
        // The documented text is the whole text.
        return Ok(Some(Code::DeviceTaken.into()));
    }
    Ok(node_taken.then(|| Fault::of_value(Code::NodeIdTaken, "node_id", &order.node_id)))
}

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    device_id: &str,
    order: &AddDevice,
    secret: Option<&str>,
) -> Result<(), Error> {
    let place = secret_place(device_id, project_id);
    let sealed = secret.map(|secret| context.vault.seal(&*context.rng, &place, secret.as_bytes()));
    let extension = order.extension_info.as_ref().map(ToString::to_string);
    let record_id = context.ids.next();
    // So that the order of a list is that of the times that it shows.
    let (created_ms, _) = record_id.made();
    let expires_ms = order.gateway_id.is_none().then(|| end::due(context, order.timeout)).flatten();
    tx.execute(
        "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id, device_name,
           description, node_type, status, frozen, auth_type, secret_sealed, fingerprint, secure_access,
           timeout_seconds, extension_info, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'INACTIVE', 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
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
    Ok(())
}
