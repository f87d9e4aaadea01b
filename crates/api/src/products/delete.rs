//! DeleteProduct

use axum::extract::State;
use domain::Action;
use types::Code;

use super::app_of;
use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::PRODUCTS_DELETE, "Deletes a product that nothing is made of.")
        .of(Code::ProductMissing)
        .asks(app_of)
        .gives_nothing(204)
        .refuses(&[Code::AppForeign, Code::ProductInUse]);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_DELETE)?;
    let (app_id, product_id) = (call.asked(app_of)?, call.id(Code::ProductMissing)?);
    api.store.products().delete(&permit, app_id, product_id).await?;
    Ok(no_content())
}
