//! How things of the account are written.

use serde_json::{Value as Json, json};
use types::time;

/// `2020-01-04T09:05:22.701000Z`
pub(super) fn microseconds(unix_ms: i64) -> String {
    time::iso_ms(unix_ms).replace('Z', "000Z")
}

/// Where a thing is found.
pub(super) fn links(path: &str) -> Json {
    json!({ "self": path })
}

/// A list, under its name.
pub(super) fn list(name: &str, path: &str, items: Vec<Json>) -> Json {
    let links = json!({ "self": path, "previous": null, "next": null });
    let count = items.len();
    let items = Json::Array(items);
    json!({ name: items, "links": links, "total_number": count })
}

/// The account, where something names what it belongs to.
pub(super) fn domain(domain: &store::identity::Domain) -> Json {
    json!({ "id": domain.domain_id, "name": domain.domain_name })
}
