//! The whole URL space.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn_with_state,
    routing::{delete, get, post},
};

use crate::{
    Api, Inner, Parts, apps, batch_files, batch_tasks, devices, export_tasks, health, products, respond,
};

/// The API over its parts.
///
/// # Errors
/// The store cannot tell the installation's id.
pub fn router(parts: Parts) -> Result<Router, store::Error> {
    let instance_id = parts.store.instance_id()?;
    tracing::info!(instance_id, "this installation's Instance-Id");
    let api = Api(Arc::new(Inner { parts, instance_id }));
    // Not nested: nesting would cut the path that was signed.
    let at = |path: &str| format!("/v5/iot/{{project_id}}{path}");
    let project = Router::new()
        .route(&at("/apps"), post(apps::add::add).get(apps::list::list))
        .route(&at("/apps/{app_id}"), get(apps::show::show))
        .route(&at("/products"), post(products::create::create).get(products::list::list))
        .route(&at("/products/{product_id}"), get(products::show::show))
        .route(&at("/devices"), post(devices::add::add).get(devices::list::list))
        .route(&at("/devices/{device_id}"), get(devices::show::show))
        .route(&at("/devices/{device_id}/freeze"), post(devices::freeze::freeze))
        .route(&at("/devices/{device_id}/unfreeze"), post(devices::unfreeze::unfreeze))
        .route(&at("/batchtask-files"), post(batch_files::upload::upload).get(batch_files::list::list))
        .route(&at("/batchtask-files/{file_id}"), delete(batch_files::delete::delete))
        .route(&at("/batchtasks"), post(batch_tasks::create::create).get(batch_tasks::list::list))
        .route(&at("/batchtasks/{task_id}"), get(batch_tasks::show::show).delete(batch_tasks::delete::delete))
        .route(&at("/export-tasks"), post(export_tasks::create::create).get(export_tasks::list::list))
        .route(&at("/export-tasks/{export_task_id}"), delete(export_tasks::delete::delete))
        // HEAD has a route of its own: GET's would count as a download.
        .route(
            &at("/export-tasks/{export_task_id}/file"),
            get(export_tasks::download::download).head(export_tasks::download::look),
        );
    Ok(project
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(respond::unknown)
        .method_not_allowed_fallback(respond::unknown)
        // Each extractor has its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(api.clone(), respond::around))
        .with_state(api))
}
