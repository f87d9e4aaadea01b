//! UpdateProduct: what the body leaves out stays as it is; a model replaces the whole one before.

use axum::extract::State;
use domain::{
    Action, model,
    order::{Fields, rule},
};
use types::{
    Code,
    product::{Product, UpdateProduct},
};

use super::{DATA_FORMATS, PROTOCOLS};
use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::PRODUCTS_MODIFY, "Changes a product; what is left out stays as it is.")
        .of(Code::ProductMissing)
        .takes(Code::ProductInvalid, order)
        .gives::<Product>(200)
        .refuses(&[Code::AppForeign, Code::ModelTooLarge, Code::ProtocolFixed]);
}

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_MODIFY)?;
    let product_id = call.id(Code::ProductMissing)?;
    let (app_id, order) = call.read(Code::ProductInvalid, order)?;
    Ok(ok(&api.store.products().update(&permit, app_id, product_id, order).await?))
}

fn order(fields: &mut Fields<'_>) -> (Option<String>, UpdateProduct) {
    let app_id = fields.text("app_id", rule::ID36);
    let order = UpdateProduct {
        name: fields.text("name", rule::NAME64),
        device_type: fields.text("device_type", rule::NAME32),
        protocol_type: fields.word("protocol_type", &PROTOCOLS).map(str::to_owned),
        data_format: fields.word("data_format", &DATA_FORMATS).map(str::to_owned),
        service_capabilities: model::read(fields),
        manufacturer_name: fields.text("manufacturer_name", rule::NAME32),
        industry: fields.text("industry", rule::TEXT64),
        description: fields.text("description", rule::TEXT128),
    };
    (app_id, order)
}
