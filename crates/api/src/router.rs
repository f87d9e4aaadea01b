//! The whole URL space.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware::from_fn_with_state,
    routing::{MethodRouter, delete, get, post},
};
use tokio::sync::Semaphore;

use crate::{
    Api, Inner, Parts, apps,
    authenticate::Lockout,
    batch_files, batch_tasks, devices,
    entrance::{self, Entrance},
    export_tasks, health, products,
    rate::Rates,
    respond::{self, Around},
    room::Room,
    templates,
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
    let lockout = Lockout::new(limits.signature_failures, limits.lock_seconds);
    let rates = Rates::new(limits.api_requests_per_second, limits.account_requests_per_second);
    let (bounded, open) = (Entrance::of(parts.requests_max), Entrance::open());
    let enter = |entrance: &Entrance| from_fn_with_state(entrance.clone(), entrance::enter);
    let readings = Arc::new(Semaphore::new(READINGS_MAX));
    let api = Api(Arc::new(Inner { parts, instance_id, room, lockout, rates, readings }));
    let around = |operation| from_fn_with_state(Around { api: api.clone(), operation }, respond::around);
    let unknown = respond::unknown.layer(enter(&open)).layer(around("unknown"));
    let mut router = Router::new();
    let served = |operation: &str| !api.only_health || HEALTH.contains(&operation);
    for (operation, path, endpoint) in endpoints().into_iter().filter(|(operation, ..)| served(operation)) {
        let entrance = if HEALTH.contains(&operation) { &open } else { &bounded };
        router = router.route(&path, endpoint.layer(enter(entrance)).layer(around(operation)));
    }
    Ok(router
        .fallback(unknown.clone())
        .method_not_allowed_fallback(unknown)
        // Each extractor has its own limit.
        .layer(DefaultBodyLimit::disable())
        .with_state(api))
}

/// Every endpoint: the name that the API's documentation and our metrics and logs know it by, its path, and what
/// answers which method.
fn endpoints() -> Vec<(&'static str, String, MethodRouter<Api>)> {
    // Not nested: nesting would cut the path that was signed.
    let at = |path: &str| format!("/v5/iot/{{project_id}}{path}");
    vec![
        ("AddApplication", at("/apps"), post(apps::add::add)),
        ("ShowApplications", at("/apps"), get(apps::list::list)),
        ("ShowApplication", at("/apps/{app_id}"), get(apps::show::show)),
        ("CreateProduct", at("/products"), post(products::create::create)),
        ("ListProducts", at("/products"), get(products::list::list)),
        ("ShowProduct", at("/products/{product_id}"), get(products::show::show)),
        ("AddDevice", at("/devices"), post(devices::add::add)),
        ("ListDevices", at("/devices"), get(devices::list::list)),
        ("ShowDevice", at("/devices/{device_id}"), get(devices::show::show)),
        ("DeleteDevice", at("/devices/{device_id}"), delete(devices::delete::delete)),
        ("FreezeDevice", at("/devices/{device_id}/freeze"), post(devices::freeze::freeze)),
        ("UnfreezeDevice", at("/devices/{device_id}/unfreeze"), post(devices::unfreeze::unfreeze)),
        ("UploadBatchTaskFile", at("/batchtask-files"), post(batch_files::upload::upload)),
        ("ListBatchTaskFiles", at("/batchtask-files"), get(batch_files::list::list)),
        ("DeleteBatchTaskFile", at("/batchtask-files/{file_id}"), delete(batch_files::delete::delete)),
        ("CreateBatchTask", at("/batchtasks"), post(batch_tasks::create::create)),
        ("ListBatchTasks", at("/batchtasks"), get(batch_tasks::list::list)),
        ("ShowBatchTask", at("/batchtasks/{task_id}"), get(batch_tasks::show::show)),
        ("DeleteBatchTask", at("/batchtasks/{task_id}"), delete(batch_tasks::delete::delete)),
        ("CreateExportTask", at("/export-tasks"), post(export_tasks::create::create)),
        ("ListExportTasks", at("/export-tasks"), get(export_tasks::list::list)),
        ("DeleteExportTask", at("/export-tasks/{export_task_id}"), delete(export_tasks::delete::delete)),
        (
            "ShowExportTask",
            at("/export-tasks/{export_task_id}/file"),
            // HEAD has an answer of its own: GET's would count as a download.
            get(export_tasks::download::download).head(export_tasks::download::look),
        ),
        ("templates", "/console/templates/{file}".to_owned(), get(templates::template)),
        ("healthz", "/healthz".to_owned(), get(health::alive)),
        ("readyz", "/readyz".to_owned(), get(health::ready)),
    ]
}
