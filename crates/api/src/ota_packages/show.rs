//! ShowOtaPackage

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_QUERY)?;
    Ok(ok(&api.store.ota_packages().show(&permit, call.id(Code::PackageMissing)?).await?))
}
