//! ShowProduct

use axum::extract::State;
use domain::Action;
use types::{Code, product::Product};

use super::app_of;
use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::PRODUCTS_QUERY, "Shows a product with its model.")
        .of(Code::ProductMissing)
        .asks(app_of)
        .gives::<Product>(200)
        .refuses(&[Code::AppForeign]);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_QUERY)?;
    let (app_id, product_id) = (call.asked(app_of)?, call.id(Code::ProductMissing)?);
    Ok(ok(&api.store.products().show(&permit, app_id, product_id).await?))
}
