//! ShowBatchTask

use axum::extract::State;
use domain::{Action, order::rule};
use store::subtasks::{DetailFilter, detail_status};
use types::{Code, batch_task::ShownBatchTask, text};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_QUERY)?;
    let task_id = call.id(Code::BatchTaskMissing)?;
    let mut query = call.query()?;
    let page = query.page();
    let target = query.text("target", rule::ID128, Code::InvalidInput);
    let status = query.get("task_detail_status").map(detail_status);
    if status == Some(None) {
        let why = text!("is not one of its values", "取值无效");
        query.wrong(Code::InvalidInput, "task_detail_status", why);
    }
    query.finish(())?;
    let filter = DetailFilter { target, status: status.flatten() };
    let (batchtask, details) = api.store.batch_tasks().show(&permit, task_id, filter, page).await?;
    let page = details.page();
    Ok(ok(&ShownBatchTask { batchtask, task_details: details.records, page }))
}
