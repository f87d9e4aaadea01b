//! ListOtaPackageInfo

use axum::extract::State;
use domain::{
    Action,
    order::{PACKAGE_TYPES, rule},
};
use store::ota_packages::PackageFilter;
use types::{Code, Text, ota_package::OtaPackages, text};

use crate::{Api, call::Call, error::Answer, query::Query, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::OTAPACKAGES_LIST)?;
    let mut query = call.query()?;
    let page = query.page();
    let filter = PackageFilter {
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        package_type: package_type(&mut query),
        product_id: query.text("product_id", rule::ID36, Code::InvalidInput),
        version: query.text("version", rule::VERSION, Code::InvalidInput),
    };
    query.finish(())?;
    let found = api.store.ota_packages().list(&permit, filter, page).await?;
    Ok(ok(&OtaPackages { page: found.page(), packages: found.records }))
}

fn package_type(query: &mut Query) -> Option<String> {
    let given = query.get("package_type")?.to_owned();
    let words = PACKAGE_TYPES.map(|(word, _)| word);
    if words.contains(&given.as_str()) {
        return Some(given);
    }
    let why = text!("must be one of ", "取值只能是") + Text::words(&words);
    query.wrong(Code::InvalidInput, "package_type", why);
    None
}
