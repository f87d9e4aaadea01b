//! ShowDeviceShadow

use axum::extract::State;
use domain::Action;
use types::{Code, shadow::Shadow};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::SHADOW_QUERY, "Shows a device's shadow.").of(Code::DeviceMissing).gives::<Shadow>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::SHADOW_QUERY)?;
    Ok(ok(&api.store.shadows().show(&permit, call.id(Code::DeviceMissing)?).await?))
}
