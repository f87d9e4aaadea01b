//! UpdateApplication

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::{Code, app::App};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::APPS_MODIFY, "Renames an app.")
        .of(Code::AppMissing)
        .takes(Code::InvalidInput, app_name)
        .gives::<App>(200)
        .refuses(&[Code::AppNameTaken]);
}

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_MODIFY)?;
    let app_id = call.id(Code::AppMissing)?;
    let app_name = call.read(Code::InvalidInput, app_name)?;
    Ok(ok(&api.store.apps().update(&permit, app_id, app_name).await?))
}

fn app_name(fields: &mut Fields<'_>) -> Option<String> {
    fields.text("app_name", rule::NAME64)
}
