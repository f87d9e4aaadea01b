//! DeleteDevice

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_DELETE, "Deletes a device.")
        .of(Code::DeviceMissing)
        .gives_nothing(204)
        .refuses(&[Code::DeviceHasChildren]);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_DELETE)?;
    api.store.devices().delete(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(no_content())
}
