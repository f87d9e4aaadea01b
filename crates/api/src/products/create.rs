//! CreateProduct

use axum::extract::State;
use domain::{
    Action, model,
    order::{Fields, rule},
};
use types::{Code, product::AddProduct};

use super::{DATA_FORMATS, PROTOCOLS};
use crate::{Api, call::Call, error::Answer, respond::created};

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
    let capabilities = model::read(fields);
    let protocol_type = fields.word("protocol_type", &PROTOCOLS);
    AddProduct {
        product_id: fields.text("product_id", rule::ID36),
        name: fields.required_text("name", rule::NAME64),
        device_type: fields.required_text("device_type", rule::NAME32),
        protocol_type: fields.required("protocol_type", protocol_type).to_owned(),
        data_format: fields.word("data_format", &DATA_FORMATS).unwrap_or("json").to_owned(),
        service_capabilities: fields.required("service_capabilities", capabilities),
        manufacturer_name: fields.text("manufacturer_name", rule::NAME32),
        industry: fields.text("industry", rule::TEXT64),
        description: fields.text("description", rule::TEXT128),
    }
}
