//! Adding devices.

use std::collections::BTreeMap;

use db::{Tx, args};
use types::{Code, Fault, device::AddDevice};

use super::{Each, Reach, counted, end, only, secret_place, tree};
use crate::{
    Context, Error, apps,
    products::{self, Fits},
    shadows,
};

/// What [`add`] has added.
#[derive(Clone)]
pub struct Added {
    /// The device's id.
    pub device_id: String,
    /// Its secret in clear.
    pub secret: Option<String>,
}

/// Adds devices within `reach`, one after the other. A shadow that is refused is an error, which undoes the unit of work
/// with all of them: only a single call brings one.
pub fn add(tx: &mut dyn Tx, context: &Context, reach: Reach<'_>, orders: &[&AddDevice]) -> Each<Added> {
    let mut done = Vec::with_capacity(orders.len());
    // What is to lie below a gateway may have it just before itself.
    for run in orders.chunk_by(|one, next| one.gateway_id.is_none() && next.gateway_id.is_none()) {
        done.extend(add_run(tx, context, reach, run)?);
    }
    Ok(done)
}

/// Adds devices that all lie below no gateway, or one that does.
fn add_run(tx: &mut dyn Tx, context: &Context, reach: Reach<'_>, orders: &[&AddDevice]) -> Each<Added> {
    let mut room = counted::room(tx, context, reach.project_id)?;
    let apps = apps_of(tx, reach, orders)?;
    let mut done: Vec<Option<Result<Added, Fault>>> = orders.iter().map(|_| None).collect();
    let (mut left, mut contested, mut products) = (Vec::new(), Vec::new(), Vec::new());
    for (at, order) in orders.iter().enumerate() {
        let Some(app_id) = &apps[order.product_id.as_str()] else {
            let missing = Fault::of_value(Code::ProductMissing, "product_id", &order.product_id);
            done[at] = Some(Err(missing));
            continue;
        };
        match below(tx, context, reach.project_id, app_id, order) {
            Ok(root) => left.push((at, app_id, root)),
            Err(Error::Fault(refused)) => contested.push((at, Some(refused))),
            Err(error) => return Err(error),
        }
    }
    while room > 0 && !left.is_empty() {
        let later = left.split_off(left.len().min(room as usize));
        let new: Vec<_> = left.iter().map(|(at, app, _)| New::of(context, reach, app, orders[*at])).collect();
        let inserted = insert(tx, reach.project_id, &new)?;
        for (((at, _, root), new), inserted) in left.into_iter().zip(new).zip(inserted) {
            if inserted == 0 {
                contested.push((at, None));
                continue;
            }
            room -= 1;
            products.push(new.order.product_id.as_str());
            done[at] = Some(Ok(new.settle(tx, context, reach, root)?));
        }
        left = later;
    }
    counted::count(tx, reach.project_id, &products, 1)?;
    contested.extend(left.into_iter().map(|(at, ..)| (at, Some(counted::full(context)))));
    for (at, refused) in contested {
        done[at] = Some(make_way(tx, context, reach, orders[at], refused)?);
    }
    Ok(done.into_iter().flatten().collect())
}

/// The app of each product, if it is there and within `reach`. In the turn that [`counted::room`] has taken: whoever
/// deletes a product or an app takes the same.
fn apps_of<'o>(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    orders: &[&'o AddDevice],
) -> Result<BTreeMap<&'o str, Option<String>>, Error> {
    let mut apps = BTreeMap::new();
    for order in orders {
        let product_id = order.product_id.as_str();
        if !apps.contains_key(product_id) {
            let app_id = products::app_of(tx, reach.project_id, product_id)?;
            let within = |app_id: &String| reach.app_id.is_none_or(|only| only == app_id);
            apps.insert(product_id, app_id.filter(within));
        }
    }
    Ok(apps)
}

/// The top of the tree in which a device is to lie, if it is to lie below a gateway, and if there is room for it.
fn below(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    order: &AddDevice,
) -> Result<Option<String>, Error> {
    let Some(gateway_id) = &order.gateway_id else { return Ok(None) };
    let root = tree::root_for(tx, project_id, app_id, gateway_id, 0)?;
    tree::must_have_room(tx, context, project_id, &root, 1)?;
    Ok(Some(root))
}

