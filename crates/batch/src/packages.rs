//! The packages that the document of an upgrade names: `package_ids`, as the documentation's table of fields has it, or
//! `package_id`, as its samples do.

use serde_json::Value as Json;

/// The packages of a document.
pub fn package_ids(document: &Json) -> Vec<String> {
    let several = document["package_ids"].as_array().into_iter().flatten();
    let mut ids: Vec<String> =
        several.chain([&document["package_id"]]).filter_map(|id| id.as_str().map(str::to_owned)).collect();
    ids.dedup();
    ids
}
