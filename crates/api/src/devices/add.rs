//! AddDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, add_device, rule},
};
use types::{Code, Fault};

use crate::{
    Api,
    call::Call,
    error::{Answer, ApiError},
    respond::created,
};

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_REGISTER)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let app_id = fields.text("app_id", rule::ID36);
    let order = add_device(&mut fields);
    let (app_id, order) = fields.finish((app_id, order))?;
    let added = api.store.devices().add(&permit, app_id, order).await;
    Ok(created(&added.map_err(super::foreign_app_is_missing).map_err(missing_product_is_bad_input)?))
}

/// A product that does not exist is 404 where it is asked for, but here it is a wrong field of the body: 400.
fn missing_product_is_bad_input(error: store::Error) -> ApiError {
    match error {
        store::Error::Fault(Fault { code: Code::ProductMissing, detail, .. }) => {
            ApiError::bad_field(Fault { code: Code::ProductMissing, detail, retry_after_seconds: None })
        }
        other => other.into(),
    }
}
