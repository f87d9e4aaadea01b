//! Tags of devices.

pub(crate) mod bind;
pub(crate) mod query_resources;
pub(crate) mod unbind;

use domain::iam::{Facts, keys};
use serde_json::Value as Json;

/// What a policy may ask of the tags in a body, whatever else is wrong with it.
fn asked_of(body: &Json) -> Facts {
    let mut facts = Facts::new();
    for tag in body["tags"].as_array().into_iter().flatten() {
        let Some(key) = tag["tag_key"].as_str() else { continue };
        facts.add(keys::TAG_KEYS, key);
        if let Some(value) = tag["tag_value"].as_str() {
            facts.add(format!("{}{key}", keys::REQUEST_TAG), value);
        }
    }
    for key in body["tag_keys"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        facts.add(keys::TAG_KEYS, key);
    }
    facts
}
