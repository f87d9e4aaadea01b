//! DeleteOtaPackage

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::OTAPACKAGES_DELETE, "Deletes a package.").of(Code::PackageMissing).gives_nothing(204);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_DELETE)?;
    api.store.ota_packages().delete(&permit, call.id(Code::PackageMissing)?).await?;
    Ok(no_content())
}
