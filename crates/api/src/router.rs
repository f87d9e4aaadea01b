//! The whole URL space.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware::from_fn_with_state,
    routing::{MethodRouter, delete, get, head, patch, post, put},
};
use tokio::sync::Semaphore;

use crate::{
    Api, Inner, Parts, apps,
    authenticate::Lockout,
    batch_files, batch_tasks, device_groups, devices,
    entrance::{self, Entrance},
    export_tasks, health, iam, ota_packages, products,
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
    let api = Api(Arc::new(Inner { parts, instance_id, room, lockout, passwords, rates, readings }));
    let around = |operation| from_fn_with_state(Around { api: api.clone(), operation }, respond::around);
    let unknown = respond::unknown.layer(enter(&open)).layer(around("unknown"));
    let mut router = Router::new();
    let served = |operation: &str| !api.only_health || HEALTH.contains(&operation);
    for (operation, path, endpoint) in endpoints()
        .into_iter()
        .chain(of_groups())
        .chain(of_account())
        .filter(|(operation, ..)| served(operation))
    {
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

/// An endpoint: the name that the API's documentation and our metrics and logs know it by, its path, and what answers
/// which method.
type Endpoint = (&'static str, String, MethodRouter<Api>);

/// A path in a project. Not nested: nesting would cut the path that was signed.
fn at(path: &str) -> String {
    format!("/v5/iot/{{project_id}}{path}")
}

/// Every endpoint of the service but those of groups, and how the server is.
fn endpoints() -> Vec<Endpoint> {
    vec![
        ("AddApplication", at("/apps"), post(apps::add::add)),
        ("ShowApplications", at("/apps"), get(apps::list::list)),
        ("ShowApplication", at("/apps/{app_id}"), get(apps::show::show)),
        ("UpdateApplication", at("/apps/{app_id}"), put(apps::update::update)),
        ("DeleteApplication", at("/apps/{app_id}"), delete(apps::delete::delete)),
        ("CreateProduct", at("/products"), post(products::create::create)),
        ("ListProducts", at("/products"), get(products::list::list)),
        ("ShowProduct", at("/products/{product_id}"), get(products::show::show)),
        ("UpdateProduct", at("/products/{product_id}"), put(products::update::update)),
        ("DeleteProduct", at("/products/{product_id}"), delete(products::delete::delete)),
        ("AddDevice", at("/devices"), post(devices::add::add)),
        ("ListDevices", at("/devices"), get(devices::list::list)),
        ("ShowDevice", at("/devices/{device_id}"), get(devices::show::show)),
        ("UpdateDevice", at("/devices/{device_id}"), put(devices::update::update)),
        ("DeleteDevice", at("/devices/{device_id}"), delete(devices::delete::delete)),
        ("ResetDeviceSecret", at("/devices/{device_id}/action"), post(devices::reset_secret::reset_secret)),
        (
            "ChangeGateway",
            at("/devices/{device_id}/change-gateway"),
            post(devices::change_gateway::change_gateway),
        ),
        ("FreezeDevice", at("/devices/{device_id}/freeze"), post(devices::freeze::freeze)),
        ("UnfreezeDevice", at("/devices/{device_id}/unfreeze"), post(devices::unfreeze::unfreeze)),
        ("ShowDeviceShadow", at("/devices/{device_id}/shadow"), get(shadows::show::show)),
        ("UpdateDeviceShadowDesiredData", at("/devices/{device_id}/shadow"), put(shadows::update::update)),
        ("DeleteDeviceShadow", at("/devices/{device_id}/shadow"), delete(shadows::delete::delete)),
        ("TagDevice", at("/tags/bind-resource"), post(tags::bind::bind)),
        ("UntagDevice", at("/tags/unbind-resource"), post(tags::unbind::unbind)),
        ("ListResourcesByTags", at("/tags/query-resources"), post(tags::query_resources::query_resources)),
        ("UploadBatchTaskFile", at("/batchtask-files"), post(batch_files::upload::upload)),
        ("ListBatchTaskFiles", at("/batchtask-files"), get(batch_files::list::list)),
        ("DeleteBatchTaskFile", at("/batchtask-files/{file_id}"), delete(batch_files::delete::delete)),
        ("CreateBatchTask", at("/batchtasks"), post(batch_tasks::create::create)),
        ("ListBatchTasks", at("/batchtasks"), get(batch_tasks::list::list)),
        ("ShowBatchTask", at("/batchtasks/{task_id}"), get(batch_tasks::show::show)),
        ("RetryBatchTask", at("/batchtasks/{task_id}/retry"), post(batch_tasks::control::retry)),
        ("StopBatchTask", at("/batchtasks/{task_id}/stop"), post(batch_tasks::control::stop)),
        ("ConfirmBatchTask", at("/batchtasks/{task_id}/confirm"), post(batch_tasks::control::confirm)),
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
        ("CreateOtaPackage", at("/ota-upgrades/packages"), post(ota_packages::create::create)),
        ("ListOtaPackageInfo", at("/ota-upgrades/packages"), get(ota_packages::list::list)),
        ("ShowOtaPackage", at("/ota-upgrades/packages/{package_id}"), get(ota_packages::show::show)),
        ("DeleteOtaPackage", at("/ota-upgrades/packages/{package_id}"), delete(ota_packages::delete::delete)),
        (
            "UploadOtaPackage",
            at("/ota-upgrades/packages/{package_id}/file"),
            put(ota_packages::upload::upload),
        ),
        ("templates", "/console/templates/{file}".to_owned(), get(templates::template)),
        ("healthz", "/healthz".to_owned(), get(health::alive)),
        ("readyz", "/readyz".to_owned(), get(health::ready)),
    ]
}

/// Groups of devices.
fn of_groups() -> Vec<Endpoint> {
    vec![
        ("AddDeviceGroup", at("/device-group"), post(device_groups::add::add)),
        ("ListDeviceGroups", at("/device-group"), get(device_groups::list::list)),
        ("ShowDeviceGroup", at("/device-group/{group_id}"), get(device_groups::show::show)),
        ("UpdateDeviceGroup", at("/device-group/{group_id}"), put(device_groups::update::update)),
        ("DeleteDeviceGroup", at("/device-group/{group_id}"), delete(device_groups::delete::delete)),
        (
            "CreateOrDeleteDeviceInGroup",
            at("/device-group/{group_id}/action"),
            post(device_groups::action::action),
        ),
        ("ShowDevicesInGroup", at("/device-group/{group_id}/devices"), get(device_groups::devices::devices)),
        (
            "ListDeviceGroupsByDevice",
            at("/devices/{device_id}/list-device-group"),
            post(device_groups::of_device::of_device),
        ),
    ]
}

/// Every endpoint of the identity service and its neighbours, which know no project but those that they are about.
fn of_account() -> Vec<Endpoint> {
    let rows = who().into_iter().chain(may());
    rows.map(|(operation, path, endpoint)| (operation, path.to_owned(), endpoint)).chain(grants()).collect()
}

/// Tokens, projects, users and groups.
fn who() -> Vec<(&'static str, &'static str, MethodRouter<Api>)> {
    vec![
        ("CreateToken", "/v3/auth/tokens", post(iam::tokens::create)),
        ("ShowToken", "/v3/auth/tokens", get(iam::tokens::show)),
        ("RevokeToken", "/v3/auth/tokens", delete(iam::tokens::revoke)),
        ("ListAuthProjects", "/v3/auth/projects", get(iam::projects::list_own)),
        ("ListAuthDomains", "/v3/auth/domains", get(iam::domains::list)),
        ("CreateTemporaryAccessKey", "/v3.0/OS-CREDENTIAL/securitytokens", post(iam::temporary_keys::create)),
        ("ListProjects", "/v3/projects", get(iam::projects::list)),
        ("CreateProject", "/v3/projects", post(iam::projects::create)),
        ("ShowProject", "/v3/projects/{project_id}", get(iam::projects::show)),
        ("UpdateProject", "/v3/projects/{project_id}", patch(iam::projects::update)),
        (
            "MigrateResource",
            "/v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate",
            post(iam::enterprise_projects::migrate),
        ),
        ("ListUsers", "/v3/users", get(iam::users::list)),
        ("CreateUser", "/v3/users", post(iam::users::create)),
        ("ShowUser", "/v3/users/{user_id}", get(iam::users::show)),
        ("UpdateUser", "/v3/users/{user_id}", patch(iam::users::update).put(iam::users::update)),
        ("DeleteUser", "/v3/users/{user_id}", delete(iam::users::delete)),
        ("ChangePassword", "/v3/users/{user_id}/password", post(iam::users::change_password)),
        ("ListGroupsOfUser", "/v3/users/{user_id}/groups", get(iam::members::list_groups)),
        ("ListProjectsOfUser", "/v3/users/{user_id}/projects", get(iam::projects::list_of_user)),
        ("ListGroups", "/v3/groups", get(iam::groups::list)),
        ("CreateGroup", "/v3/groups", post(iam::groups::create)),
        ("ShowGroup", "/v3/groups/{group_id}", get(iam::groups::show)),
        ("UpdateGroup", "/v3/groups/{group_id}", patch(iam::groups::update).put(iam::groups::update)),
        ("DeleteGroup", "/v3/groups/{group_id}", delete(iam::groups::delete)),
        ("ListUsersOfGroup", "/v3/groups/{group_id}/users", get(iam::members::list_users)),
        ("AddUserToGroup", "/v3/groups/{group_id}/users/{user_id}", put(iam::members::add)),
        ("CheckUserInGroup", "/v3/groups/{group_id}/users/{user_id}", head(iam::members::check)),
        ("RemoveUserFromGroup", "/v3/groups/{group_id}/users/{user_id}", delete(iam::members::remove)),
    ]
}

/// Keys, policies and agencies.
fn may() -> Vec<(&'static str, &'static str, MethodRouter<Api>)> {
    vec![
        ("ListAccessKeys", "/v3.0/OS-CREDENTIAL/credentials", get(iam::credentials::list)),
        ("CreateAccessKey", "/v3.0/OS-CREDENTIAL/credentials", post(iam::credentials::create)),
        ("ShowAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", get(iam::credentials::show)),
        ("UpdateAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", put(iam::credentials::update)),
        ("DeleteAccessKey", "/v3.0/OS-CREDENTIAL/credentials/{access_key}", delete(iam::credentials::delete)),
        ("ListRoles", "/v3/roles", get(iam::policies::list)),
        ("ShowRole", "/v3/roles/{role_id}", get(iam::policies::show)),
        ("ListCustomPolicies", "/v3.0/OS-ROLE/roles", get(iam::policies::list_own)),
        ("CreateCustomPolicy", "/v3.0/OS-ROLE/roles", post(iam::policies::create)),
        ("ShowCustomPolicy", "/v3.0/OS-ROLE/roles/{role_id}", get(iam::policies::show)),
        (
            "UpdateCustomPolicy",
            "/v3.0/OS-ROLE/roles/{role_id}",
            patch(iam::policies::update).put(iam::policies::update),
        ),
        ("DeleteCustomPolicy", "/v3.0/OS-ROLE/roles/{role_id}", delete(iam::policies::delete)),
        ("ListAgencies", "/v3.0/OS-AGENCY/agencies", get(iam::agencies::list)),
        ("CreateAgency", "/v3.0/OS-AGENCY/agencies", post(iam::agencies::create)),
        ("ShowAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", get(iam::agencies::show)),
        ("UpdateAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", put(iam::agencies::update)),
        ("DeleteAgency", "/v3.0/OS-AGENCY/agencies/{agency_id}", delete(iam::agencies::delete)),
    ]
}

/// Where something is granted, and to whom: the path of what is granted, and what stands behind a grant's own path.
const GRANTED: [(&str, &str); 8] = [
    ("/v3/projects/{project_id}/groups/{group_id}/roles", ""),
    ("/v3/projects/{project_id}/users/{user_id}/roles", ""),
    ("/v3.0/OS-AGENCY/projects/{project_id}/agencies/{agency_id}/roles", ""),
    ("/v3/domains/{domain_id}/groups/{group_id}/roles", ""),
    ("/v3/domains/{domain_id}/users/{user_id}/roles", ""),
    ("/v3.0/OS-AGENCY/domains/{domain_id}/agencies/{agency_id}/roles", ""),
    ("/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles", "/inherited_to_projects"),
    ("/v3.0/OS-INHERIT/domains/{domain_id}/agencies/{agency_id}/roles", "/inherited_to_projects"),
];

/// Grants of policies.
fn grants() -> impl Iterator<Item = Endpoint> {
    GRANTED.into_iter().flat_map(|(roles, end)| {
        let (all, one) = (format!("{roles}{end}"), format!("{roles}/{{role_id}}{end}"));
        [
            ("ListGrants", all, get(iam::grants::list)),
            ("AddGrant", one.clone(), put(iam::grants::add)),
            ("CheckGrant", one.clone(), head(iam::grants::check)),
            ("RevokeGrant", one, delete(iam::grants::revoke)),
        ]
    })
}
