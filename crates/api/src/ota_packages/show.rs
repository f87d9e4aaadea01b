//! ShowOtaPackage

use axum::extract::State;
use domain::Action;
use types::{Code, ota_package::OtaPackage};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::OTAPACKAGES_QUERY, "Shows a package.")
        .of(Code::PackageMissing)
        .gives::<OtaPackage>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_QUERY)?;
    Ok(ok(&api.store.ota_packages().show(&permit, call.id(Code::PackageMissing)?).await?))
}
