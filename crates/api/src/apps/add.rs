//! AddApplication

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::created};

pub(crate) async fn add(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let app_name = fields.required_text("app_name", rule::NAME64);
    let app = api.store.apps().create(&permit, fields.finish(app_name)?).await?;
    Ok(created(&app))
}
