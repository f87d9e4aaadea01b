//! Any bytes where a caller's JSON, a time, an id or a language belongs: refused by name, or kept within its rules.
#![no_main]

use domain::order::rule::{self, Rule};
use domain::order::{Fields, add_device};
use libfuzzer_sys::fuzz_target;
use types::{Code, Language, RecordId, time};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(json) = serde_json::from_slice(bytes) {
        device(&json);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        words(text);
    }
});

fn device(json: &serde_json::Value) {
    let Ok(mut fields) = Fields::of(json, Code::InvalidInput) else { return };
    let order = add_device(&mut fields);
    let order = match fields.finish(order) {
        Ok(order) => order,
        Err(fault) => {
            // Each names its field, and is no longer than anybody reads: a detail has at most 2,000 characters.
            for (language, colon) in [(Language::English, ": "), (Language::Chinese, "：")] {
                let message = fault.message(language);
                assert!(message.contains(colon) && message.chars().count() < 4096, "{message}");
            }
            return;
        }
    };
    let holds = |text: &Option<String>, rule: Rule| text.as_ref().is_none_or(|text| rule.admits(text));
    assert!(rule::NODE_ID.admits(&order.node_id) && rule::ID36.admits(&order.product_id));
    assert!(holds(&order.device_id, rule::ID128) && holds(&order.device_name, rule::DEVICE_NAME));
    assert!(holds(&order.secret, rule::SECRET) && holds(&order.description, rule::TEXT2048));
    assert!(order.timeout >= 0);
}

fn words(text: &str) {
    let _ = Language::from_tag(text);
    if let Some(unix_ms) = time::parse_compact(text) {
        assert_eq!(time::compact(unix_ms), text);
    }
    if let Ok(id) = text.parse::<RecordId>() {
        assert_eq!(id.to_string(), text.to_ascii_lowercase());
        let _ = id.ordinal();
    }
}
