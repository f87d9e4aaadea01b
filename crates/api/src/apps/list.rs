//! ShowApplications

use axum::extract::State;
use domain::Action;
use types::app::Apps;

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::APPS_LIST, "Lists all apps.").asks(default_app).gives::<Apps>(200);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_LIST)?;
    let default_app = call.asked(default_app)?;
    let applications = api.store.apps().list(&permit, default_app).await?;
    Ok(ok(&Apps { applications }))
}

fn default_app(query: &mut Query) -> Option<bool> {
    query.boolean("default_app")
}
