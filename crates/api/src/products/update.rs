//! UpdateProduct: what the body leaves out stays as it is; a model replaces the whole one before.

use axum::extract::State;
use domain::{
    Action, model,
    order::{Fields, rule},
};
use types::{Code, product::UpdateProduct};

use super::{DATA_FORMATS, PROTOCOLS};
use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_MODIFY)?;
    let product_id = call.id(Code::ProductMissing)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::ProductInvalid)?;
    let app_id = fields.text("app_id", rule::ID36);
    let order = order(&mut fields);
    let (app_id, order) = fields.finish((app_id, order))?;
    Ok(ok(&api.store.products().update(&permit, app_id, product_id, order).await?))
}

fn order(fields: &mut Fields<'_>) -> UpdateProduct {
    UpdateProduct {
        name: fields.text("name", rule::NAME64),
        device_type: fields.text("device_type", rule::NAME32),
        protocol_type: fields.word("protocol_type", &PROTOCOLS).map(str::to_owned),
        data_format: fields.word("data_format", &DATA_FORMATS).map(str::to_owned),
        service_capabilities: model::read(fields),
        manufacturer_name: fields.text("manufacturer_name", rule::NAME32),
        industry: fields.text("industry", rule::TEXT64),
        description: fields.text("description", rule::TEXT128),
    }
}
