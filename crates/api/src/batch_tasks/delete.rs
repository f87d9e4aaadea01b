//! DeleteBatchTask

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::BATCHTASKS_DELETE, "Deletes a batch task that is over.")
        .of(Code::BatchTaskMissing)
        .gives_nothing(204)
        .refuses(&[Code::BatchTaskUnfinished]);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_DELETE)?;
    api.store.batch_tasks().delete(&permit, call.id(Code::BatchTaskMissing)?).await?;
    Ok(no_content())
}
