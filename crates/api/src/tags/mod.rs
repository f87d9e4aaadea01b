//! Tags of devices.

pub(crate) mod bind;
pub(crate) mod query_resources;
pub(crate) mod unbind;

use domain::iam::{Facts, keys};
use serde_json::Value as Json;

/// What a policy may ask of the tags that a body gives or looks for, whatever else is wrong with it. Fields that the call
/// does not act on count for nothing, or a caller could add one that a policy asks for.
fn asked_of_tags(body: &Json) -> Facts {
    let mut facts = Facts::new();
    for tag in body["tags"].as_array().into_iter().flatten() {
        let Some(key) = tag["tag_key"].as_str() else { continue };
        facts.add(keys::TAG_KEYS, key);
        if let Some(value) = tag["tag_value"].as_str() {
            facts.add(format!("{}{key}", keys::REQUEST_TAG), value);
        }
    }
    facts
}

/// The same of the names of tags that a body takes away.
fn asked_of_keys(body: &Json) -> Facts {
    let mut facts = Facts::new();
    for key in body["tag_keys"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        facts.add(keys::TAG_KEYS, key);
    }
    facts
}
