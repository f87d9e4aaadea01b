//! ShowApplication

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_QUERY)?;
    let app = api.store.apps().show(&permit, call.id(Code::AppMissing)?).await?;
    Ok(ok(&app))
}
