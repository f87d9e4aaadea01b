//! ListBatchTasks

use axum::extract::State;
use domain::{Action, order::rule};
use store::batch_tasks::TaskFilter;
use types::{
    Code,
    batch_task::{BatchTasks, TaskStatus},
    text,
};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_LIST)?;
    let mut query = call.query()?;
    let page = query.page();
    let task_type = query.get("task_type").map(str::to_owned);
    match &task_type {
        Some(word) if batch::is_task_type(word) => {}
        Some(_) => {
            query.wrong(
                Code::TaskTypeUnsupported,
                "task_type",
                text!("is not one of its values", "取值无效"),
            );
        }
        None => query.wrong(Code::InvalidInput, "task_type", text!("is required", "不能为空")),
    }
    let app_id = query.text("app_id", rule::ID36, Code::InvalidInput);
    let status = query.get("status").map(TaskStatus::from_wire);
    if status == Some(None) {
        query.wrong(Code::InvalidInput, "status", text!("is not one of its values", "取值无效"));
    }
    query.finish(())?;
    let filter = TaskFilter { task_type: task_type.unwrap_or_default(), app_id, status: status.flatten() };
    let found = api.store.batch_tasks().list(&permit, filter, page).await?;
    Ok(ok(&BatchTasks { page: found.page(), batchtasks: found.records }))
}
