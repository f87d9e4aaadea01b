//! CreateOtaPackage

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, ota_package},
};
use types::{Code, Fault};

use crate::{
    Api,
    call::Call,
    error::{Answer, ApiError},
    respond::created,
};

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::PackageInvalid)?;
    let order = ota_package(&mut fields, api.strict);
    let made = api.store.ota_packages().create(&permit, fields.finish(order)?).await;
    Ok(created(&made.map_err(missing_product_is_bad_input)?))
}

/// A product that does not exist is 404 where it is asked for, but here it is a wrong field of the body: 400.
fn missing_product_is_bad_input(error: store::Error) -> ApiError {
    match error {
        store::Error::Fault(fault @ Fault { code: Code::ProductMissing, .. }) => ApiError::bad_field(fault),
        other => other.into(),
    }
}
