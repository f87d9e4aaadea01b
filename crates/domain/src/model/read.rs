//! From the body of a product to its model, with everything that is wrong, each with its path.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use types::{Code, text};

use super::{FIELD, Model, Para, Property, Service, Shape};
use crate::order::{self, Fields, rule, rule::Rule};

/// Most bytes of a model as JSON. Documented: 500 KB.
const BYTES_MAX: usize = 500 << 10;
/// Most services of a product, and properties, commands or events of a service. Documented.
const ITEMS_MAX: usize = 500;

const METHODS: [(&str, bool); 7] =
    [("RWE", true), ("RW", true), ("RE", false), ("WE", true), ("E", false), ("W", true), ("R", false)];
const OPTIONS: [(&str, ()); 3] = [("Master", ()), ("Mandatory", ()), ("Optional", ())];

/// Checks `service_capabilities`; answers it as it was given, which is what a product is stored with and answers, so that
/// a field that only a newer client knows is kept.
pub fn read(fields: &mut Fields<'_>) -> Option<Json> {
    let given = fields.json(FIELD);
    match given.filter(|given| given.is_array() && given.to_string().len() > BYTES_MAX) {
        Some(_) => {
            let most = BYTES_MAX >> 10;
            let why = text!("must be at most {most} KiB of JSON", "JSON不能超过{most} KiB");
            fields.wrong_with(Code::ModelTooLarge, FIELD, why);
        }
        None => drop(services(fields)),
    }
    given.cloned()
}

/// The model in a body, and what is wrong with it in `fields`.
pub(super) fn services(fields: &mut Fields<'_>) -> Model {
    let mut ids = Unique::of("service_id");
    let services = list(fields, FIELD, ITEMS_MAX, |service| {
        let service_id = ids.next(service, rule::SERVICE64);
        service.required_text("service_type", rule::SERVICE64);
        service.text("description", rule::TEXT128);
        service.word("option", &OPTIONS);
        (service_id, read_service(service))
    });
    Model { services: named(services) }
}

fn read_service(service: &mut Fields<'_>) -> Service {
    let mut names = Unique::of("property_name");
    let properties = list(service, "properties", ITEMS_MAX, |property| {
        let name = names.next(property, rule::NAME64);
        (name, read_property(property))
    });
    let mut names = Unique::of("command_name");
    let commands = list(service, "commands", ITEMS_MAX, |command| {
        let name = names.next(command, rule::NAME64);
        let paras = paras(command);
        let mut responses = Unique::of("response_name");
        list(command, "responses", usize::MAX, |response| {
            responses.next(response, rule::NAME128);
            self::paras(response);
        });
        (name, paras)
    });
    let mut types = Unique::of("event_type");
    list(service, "events", ITEMS_MAX, |event| {
        types.next(event, rule::NAME32);
        paras(event);
    });
    Service { properties: named(properties), commands: named(commands) }
}

fn read_property(property: &mut Fields<'_>) -> Property {
    let shape = Shape::read(property);
    property.boolean("required");
    property.text("unit", rule::TEXT16);
    property.text("description", rule::TEXT128);
    let writable = property.word("method", &METHODS);
    property.require("method");
    let default_value = property.given("default_value", || order::Shape::Any).cloned();
    // A model that was stored unchecked may not say; then nothing is refused.
    Property { shape, writable: writable.unwrap_or(true), default_value }
}

fn paras(of: &mut Fields<'_>) -> Vec<Para> {
    let mut names = Unique::of("para_name");
    list(of, "paras", usize::MAX, |para| {
        let name = names.next(para, rule::NAME32);
        let shape = Shape::read(para);
        let required = para.boolean("required").unwrap_or(false);
        para.text("unit", rule::TEXT16);
        para.text("description", rule::TEXT128);
        Para { name, shape, required }
    })
}

/// Reads a list. One that is too long is read nevertheless: it may have been stored when nobody counted.
fn list<'v, T>(
    of: &mut Fields<'v>,
    name: &str,
    most: usize,
    read: impl FnMut(&mut Fields<'v>) -> T,
) -> Vec<T> {
    match of.json(name).map(|value| value.as_array()) {
        Some(None) => of.wrong(name, text!("must be an array", "必须是数组")),
        Some(Some(items)) if items.len() > most => {
            let why = text!("must be at most {most}", "不能超过{most}个");
            of.wrong_with(Code::ModelTooLarge, name, why);
        }
        _ => {}
    }
    of.items(name, 0..=most, read).unwrap_or_default()
}

