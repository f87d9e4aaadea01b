//! The schemas of answers: their fields and descriptions are those of the structs that are answered, the words and
//! patterns of texts those of what they are made of.

use batch::KINDS;
use domain::order::PACKAGE_TYPES;
use export::{FORMATS, SOURCES};
use serde_json::{Map, Value as Json, json};
use types::{
    batch_task::{BatchTask, SubtaskStatus, TaskStatus},
    device::SecretType,
    export_task::{AppType, ExportStatus},
};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::schema;
use crate::{device_groups, products};

/// What a record is called.
const ID: &str = "^[0-9a-f]{24}$";

/// Adds the schema of `T` and of all that it is made of.
pub(super) fn add<T: ToSchema>(schemas: &mut Map<String, Json>) {
    let mut found: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    for (name, schema) in found {
        let mut schema = serde_json::to_value(schema).unwrap_or_default();
        refine(&name, &mut schema);
        schemas.insert(name, schema);
    }
}

/// An optional field is absent and never null; a text of known words is one of them.
fn refine(name: &str, schema: &mut Json) {
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else { return };
    for (field, property) in properties {
        never_null(property);
        if let (Some(property), Some(Json::Object(more))) = (property.as_object_mut(), known(name, field)) {
            property.extend(more);
        }
    }
}

fn never_null(property: &mut Json) {
    let some =
        |any: &Json, null: &Json| any.as_array().and_then(|any| any.iter().find(|one| *one != null)).cloned();
    if let Some(one) = property.get("type").and_then(|types| some(types, &json!("null"))) {
        property["type"] = one;
    }
    if let Some(one) = property.get("oneOf").and_then(|any| some(any, &json!({ "type": "null" }))) {
        *property = one;
    }
}

/// What a struct's type does not say of a field.
fn known(name: &str, field: &str) -> Option<Json> {
    let words = |words: Vec<&str>| Some(json!({ "enum": words }));
    let pattern = |pattern: &str| Some(json!({ "pattern": pattern }));
    let object = || Some(json!({ "type": "object" }));
    if name == BatchTask::name() {
        return of_batch_task(field);
    }
    match (name, field) {
        ("ExportTask", "create_time" | "end_time") => {
            pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$")
        }
        (_, "create_time" | "upload_time" | "event_time" | "schedule_time") => pattern(schema::COMPACT),
        ("Page", "marker") | ("ExportTask", "export_task_id") | ("OtaPackage", "package_id") => pattern(ID),
        ("TaskDetail", "status") => words(SubtaskStatus::ALL.map(SubtaskStatus::as_str).to_vec()),
        ("ExportTask", "status") => words(ExportStatus::ALL.map(ExportStatus::as_str).to_vec()),
        ("TargetResult", "status") => words(vec!["success", "failure"]),
        ("Device", "status") => words(vec!["INACTIVE", "ONLINE", "OFFLINE", "ABNORMAL", "FROZEN"]),
        ("Device", "node_type") => words(vec!["GATEWAY", "ENDPOINT"]),
        ("AuthInfo", "auth_type") => words(vec!["SECRET", "CERTIFICATES"]),
        ("NewSecret", "secret_type") => words(SecretType::ALL.map(SecretType::as_str).to_vec()),
        ("ExportTask", "resource_type") => {
            words(SOURCES.iter().map(|source| source.resource_type()).collect())
        }
        ("ExportTask", "export_format") => words(FORMATS.iter().map(|format| format.name()).collect()),
        ("ExportTask", "app_type") => words(AppType::ALL.map(AppType::as_str).to_vec()),
        ("DeviceGroup", "group_type") => words(device_groups::KINDS.map(|(word, _)| word).to_vec()),
        ("OtaPackage", "package_type") => words(PACKAGE_TYPES.map(|(word, _)| word).to_vec()),
        ("Product", "protocol_type") => words(products::PROTOCOLS.map(|(word, _)| word).to_vec()),
        ("Product", "data_format") => words(products::DATA_FORMATS.map(|(word, _)| word).to_vec()),
        ("Product", "service_capabilities") => {
            Some(json!({ "type": "array", "items": { "type": "object" } }))
        }
        ("Device", "extension_info")
        | ("ExportTask", "resource_condition")
        | ("OtaPackage", "file_location")
        | ("Side", "properties") => object(),
        _ => None,
    }
}

fn of_batch_task(field: &str) -> Option<Json> {
    match field {
        "task_id" => Some(json!({ "pattern": ID })),
        "create_time" => Some(json!({ "pattern": schema::COMPACT })),
        "status" => Some(json!({ "enum": TaskStatus::ALL.map(TaskStatus::as_str) })),
        "task_type" => Some(json!({ "enum": KINDS.iter().map(|kind| kind.task_type()).collect::<Vec<_>>() })),
        "targets" => Some(json!({ "type": "array", "items": { "type": "string" } })),
        "targets_filter" | "document" | "task_ext_info" => Some(json!({ "type": "object" })),
        _ => None,
    }
}
