//! DeleteExportTask

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::EXPORTTASKS_DELETE, "Deletes an export task, and cancels it if it is not over.")
        .of(Code::ExportTaskMissing)
        .gives_nothing(204);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_DELETE)?;
    api.store.export_tasks().delete(&permit, call.id(Code::ExportTaskMissing)?).await?;
    Ok(no_content())
}
