//! What a caller desires of a device's shadow.

use std::collections::HashSet;

use types::{shadow::Desired, text};

use super::{Fields, Shape, rule};

/// A model has no more services.
const SERVICES_MAX: usize = 500;

/// Reads `shadow`. What a service or a property may be is for the product's model to say.
pub fn shadow(fields: &mut Fields<'_>) -> Option<Vec<Desired>> {
    let services = fields.each("shadow", 0..=SERVICES_MAX, service)?;
    let mut seen = HashSet::new();
    if services.iter().any(|service| !seen.insert(service.service_id.as_str())) {
        fields.wrong("shadow", text!("names a service twice", "同一服务出现了两次"));
    }
    Some(services)
}

fn service(fields: &mut Fields<'_>) -> Desired {
    let service_id = fields.required_text("service_id", rule::SERVICE256);
    let version = fields.int("version", 0, i64::MAX);
    let given = fields.given("desired", || Shape::Keys(rule::DESIRED_KEY));
    let desired = given.and_then(|value| value.as_object()).cloned();
    if desired.is_none() && given.is_some() {
        fields.wrong("desired", text!("must be an object", "必须是JSON对象"));
    }
    let desired = fields.required("desired", desired);
    if desired.keys().any(|key| !rule::DESIRED_KEY.admits(key)) {
        fields.wrong("desired", text!("has a key with ., $ or U+0000", "键中不能包含.、$和U+0000"));
    }
    Desired { service_id, desired, version }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use types::{Code, Language};

    use super::*;

    fn wrong(shadow: &Json) -> String {
        let body = json!({ "shadow": shadow });
        let mut fields = Fields::of(&body, Code::InvalidInput).unwrap();
        let order = super::shadow(&mut fields);
        fields.finish(order).unwrap_err().message(Language::English)
    }

    #[test]
    fn each_service_once_each_key_plain() {
        let of = |service_id: &str, desired: Json| json!({ "service_id": service_id, "desired": desired });
        assert!(
            wrong(&json!([of("a", json!({})), of("a", json!({}))])).contains("shadow: names a service twice")
        );
        for key in ["a.b", "$a", "a\0"] {
            assert!(
                wrong(&json!([of("a", json!({ key: 1 }))])).contains("shadow[0].desired: has a key with")
            );
        }
        assert!(wrong(&json!([{ "service_id": "a" }])).contains("shadow[0].desired: is required"));
        assert!(wrong(&json!([of("a", json!([]))])).contains("shadow[0].desired: must be an object"));
        assert!(wrong(&json!({})).contains("shadow: must be a list"));
    }
}
