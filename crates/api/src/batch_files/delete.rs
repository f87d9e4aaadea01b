//! DeleteBatchTaskFile

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::BATCHTASKFILES_DELETE, "Deletes a file.")
        .of(Code::BatchFileMissing)
        .gives_nothing(204);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKFILES_DELETE)?;
    api.store.batch_files().delete(&permit, call.id(Code::BatchFileMissing)?).await?;
    Ok(no_content())
}
