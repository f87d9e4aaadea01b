//! CreateProduct

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use serde_json::Value as Json;
use types::{Code, product::AddProduct, text};

use crate::{Api, call::Call, error::Answer, respond::created};

const PROTOCOLS: [&str; 11] =
    ["MQTT", "CoAP", "HTTP", "HTTPS", "Modbus", "ONVIF", "OPC-UA", "OPC-DA", "Other", "TCP", "UDP"];
const DATA_FORMATS: [(&str, &str); 2] = [("json", "json"), ("binary", "binary")];
/// Most bytes of a product's model.
const MODEL_BYTES_MAX: usize = 500 << 10;

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::ProductInvalid)?;
    let app_id = fields.text("app_id", rule::ID36);
    let order = order(&mut fields);
    let (app_id, order) = fields.finish((app_id, order))?;
    let product = api.store.products().create(&permit, app_id, order).await?;
    Ok(created(&product))
}

fn order(fields: &mut Fields<'_>) -> AddProduct {
    let protocol_type = fields.word("protocol_type", &PROTOCOLS.map(|word| (word, word)));
    AddProduct {
        product_id: fields.text("product_id", rule::ID36),
        name: fields.required_text("name", rule::NAME64),
        device_type: fields.required_text("device_type", rule::NAME32),
        protocol_type: fields.required("protocol_type", protocol_type).to_owned(),
        data_format: fields.word("data_format", &DATA_FORMATS).unwrap_or("json").to_owned(),
        service_capabilities: model(fields),
        manufacturer_name: fields.text("manufacturer_name", rule::NAME32),
        industry: fields.text("industry", rule::TEXT64),
        description: fields.text("description", rule::TEXT128),
    }
}

fn model(fields: &mut Fields<'_>) -> Json {
    let model = fields.json("service_capabilities").cloned();
    let model = fields.required("service_capabilities", model);
    if !model.is_null() && (!model.is_array() || model.to_string().len() > MODEL_BYTES_MAX) {
        let why = text!("must be an array of at most 500 KiB", "必须是不超过500 KiB的数组");
        fields.wrong("service_capabilities", why);
    }
    let services = model.as_array().map(Vec::as_slice).unwrap_or_default();
    if !services.iter().all(is_service) {
        fields.wrong(
            "service_capabilities",
            text!(
                "each must be an object with a service_id and a service_type",
                "每项必须是包含service_id和service_type的对象"
            ),
        );
    }
    model
}

/// SDKs cannot read a product back whose services are something else.
fn is_service(service: &Json) -> bool {
    ["service_id", "service_type"]
        .iter()
        .all(|name| service.get(name).and_then(Json::as_str).is_some_and(|text| rule::SERVICE64.admits(text)))
}
