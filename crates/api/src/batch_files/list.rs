//! ListBatchTaskFiles

use axum::extract::State;
use domain::Action;
use types::batch_file::BatchTaskFiles;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKFILES_LIST)?;
    let files = api.store.batch_files().list(&permit).await?;
    Ok(ok(&BatchTaskFiles { files }))
}
