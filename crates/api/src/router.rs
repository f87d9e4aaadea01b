//! The whole URL space; that of the account is `router/account.rs`.

mod account;

use std::sync::{Arc, OnceLock};

use axum::{Router, extract::DefaultBodyLimit, handler::Handler, middleware::from_fn_with_state};
use tokio::sync::Semaphore;

use crate::{
    Api, Inner, Parts,
    answering::{Answering, delete, get, post, put},
    apps,
    authenticate::Lockout,
    batch_files, batch_tasks, device_groups, devices,
    entrance::{self, Entrance},
    export_tasks, health, iam, openapi, ota_packages, products,
    rate::Rates,
    respond::{self, Around},
    room::Room,
    shadows, tags, templates,
};

/// Uploads that are read at a time, of all callers; further ones wait for their turn.
const READINGS_MAX: usize = 4;

/// What a node answers that does nothing but jobs.
const HEALTH: [&str; 2] = ["healthz", "readyz"];

/// The API over its parts.
///
/// # Errors
/// The store cannot tell the installation's id.
pub fn router(parts: Parts) -> Result<Router, store::Error> {
    let instance_id = parts.store.instance_id()?;
    tracing::info!(instance_id, "this installation's Instance-Id");
    let room = Room::new(parts.store.context().limits.held_bytes);
    let limits = &parts.store.context().limits;
    let lockout = || Lockout::new(limits.signature_failures, limits.lock_seconds);
    let rates = Rates::new(limits.api_requests_per_second, limits.account_requests_per_second);
    let (bounded, open) = (Entrance::of(parts.requests_max), Entrance::open());
    let enter = |entrance: &Entrance| from_fn_with_state(entrance.clone(), entrance::enter);
    let readings = Arc::new(Semaphore::new(READINGS_MAX));
    let (lockout, passwords) = (lockout(), iam::Passwords::new(lockout()));
    let api = Api(Arc::new(Inner {
        parts,
        instance_id,
        room,
        lockout,
        passwords,
        rates,
        readings,
        openapi: OnceLock::new(),
    }));
    let around = |operation| from_fn_with_state(Around { api: api.clone(), operation }, respond::around);
    let unknown = respond::unknown.layer(enter(&open)).layer(around("unknown"));
    let mut router = Router::new();
    let served = |operation: &str| !api.only_health || HEALTH.contains(&operation);
    for (operation, path, answering) in endpoints().filter(|(operation, ..)| served(operation)) {
        let entrance = if HEALTH.contains(&operation) { &open } else { &bounded };
        router = router.route(&path, answering.methods.layer(enter(entrance)).layer(around(operation)));
    }
    Ok(router
        .fallback(unknown.clone())
        .method_not_allowed_fallback(unknown)
        // Each extractor has its own limit.
        .layer(DefaultBodyLimit::disable())
        .with_state(api))
}

