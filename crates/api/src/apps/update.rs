//! UpdateApplication

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_MODIFY)?;
    let app_id = call.id(Code::AppMissing)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let app_name = fields.text("app_name", rule::NAME64);
    let app = api.store.apps().update(&permit, app_id, fields.finish(app_name)?).await?;
    Ok(ok(&app))
}
