//! CreateOtaPackage

use axum::extract::State;
use domain::{
    Action,
    order::{PACKAGE_TYPES, ota_package},
};
use types::{Code, Fault, ota_package::OtaPackage};

use crate::{
    Api,
    call::Call,
    error::{Answer, ApiError},
    openapi::About,
    respond::created,
};

pub(crate) fn about(about: &mut About<'_>) {
    let strict = about.server.strict;
    let types = PACKAGE_TYPES.map(|(word, _)| word);
    about
        .lets(
            Action::OTAPACKAGES_CREATE,
            "Makes a package. Its file_location holds one of obs_location, url and upload.",
        )
        .takes_by(Code::PackageInvalid, ("package_type", &types), None, |fields| ota_package(fields, strict))
        .gives::<OtaPackage>(201)
        .refuses_as(400, Code::ProductMissing)
        .refuses(&[Code::PackageQuota, Code::AppForeign]);
}

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_CREATE)?;
    let order = call.read(Code::PackageInvalid, |fields| ota_package(fields, api.strict))?;
    let made = api.store.ota_packages().create(&permit, order).await;
    Ok(created(&made.map_err(missing_product_is_bad_input)?))
}

/// A product that does not exist is 404 where it is asked for, but here it is a wrong field of the body: 400.
fn missing_product_is_bad_input(error: store::Error) -> ApiError {
    match error {
        store::Error::Fault(fault @ Fault { code: Code::ProductMissing, .. }) => ApiError::bad_field(fault),
        other => other.into(),
    }
}