/// An endpoint: the name that the API's documentation and our metrics and logs know it by, its path, and what answers
/// which method.
type Endpoint = (&'static str, String, Answering);

/// Every endpoint.
pub(crate) fn endpoints() -> impl Iterator<Item = Endpoint> {
    of_registry()
        .into_iter()
        .chain(of_devices())
        .chain(of_tasks())
        .chain(of_files())
        .chain(open())
        .chain(of_groups())
        .chain(account::endpoints())
}

/// A path in a project. Not nested: nesting would cut the path that was signed.
fn at(path: &str) -> String {
    format!("/v5/iot/{{project_id}}{path}")
}

/// Apps and products.
fn of_registry() -> Vec<Endpoint> {
    vec![
        ("AddApplication", at("/apps"), post(apps::add::add).told(apps::add::about)),
        ("ShowApplications", at("/apps"), get(apps::list::list).told(apps::list::about)),
        ("ShowApplication", at("/apps/{app_id}"), get(apps::show::show).told(apps::show::about)),
        ("UpdateApplication", at("/apps/{app_id}"), put(apps::update::update).told(apps::update::about)),
        ("DeleteApplication", at("/apps/{app_id}"), delete(apps::delete::delete).told(apps::delete::about)),
        ("CreateProduct", at("/products"), post(products::create::create).told(products::create::about)),
        ("ListProducts", at("/products"), get(products::list::list).told(products::list::about)),
        ("ShowProduct", at("/products/{product_id}"), get(products::show::show).told(products::show::about)),
        (
            "UpdateProduct",
            at("/products/{product_id}"),
            put(products::update::update).told(products::update::about),
        ),
        (
            "DeleteProduct",
            at("/products/{product_id}"),
            delete(products::delete::delete).told(products::delete::about),
        ),
    ]
}

/// Devices with what belongs to them.
fn of_devices() -> Vec<Endpoint> {
    vec![
        ("AddDevice", at("/devices"), post(devices::add::add).told(devices::add::about)),
        ("ListDevices", at("/devices"), get(devices::list::list).told(devices::list::about)),
        ("ShowDevice", at("/devices/{device_id}"), get(devices::show::show).told(devices::show::about)),
        (
            "UpdateDevice",
            at("/devices/{device_id}"),
            put(devices::update::update).told(devices::update::about),
        ),
        (
            "DeleteDevice",
            at("/devices/{device_id}"),
            delete(devices::delete::delete).told(devices::delete::about),
        ),
        (
            "ResetDeviceSecret",
            at("/devices/{device_id}/action"),
            post(devices::reset_secret::reset_secret).told(devices::reset_secret::about),
        ),
        (
            "ChangeGateway",
            at("/devices/{device_id}/change-gateway"),
            post(devices::change_gateway::change_gateway).told(devices::change_gateway::about),
        ),
        (
            "FreezeDevice",
            at("/devices/{device_id}/freeze"),
            post(devices::freeze::freeze).told(devices::freeze::about),
        ),
        (
            "UnfreezeDevice",
            at("/devices/{device_id}/unfreeze"),
            post(devices::unfreeze::unfreeze).told(devices::unfreeze::about),
        ),
        (
            "ShowDeviceShadow",
            at("/devices/{device_id}/shadow"),
            get(shadows::show::show).told(shadows::show::about),
        ),
        (
            "UpdateDeviceShadowDesiredData",
            at("/devices/{device_id}/shadow"),
            put(shadows::update::update).told(shadows::update::about),
        ),
        (
            "DeleteDeviceShadow",
            at("/devices/{device_id}/shadow"),
            delete(shadows::delete::delete).told(shadows::delete::about),
        ),
        ("TagDevice", at("/tags/bind-resource"), post(tags::bind::bind).told(tags::bind::about)),
        ("UntagDevice", at("/tags/unbind-resource"), post(tags::unbind::unbind).told(tags::unbind::about)),
        (
            "ListResourcesByTags",
            at("/tags/query-resources"),
            post(tags::query_resources::query_resources).told(tags::query_resources::about),
        ),
    ]
}

/// What is done to many devices, and what it is done with.
fn of_tasks() -> Vec<Endpoint> {
    vec![
        (
            "UploadBatchTaskFile",
            at("/batchtask-files"),
            post(batch_files::upload::upload).told(batch_files::upload::about),
        ),
        (
            "ListBatchTaskFiles",
            at("/batchtask-files"),
            get(batch_files::list::list).told(batch_files::list::about),
        ),
        (
            "DeleteBatchTaskFile",
            at("/batchtask-files/{file_id}"),
            delete(batch_files::delete::delete).told(batch_files::delete::about),
        ),
        (
            "CreateBatchTask",
            at("/batchtasks"),
            post(batch_tasks::create::create).told(batch_tasks::create::about),
        ),
        ("ListBatchTasks", at("/batchtasks"), get(batch_tasks::list::list).told(batch_tasks::list::about)),
        (
            "ShowBatchTask",
            at("/batchtasks/{task_id}"),
            get(batch_tasks::show::show).told(batch_tasks::show::about),
        ),
        (
            "RetryBatchTask",
            at("/batchtasks/{task_id}/retry"),
            post(batch_tasks::control::retry).told(batch_tasks::control::about_retry),
        ),
        (
            "StopBatchTask",
            at("/batchtasks/{task_id}/stop"),
            post(batch_tasks::control::stop).told(batch_tasks::control::about_stop),
        ),
        (
            "ConfirmBatchTask",
            at("/batchtasks/{task_id}/confirm"),
            post(batch_tasks::control::confirm).told(batch_tasks::control::about_confirm),
        ),
        (
            "DeleteBatchTask",
            at("/batchtasks/{task_id}"),
            delete(batch_tasks::delete::delete).told(batch_tasks::delete::about),
        ),
    ]
}

/// Files: results of exports, and what devices are upgraded to.
fn of_files() -> Vec<Endpoint> {
    vec![
        (
            "CreateExportTask",
            at("/export-tasks"),
            post(export_tasks::create::create).told(export_tasks::create::about),
        ),
        (
            "ListExportTasks",
            at("/export-tasks"),
            get(export_tasks::list::list).told(export_tasks::list::about),
        ),
        (
            "DeleteExportTask",
            at("/export-tasks/{export_task_id}"),
            delete(export_tasks::delete::delete).told(export_tasks::delete::about),
        ),
        (
            "ShowExportTask",
            at("/export-tasks/{export_task_id}/file"),
            // HEAD has an answer of its own: GET's would count as a download.
            get(export_tasks::download::download)
                .head(export_tasks::download::look)
                .told(export_tasks::download::about),
        ),
        (
            "CreateOtaPackage",
            at("/ota-upgrades/packages"),
            post(ota_packages::create::create).told(ota_packages::create::about),
        ),
        (
            "ListOtaPackageInfo",
            at("/ota-upgrades/packages"),
            get(ota_packages::list::list).told(ota_packages::list::about),
        ),
        (
            "ShowOtaPackage",
            at("/ota-upgrades/packages/{package_id}"),
            get(ota_packages::show::show).told(ota_packages::show::about),
        ),
        (
            "DeleteOtaPackage",
            at("/ota-upgrades/packages/{package_id}"),
            delete(ota_packages::delete::delete).told(ota_packages::delete::about),
        ),
        (
            "UploadOtaPackage",
            at("/ota-upgrades/packages/{package_id}/file"),
            put(ota_packages::upload::upload).told(ota_packages::upload::about),
        ),
    ]
}

/// What is answered without credentials.
fn open() -> Vec<Endpoint> {
    vec![
        (
            "templates",
            "/console/templates/{file}".to_owned(),
            get(templates::template).told(templates::about),
        ),
        ("openapi", "/openapi.json".to_owned(), get(openapi::show).told(openapi::about)),
        ("healthz", "/healthz".to_owned(), get(health::alive).told(health::about_alive)),
        ("readyz", "/readyz".to_owned(), get(health::ready).told(health::about_ready)),
    ]
}

/// Groups of devices.
fn of_groups() -> Vec<Endpoint> {
    vec![
        (
            "AddDeviceGroup",
            at("/device-group"),
            post(device_groups::add::add).told(device_groups::add::about),
        ),
        (
            "ListDeviceGroups",
            at("/device-group"),
            get(device_groups::list::list).told(device_groups::list::about),
        ),
        (
            "ShowDeviceGroup",
            at("/device-group/{group_id}"),
            get(device_groups::show::show).told(device_groups::show::about),
        ),
        (
            "UpdateDeviceGroup",
            at("/device-group/{group_id}"),
            put(device_groups::update::update).told(device_groups::update::about),
        ),
        (
            "DeleteDeviceGroup",
            at("/device-group/{group_id}"),
            delete(device_groups::delete::delete).told(device_groups::delete::about),
        ),
        (
            "CreateOrDeleteDeviceInGroup",
            at("/device-group/{group_id}/action"),
            post(device_groups::action::action).told(device_groups::action::about),
        ),
        (
            "ShowDevicesInGroup",
            at("/device-group/{group_id}/devices"),
            get(device_groups::devices::devices).told(device_groups::devices::about),
        ),
        (
            "ListDeviceGroupsByDevice",
            at("/devices/{device_id}/list-device-group"),
            post(device_groups::of_device::of_device).told(device_groups::of_device::about),
        ),
    ]
}
