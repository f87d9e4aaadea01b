//! ListBatchTaskFiles

use axum::extract::State;
use domain::Action;
use types::batch_file::BatchTaskFiles;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::BATCHTASKFILES_LIST, "Lists the caller's files.").gives::<BatchTaskFiles>(200);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKFILES_LIST)?;
    let files = api.store.batch_files().list(&permit).await?;
    Ok(ok(&BatchTaskFiles { files }))
}
