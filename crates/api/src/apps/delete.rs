//! DeleteApplication

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::APPS_DELETE, "Deletes an app with all that is in it.")
        .of(Code::AppMissing)
        .gives_nothing(204)
        .refuses(&[Code::AppKept]);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::APPS_DELETE)?;
    api.store.apps().delete(&permit, call.id(Code::AppMissing)?).await?;
    Ok(no_content())
}
