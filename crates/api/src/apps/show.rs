//! ShowApplication

use axum::extract::State;
use domain::Action;
use types::{Code, app::App};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::APPS_QUERY, "Shows an app.").of(Code::AppMissing).gives::<App>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_QUERY)?;
    let app = api.store.apps().show(&permit, call.id(Code::AppMissing)?).await?;
    Ok(ok(&app))
}
