//! ShowProduct

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_QUERY)?;
    let product = api.store.products().show(&permit, call.id(Code::ProductMissing)?).await?;
    Ok(ok(&product))
}
