//! One operation of the document.

use domain::order::{Field, Shape, rule};
use serde_json::{Map, Value as Json, json};

use super::{
    About,
    about::{Answer, Body, Content},
    refusals, schema,
};
use crate::iam;

/// The tags, by what a path begins with behind the project.
const TAGS: [(&str, &str, &str); 10] = [
    ("/v5/iot/{project_id}/apps", "Apps", "Resource spaces."),
    ("/v5/iot/{project_id}/products", "Products", "The models of devices."),
    ("/v5/iot/{project_id}/device-group", "Device groups", "Devices under one name."),
    ("/v5/iot/{project_id}/devices", "Devices", "The registry of devices, their shadows and groups."),
    ("/v5/iot/{project_id}/tags", "Tags", "Tags of devices."),
    (
        "/v5/iot/{project_id}/batchtask",
        "Batch tasks",
        "One thing done to many devices, and the files that name them.",
    ),
    ("/v5/iot/{project_id}/export-tasks", "Export tasks", "What became of each device, as a file."),
    ("/v5/iot/{project_id}/ota-upgrades", "OTA packages", "What devices are upgraded to."),
    ("/v", "Identity", "Tokens, users, keys and policies."),
    ("/", "Server", "How the server is, and what it gives without credentials."),
];

const INSTANCE_ID: &str = "Instance-Id";

/// The tags with what each is about.
pub(super) fn tags() -> Json {
    TAGS.iter().map(|(_, name, about)| json!({ "name": name, "description": about })).collect()
}

fn tag(path: &str) -> &'static str {
    TAGS.iter().find(|(begins, ..)| path.starts_with(begins)).map_or("Server", |(_, name, _)| name)
}

/// Operations of the identity service, as far as they are told: by their names.
pub(super) fn identity(about: &mut About<'_>, operation: &str, method: &str) {
    let status = match (operation, method) {
        ("ChangePassword" | "MigrateResource" | "AddUserToGroup" | "AddGrant", _)
        | (_, "delete" | "head") => 204,
        (_, "post") => 201,
        _ => 200,
    };
    about.does("See docs/iam-api.md.");
    match status {
        204 => about.gives_nothing(204),
        _ => about.gives_bytes(status, "application/json", &[]),
    };
    if matches!(method, "post" | "patch") || operation.starts_with("Update") {
        about.may_take(types::Code::IamInvalid, |_| ());
    }
}

/// An operation as the document has it.
pub(super) fn of(about: &About<'_>, id: &str, path: &str, method: &str) -> Json {
    let identity = iam::speaks_at(path);
    let open = !identity && !path.starts_with("/v5/");
    let mut operation = json!({
        "operationId": id,
        "tags": [tag(path)],
        "summary": about.summary,
        "responses": responses(about, method, identity, open),
        "security": match (open, id) {
            (true, _) => json!([]),
            // Whoever has a password has nothing else yet.
            (_, "CreateToken") => json!([{}, { "signature": [] }, { "token": [] }]),
            _ => json!([{ "signature": [] }, { "token": [] }]),
        },
    });
    if let Some(action) = about.action {
        operation["description"] = format!("A policy must allow `{}`.", action.as_str()).into();
    }
    let parameters = parameters(about, path, open || identity);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = body(about) {
        operation["requestBody"] = body;
    }
    operation
}

fn parameters(about: &About<'_>, path: &str, plain: bool) -> Vec<Json> {
    let named = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let mut all: Vec<Json> = named
        .map(|name| match name {
            "project_id" if !plain => shared(name),
            _ => json!({ "name": name, "in": "path", "required": true, "schema": schema::of(&about.at) }),
        })
        .collect();
    for Field { name, required, shapes } in &about.query.fields {
        all.push(json!({
            "name": name, "in": "query", "required": required, "allowEmptyValue": !required,
            "schema": schema::either(shapes)
        }));
    }
    all.extend((!plain).then(|| shared(INSTANCE_ID)));
    let heeded = about.headers.iter().map(|(name, what)| {
        json!({ "name": name, "in": "header", "required": false, "description": what, "schema": { "type": "string" } })
    });
    all.extend(heeded);
    all
}

fn shared(name: &str) -> Json {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The parameters that every operation of a project has.
pub(super) fn parameters_of_all() -> Json {
    json!({
        "project_id": {
            "name": "project_id", "in": "path", "required": true, "schema": schema::of(&Shape::Text(rule::ID128)),
            "description": "The project of the caller's credentials; any other is refused."
        },
        INSTANCE_ID: {
            "name": INSTANCE_ID, "in": "header", "required": false, "schema": schema::of(&Shape::Text(rule::INSTANCE_ID)),
            "description": "The id of this installation; any other is refused."
        }
    })
}

fn body(about: &About<'_>) -> Option<Json> {
    let json_of = |schema: Json, required: bool| {
        Some(json!({ "required": required, "content": { "application/json": { "schema": schema } } }))
    };
    match &about.body {
        Body::None => None,
        Body::Optional(object) => json_of(schema::object(object), false),
        Body::Object(object) => json_of(schema::object(object), true),
        Body::ByWord { name, usual, forms } => json_of(schema::by_word(name, *usual, forms), true),
        Body::Parts => Some(json!({ "required": true, "content": { "multipart/form-data": { "schema": {
            "type": "object",
            "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream",
                "description": "An .xlsx or .xls file." } },
            "required": ["file"]
        } } } })),
        Body::File => {
            Some(json!({ "required": true, "content": { "application/octet-stream": { "schema": {} } } }))
        }
    }
}

fn responses(about: &About<'_>, method: &str, identity: bool, open: bool) -> Json {
    let mut all = Map::new();
    for answer in &about.answers {
        all.insert(answer.status.to_string(), success(answer));
    }
    if identity {
        for status in [400, 401, 403, 404, 409, 413, 414, 500, 503] {
            all.insert(status.to_string(), json!({ "$ref": "#/components/responses/identity" }));
        }
        return all.into();
    }
    let refusals = match open {
        true => about.refusals.iter().fold(std::collections::BTreeMap::new(), |mut all, (status, code)| {
            all.entry(*status).or_insert_with(Vec::new).push(*code);
            all
        }),
        false => refusals::by_status(&about.refusals, about.action),
    };
    for (status, codes) in refusals {
        all.insert(status.to_string(), refusals::named(status, &codes, method == "head"));
    }
    all.into()
}

fn success(answer: &Answer) -> Json {
    let mut headers = refusals::request_id();
    for (name, what) in answer.headers {
        headers[*name] = json!({ "description": what, "schema": { "type": "string" } });
    }
    let description = match answer.status {
        206 => "A part of it.",
        304 => "It is what the caller holds.",
        307 => "Where it is for a moment.",
        503 => "Not now; the text says why.",
        _ => "Done.",
    };
    let mut response = json!({ "description": description, "headers": headers });
    match &answer.content {
        Content::None => {}
        Content::Json(name) => {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
        Content::Bytes(media_type) => response["content"] = json!({ *media_type: { "schema": {} } }),
    }
    response
}
