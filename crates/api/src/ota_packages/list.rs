//! ListOtaPackageInfo

use axum::extract::State;
use domain::{
    Action,
    order::{PACKAGE_TYPES, rule},
};
use store::ota_packages::PackageFilter;
use types::{Code, ota_package::OtaPackages};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::OTAPACKAGES_LIST, "Lists packages, newest first.")
        .asks(|query| (query.page(), filter(query)))
        .gives::<OtaPackages>(200)
        .refuses(&[Code::AppForeign]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let found = api.store.ota_packages().list(&permit, filter, page).await?;
    Ok(ok(&OtaPackages { page: found.page(), packages: found.records }))
}

fn filter(query: &mut Query) -> PackageFilter {
    PackageFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        package_type: query.word("package_type", &PACKAGE_TYPES, Code::InvalidInput).map(str::to_owned),
        product_id: query.text("product_id", rule::ID36, Code::InvalidInput),
        version: query.text("version", rule::VERSION, Code::InvalidInput),
    }
}
