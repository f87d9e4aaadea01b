//! ShowProduct

use axum::extract::State;
use domain::Action;
use types::Code;

use super::app_of;
use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_QUERY)?;
    let (app_id, product_id) = (app_of(call.query()?)?, call.id(Code::ProductMissing)?);
    Ok(ok(&api.store.products().show(&permit, app_id, product_id).await?))
}