/// Adds a device that is in the way of what a deleted app has left, or says what is in its own way: that its id is taken
/// comes before what else was `refused`.
fn make_way(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    order: &AddDevice,
    refused: Option<Fault>,
) -> Result<Result<Added, Fault>, Error> {
    let device_id = device_id(order);
    if apps::make_way(tx, reach.project_id, &device_id, &order.product_id, &order.node_id)? {
        return match only(add(tx, context, reach, &[order])?) {
            Err(Error::Fault(fault)) => Ok(Err(fault)),
            added => added.map(Ok),
        };
    }
    let sql = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2";
    if tx.exists(sql, args![reach.project_id, &device_id])? {
        // The documented text is the whole text.
        return Ok(Err(Code::DeviceTaken.into()));
    }
    Ok(Err(refused.unwrap_or_else(|| Fault::of_value(Code::NodeIdTaken, "node_id", &order.node_id))))
}

fn device_id(order: &AddDevice) -> String {
    order.device_id.clone().unwrap_or_else(|| format!("{}_{}", order.product_id, order.node_id))
}

/// A device on its way into its row.
struct New<'o> {
    order: &'o AddDevice,
    app_id: &'o str,
    device_id: String,
    secret: Option<String>,
    sealed: Option<Vec<u8>>,
    extension: Option<String>,
    record_id: String,
    created_ms: i64,
    expires_ms: Option<i64>,
}

impl<'o> New<'o> {
    fn of(context: &Context, reach: Reach<'_>, app_id: &'o str, order: &'o AddDevice) -> Self {
        let device_id = device_id(order);
        let secret = (order.auth_type == "SECRET")
            .then(|| order.secret.clone().unwrap_or_else(|| context.rng.hex(32)));
        let place = secret_place(&device_id, reach.project_id);
        let seal = |secret: &String| context.vault.seal(&*context.rng, &place, secret.as_bytes());
        let record_id = context.ids.next();
        // So that the order of a list is that of the times that it shows.
        let (created_ms, _) = record_id.made();
        Self {
            sealed: secret.as_ref().map(seal),
            extension: order.extension_info.as_ref().map(ToString::to_string),
            record_id: record_id.to_string(),
            expires_ms: order.gateway_id.is_none().then(|| end::due(context, order.timeout)).flatten(),
            order,
            app_id,
            device_id,
            secret,
            created_ms,
        }
    }

    /// What follows once the row is there.
    fn settle(
        self,
        tx: &mut dyn Tx,
        context: &Context,
        reach: Reach<'_>,
        root: Option<String>,
    ) -> Result<Added, Error> {
        if let Some(root) = root {
            tree::take_room(tx, reach.project_id, &root, 1)?;
        }
        if !self.order.shadow.is_empty() {
            shadows::desire(tx, context, reach, &self.device_id, &self.order.shadow, &mut Fits::default())?;
        }
        Ok(Added { device_id: self.device_id, secret: self.secret })
    }
}

/// Answers for each 0 if something is in the way. The node's id is looked for by the insert itself: a planner that has no
/// statistics of a new table yet may look for it among all devices of the product.
fn insert(tx: &mut dyn Tx, project_id: &str, new: &[New<'_>]) -> Result<Vec<u64>, Error> {
    let mut values = Vec::with_capacity(new.len() * 18);
    for New { order, app_id, device_id, sealed, extension, record_id, created_ms, expires_ms, .. } in new {
        values.extend_from_slice(args![
            project_id,
            device_id,
            record_id,
            *app_id,
            &order.product_id,
            &order.node_id,
            order.gateway_id.as_ref().unwrap_or(device_id),
            order.device_name.as_ref(),
            order.description.as_ref(),
            if order.gateway_id.is_some() { "ENDPOINT" } else { "GATEWAY" },
            &order.auth_type,
            sealed.as_deref(),
            order.fingerprint.as_ref(),
            order.secure_access,
            order.timeout,
            extension.as_ref(),
            *created_ms,
            *expires_ms,
        ]);
    }
    Ok(tx.execute_many(
        "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id, device_name,
           description, node_type, status, frozen, auth_type, secret_sealed, fingerprint, secure_access,
           timeout_seconds, extension_info, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'INACTIVE', 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT DO NOTHING",
        18,
        &values,
    )?)
}