/// What has a name, by its name.
fn named<T>(items: Vec<(String, T)>) -> HashMap<String, T> {
    items.into_iter().filter(|(name, _)| !name.is_empty()).collect()
}

/// A name that may stand once in a list.
struct Unique {
    field: &'static str,
    seen: HashSet<String>,
}

impl Unique {
    fn of(field: &'static str) -> Self {
        Self { field, seen: HashSet::new() }
    }

    /// The next one's name; empty if it has none.
    fn next(&mut self, fields: &mut Fields<'_>, rule: Rule) -> String {
        let name = fields.required_text(self.field, rule);
        if !name.is_empty() && !self.seen.insert(name.clone()) {
            fields.wrong(self.field, text!("stands there twice: {name}", "重复：{name}"));
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::{Fault, Language};

    use super::*;

    fn refused(services: &Json) -> (Code, String) {
        let body = json!({ "service_capabilities": services });
        let mut fields = Fields::of(&body, Code::ProductInvalid).unwrap();
        let found = read(&mut fields);
        let Fault { code, detail, .. } = fields.finish(found).unwrap_err();
        (code, detail.unwrap().in_language(Language::English).to_owned())
    }

    #[test]
    fn everything_that_is_wrong_has_its_path() {
        let (code, detail) = refused(&json!([
            { "service_id": "Light", "service_type": "Light", "option": "Sometimes", "properties": [
                { "property_name": "on", "data_type": "bool", "method": "RW" },
                { "property_name": "on", "data_type": "boolean" },
                5
            ] },
            { "service_id": "Light", "commands": [
                { "command_name": "go", "paras": [{ "para_name": "far away", "data_type": "int" }],
                  "responses": [{ "paras": [{ "para_name": "a", "data_type": "int", "required": 1 }] }] }
            ], "events": [{ "event_type": "" }] },
        ]));
        assert_eq!(code, Code::ProductInvalid);
        for path in [
            "service_capabilities[0].option: ",
            "service_capabilities[0].properties[0].data_type: must be one of",
            "service_capabilities[0].properties[1].property_name: stands there twice: on",
            "service_capabilities[0].properties[1].method: is required",
            "service_capabilities[0].properties[2]: must be an object",
            "service_capabilities[1].service_id: stands there twice: Light",
            "service_capabilities[1].service_type: is required",
            "service_capabilities[1].commands[0].paras[0].para_name: ",
            "service_capabilities[1].commands[0].responses[0].response_name: is required",
            "service_capabilities[1].commands[0].responses[0].paras[0].required: ",
            "service_capabilities[1].events[0].event_type: ",
        ] {
            assert!(detail.contains(path), "{path} in {detail}");
        }
    }

    #[test]
    fn a_model_has_its_limits() {
        let service = |id: usize| json!({ "service_id": format!("s{id}"), "service_type": "s" });
        let services: Vec<Json> = (0..=ITEMS_MAX).map(service).collect();
        assert_eq!(refused(&services.into()).0, Code::ModelTooLarge);
        let property =
            |id: usize| json!({ "property_name": format!("p{id}"), "data_type": "int", "method": "R" });
        let properties: Vec<Json> = (0..=ITEMS_MAX).map(property).collect();
        let (code, detail) =
            refused(&json!([{ "service_id": "s", "service_type": "s", "properties": properties }]));
        assert_eq!(code, Code::ModelTooLarge);
        assert_eq!(detail, "service_capabilities[0].properties: must be at most 500");
        let (code, detail) = refused(&json!([{ "junk": "x".repeat(BYTES_MAX) }]));
        assert_eq!(
            (code, detail.as_str()),
            (Code::ModelTooLarge, "service_capabilities: must be at most 500 KiB of JSON")
        );
    }

    #[test]
    fn a_model_that_is_no_array_is_refused() {
        assert_eq!(
            refused(&json!({})),
            (Code::ProductInvalid, "service_capabilities: must be an array".into())
        );
    }
}
