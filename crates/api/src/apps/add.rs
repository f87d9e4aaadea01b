//! AddApplication

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::{Code, app::App};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::created};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::APPS_CREATE, "Adds an app.")
        .takes(Code::InvalidInput, app_name)
        .gives::<App>(201)
        .refuses(&[Code::AppQuota, Code::AppNameTaken]);
}

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_CREATE)?;
    let app_name = call.read(Code::InvalidInput, app_name)?;
    Ok(created(&api.store.apps().create(&permit, app_name).await?))
}

fn app_name(fields: &mut Fields<'_>) -> String {
    fields.required_text("app_name", rule::NAME64)
}
