//! What is wanted of a device, checked against its product's model. Everything that is wrong is found at once.

use serde_json::{Map, Value as Json};
use types::{Code, Fault, Text, text};

use super::Model;

impl Model {
    /// Whether the desired values of one service can be set. A value of null removes one, which is also how a value goes
    /// whose property the model has lost.
    pub fn check_desired(&self, service_id: &str, desired: &Map<String, Json>) -> Result<(), Fault> {
        let Some(service) = self.service(service_id) else {
            return Err(Fault::of_value(Code::ServiceMissing, "service_id", service_id));
        };
        let mut wrong = Vec::new();
        for (name, value) in desired.iter().filter(|(_, value)| !value.is_null()) {
            let place = || format!("{service_id}.{name}");
            match service.property(name) {
                None => wrong.push((Code::PropertyMissing, Text::same(place()))),
                Some(property) if !property.writable => {
                    wrong.push((Code::PropertyNotWritable, Text::same(place())));
                }
                Some(property) => {
                    let refused = property.shape.admits(value).err();
                    wrong.extend(refused.map(|why| (Code::InvalidInput, Text::field(place(), why))));
                }
            }
        }
        Fault::of_all(wrong).map_or(Ok(()), Err)
    }

    /// Whether a command can be sent. One that names no service is free in its form, as the service documents it.
    pub fn check_command(
        &self,
        service_id: Option<&str>,
        command_name: Option<&str>,
        paras: &Json,
    ) -> Result<(), Fault> {
        let Some(paras) = paras.as_object() else {
            let why = text!("paras: must be an object", "paras：必须是JSON对象");
            return Err(Fault::new(Code::CommandInvalid, why));
        };
        let Some(service_id) = service_id else { return Ok(()) };
        if self.services.values().all(|service| service.commands.is_empty()) {
            return Err(Code::CommandsUnsupported.into());
        }
        let name = command_name.unwrap_or_default();
        let known = self.service(service_id).and_then(|service| service.command(name));
        let Some(known) = known else {
            return Err(Fault::of_value(Code::CommandMissing, service_id, name));
        };
        let mut wrong = Vec::new();
        for para in known {
            let refused = match paras.get(&para.name).filter(|value| !value.is_null()) {
                None if para.required => Some(text!("is required", "不能为空")),
                None => None,
                Some(value) => para.shape.admits(value).err(),
            };
            let place = format_args!("paras.{}", para.name);
            wrong.extend(refused.map(|why| (Code::CommandInvalid, Text::field(place, why))));
        }
        for name in paras.keys().filter(|name| known.iter().all(|para| para.name != **name)) {
            let why = text!("is not a parameter of the command", "不是该命令的参数");
            wrong.push((Code::CommandInvalid, Text::field(format_args!("paras.{name}"), why)));
        }
        Fault::of_all(wrong).map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::Language;

    use super::*;

    fn model() -> Model {
        let services = json!([
            { "service_id": "Light", "service_type": "Light", "properties": [
                { "property_name": "level", "data_type": "int", "min": "0", "max": "100", "method": "RW", "default_value": 5 },
                { "property_name": "lux", "data_type": "decimal", "method": "RE", "default_value": 1.5 },
                { "property_name": "mode", "data_type": "enum", "enum_list": ["DAY", "NIGHT"], "method": "W",
                  "default_value": { "color": "red" } }
            ], "commands": [
                { "command_name": "blink", "paras": [
                    { "para_name": "times", "data_type": "int", "required": true, "min": "1" },
                    { "para_name": "colour", "data_type": "string", "max_length": 3 }
                ] }
            ] },
            { "service_id": "Mute", "service_type": "Mute" }
        ]);
        Model::parse(&services.to_string())
    }

    fn desired(service_id: &str, values: &Json) -> Result<(), (Code, String)> {
        model().check_desired(service_id, values.as_object().unwrap()).map_err(|fault| told(&fault))
    }

    fn told(fault: &Fault) -> (Code, String) {
        (fault.code, fault.message(Language::English))
    }

    #[test]
    fn what_is_desired_is_in_the_model_and_can_be_written() {
        assert_eq!(desired("Light", &json!({ "level": 100, "mode": "DAY", "gone": null })), Ok(()));
        assert_eq!(desired("Mute", &json!({})), Ok(()));
        let code = |service_id, values: Json| desired(service_id, &values).unwrap_err().0;
        assert_eq!(code("Dark", json!({})), Code::ServiceMissing);
        assert_eq!(code("Light", json!({ "levels": 1 })), Code::PropertyMissing);
        assert_eq!(code("Light", json!({ "lux": 1 })), Code::PropertyNotWritable);
        assert_eq!(code("Light", json!({ "level": 101 })), Code::InvalidInput);
        let (_, text) = desired("Light", &json!({ "level": "x", "mode": "DUSK" })).unwrap_err();
        assert!(text.contains("Light.level: must be a whole number from 0 to 100"), "{text}");
        assert!(text.contains("Light.mode: must be one of DAY, NIGHT"), "{text}");
    }

    #[test]
    fn a_command_is_in_the_model_and_has_its_parameters() {
        let model = model();
        let code = |service, name, paras: Json| {
            model.check_command(service, name, &paras).map_err(|fault| fault.code).err()
        };
        let light = Some("Light");
        assert_eq!(code(light, Some("blink"), json!({ "times": 2, "colour": "red" })), None);
        assert_eq!(code(light, Some("blink"), json!({ "times": 0 })), Some(Code::CommandInvalid));
        assert_eq!(code(light, Some("blink"), json!({})), Some(Code::CommandInvalid));
        assert_eq!(code(light, Some("blink"), json!({ "times": 1, "more": 1 })), Some(Code::CommandInvalid));
        assert_eq!(code(light, Some("blink"), json!([1])), Some(Code::CommandInvalid));
        assert_eq!(code(light, Some("wink"), json!({})), Some(Code::CommandMissing));
        assert_eq!(code(light, None, json!({})), Some(Code::CommandMissing));
        assert_eq!(code(Some("Dark"), Some("blink"), json!({})), Some(Code::CommandMissing));
        assert_eq!(code(None, Some("anything"), json!({ "free": [1] })), None);
        let mute = Model::parse(r#"[{"service_id":"Mute","service_type":"Mute"}]"#);
        let refused = mute.check_command(Some("Mute"), Some("blink"), &json!({})).unwrap_err();
        assert_eq!(refused.code, Code::CommandsUnsupported);
    }

    #[test]
    fn a_new_device_is_set_to_what_can_be_written_and_is_of_its_type() {
        let defaults = json!({ "level": 5 });
        assert_eq!(model().defaults(), [("Light", defaults.as_object().unwrap().clone())]);
    }

    #[test]
    fn a_model_that_was_stored_unchecked_stands_in_nobody_s_way() {
        let model =
            Model::parse(r#"[{"service_id":"S","properties":[{"property_name":"p"},{"x":1},7]}, null]"#);
        assert_eq!(model.check_desired("S", json!({ "p": [1] }).as_object().unwrap()), Ok(()));
        assert!(Model::parse("{").service("S").is_none());
    }
}
