//! Refusals: the statuses that an operation answers, each with its codes.

use std::collections::BTreeMap;

use domain::Action;
use serde_json::{Map, Value as Json, json};
use types::Code;

use crate::error;

/// What every operation may refuse with that asks who is calling.
const OF_EVERYBODY: [Code; 12] = [
    Code::InvalidInput,
    Code::Unauthenticated,
    Code::ForeignProject,
    Code::Denied,
    Code::RateLimited,
    Code::AccountRateLimited,
    Code::UnknownPath,
    Code::TooLarge,
    Code::Internal,
    Code::StorageFull,
    Code::Unavailable,
    Code::Overloaded,
];

/// A target that is too long has the code of a body that is too large, and a status of its own.
const URI_TOO_LONG: u16 = 414;

/// `{"error_code", "error_msg"}`
pub(super) fn refusal() -> Json {
    json!({
        "type": "object",
        "description": "Every refusal but those of the identity service.",
        "properties": {
            "error_code": { "type": "string", "description": "Stable.", "examples": ["IOTDA.000006"] },
            "error_msg": { "type": "string", "description": "For people, in English or, by Accept-Language, Chinese." }
        },
        "required": ["error_code", "error_msg"]
    })
}

/// The same as Keystone says it.
pub(super) fn of_identity() -> Json {
    json!({
        "type": "object",
        "description": "A refusal of the identity service.",
        "properties": { "error": {
            "type": "object",
            "properties": {
                "code": { "type": "integer", "description": "The status." },
                "message": { "type": "string" },
                "title": { "type": "string" }
            },
            "required": ["code", "message", "title"]
        } },
        "required": ["error"]
    })
}

/// The refusals of an operation that asks who is calling, by status.
pub(super) fn by_status(own: &[(u16, Code)], action: Option<Action>) -> BTreeMap<u16, Vec<Code>> {
    let adds = action.is_some_and(Action::adds);
    let common = OF_EVERYBODY.into_iter().filter(|code| adds || *code != Code::StorageFull);
    let mut all: BTreeMap<u16, Vec<Code>> = BTreeMap::from([(URI_TOO_LONG, vec![Code::TooLarge])]);
    for (status, code) in common.map(|code| (error::status(code).as_u16(), code)).chain(own.iter().copied()) {
        let codes = all.entry(status).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    all.values_mut().for_each(|codes| codes.sort_by_key(|code| code.as_str()));
    all
}

/// Those of one status as an operation names them: the ones that are the same everywhere stand once.
pub(super) fn named(status: u16, codes: &[Code], bodiless: bool) -> Json {
    let same = by_status(&[], None).get(&status).is_some_and(|common| common == codes);
    match same && !bodiless {
        true => json!({ "$ref": format!("#/components/responses/{status}") }),
        false => response(codes, bodiless),
    }
}

/// The refusals that are the same everywhere.
pub(super) fn responses() -> Json {
    let common = by_status(&[], None);
    let named = common.iter().map(|(status, codes)| (status.to_string(), response(codes, false)));
    let mut all: Map<String, Json> = named.collect();
    all.insert("identity".into(), json!({
        "description": "Refused.",
        "headers": request_id(),
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/IdentityRefusal" } } }
    }));
    all.into()
}

/// `X-Request-Id`, which every answer has.
pub(super) fn request_id() -> Json {
    json!({ "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } })
}

fn response(codes: &[Code], bodiless: bool) -> Json {
    let said: Vec<String> =
        codes.iter().map(|code| format!("`{}` {}", code.as_str(), code.english())).collect();
    let mut response = json!({ "description": said.join("\n\n"), "headers": request_id() });
    if codes.iter().any(|code| matches!(error::status(*code).as_u16(), 503) || *code == Code::RateLimited) {
        response["headers"]["Retry-After"] = json!({ "description": "Whole seconds after which it may go.", "schema": { "type": "integer", "minimum": 0 } });
    }
    if !bodiless {
        let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        response["content"] = json!({ "application/json": { "schema": { "allOf": [
            { "$ref": "#/components/schemas/Refusal" },
            { "properties": { "error_code": { "enum": codes } } }
        ] } } });
    }
    response
}
