//! AddDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, add_device, rule},
};
use types::{
    Code, Fault,
    device::{AddDevice, Device},
};

use crate::{
    Api,
    call::Call,
    error::{Answer, ApiError},
    openapi::About,
    respond::created,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_REGISTER, "Adds a device. Only this answer shows its secret.")
        .takes(Code::InvalidInput, order)
        .gives::<Device>(201)
        .refuses_as(400, Code::ProductMissing)
        .refuses(&[
            Code::AppMissing,
            Code::DeviceTaken,
            Code::NodeIdTaken,
            Code::GatewayMissing,
            Code::LevelTooDeep,
            Code::GatewayFull,
            Code::DeviceQuota,
            Code::ServiceMissing,
            Code::PropertyMissing,
            Code::PropertyNotWritable,
        ]);
}

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_REGISTER)?;
    let (app_id, order) = call.read(Code::InvalidInput, order)?;
    let added = api.store.devices().add(&permit, app_id, order).await;
    Ok(created(&added.map_err(super::foreign_app_is_missing).map_err(missing_product_is_bad_input)?))
}

fn order(fields: &mut Fields<'_>) -> (Option<String>, AddDevice) {
    (fields.text("app_id", rule::ID36), add_device(fields))
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
