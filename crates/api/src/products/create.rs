//! CreateProduct

use axum::extract::State;
use domain::{
    Action, model,
    order::{Fields, rule},
};
use types::{
    Code,
    product::{AddProduct, Product},
};

use super::{DATA_FORMATS, PROTOCOLS};
use crate::{Api, call::Call, error::Answer, openapi::About, respond::created};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::PRODUCTS_CREATE, "Creates a product with its model.")
        .takes(Code::ProductInvalid, order)
        .gives::<Product>(201)
        .refuses(&[
            Code::AppNotCarried,
            Code::AppForeign,
            Code::ModelTooLarge,
            Code::ProductQuota,
            Code::ProductTaken,
        ]);
}

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_CREATE)?;
    let (app_id, order) = call.read(Code::ProductInvalid, order)?;
    let product = api.store.products().create(&permit, app_id, order).await?;
    Ok(created(&product))
}

fn order(fields: &mut Fields<'_>) -> (Option<String>, AddProduct) {
    let app_id = fields.text("app_id", rule::ID36);
    let capabilities = model::read(fields);
    let protocol_type = fields.word("protocol_type", &PROTOCOLS);
    let order = AddProduct {
        product_id: fields.text("product_id", rule::ID36),
        name: fields.required_text("name", rule::NAME64),
        device_type: fields.required_text("device_type", rule::NAME32),
        protocol_type: fields.required("protocol_type", protocol_type).to_owned(),
        data_format: fields.word("data_format", &DATA_FORMATS).unwrap_or("json").to_owned(),
        service_capabilities: fields.required("service_capabilities", capabilities),
        manufacturer_name: fields.text("manufacturer_name", rule::NAME32),
        industry: fields.text("industry", rule::TEXT64),
        description: fields.text("description", rule::TEXT128),
    };
    (app_id, order)
}
