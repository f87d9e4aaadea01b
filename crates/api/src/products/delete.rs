//! DeleteProduct

use axum::extract::State;
use domain::Action;
use types::Code;

use super::app_of;
use crate::{Api, call::Call, error::Answer, respond::no_content};

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::PRODUCTS_DELETE)?;
    let (app_id, product_id) = (app_of(call.query()?)?, call.id(Code::ProductMissing)?);
    api.store.products().delete(&permit, app_id, product_id).await?;
    Ok(no_content())
}
