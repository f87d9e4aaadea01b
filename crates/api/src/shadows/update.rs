//! UpdateDeviceShadowDesiredData

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, shadow},
};
use types::{
    Code,
    shadow::{Desired, Shadow},
};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::SHADOW_CONFIG, "Says what is desired of a device.")
        .of(Code::DeviceMissing)
        .takes(Code::InvalidInput, services)
        .gives::<Shadow>(200)
        .refuses(&[
            Code::ServiceMissing,
            Code::PropertyMissing,
            Code::PropertyNotWritable,
            Code::ShadowVersion,
        ]);
}

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::SHADOW_CONFIG)?;
    let services = call.read(Code::InvalidInput, services)?;
    Ok(ok(&api.store.shadows().desire(&permit, call.id(Code::DeviceMissing)?, services).await?))
}

fn services(fields: &mut Fields<'_>) -> Vec<Desired> {
    let services = shadow(fields);
    fields.required("shadow", services)
}
