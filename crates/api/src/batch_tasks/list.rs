//! ListBatchTasks

use axum::extract::State;
use domain::{Action, order::rule};
use store::batch_tasks::TaskFilter;
use types::{
    Code,
    batch_task::{BatchTasks, TaskStatus},
};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::BATCHTASKS_LIST, "Lists the batch tasks of a kind, newest first.")
        .asks(|query| (query.page(), filter(query)))
        .gives::<BatchTasks>(200)
        .refuses(&[Code::AppForeign]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let found = api.store.batch_tasks().list(&permit, filter, page).await?;
    Ok(ok(&BatchTasks { page: found.page(), batchtasks: found.records }))
}

fn filter(query: &mut Query) -> TaskFilter {
    let task_types: Vec<_> = batch::task_types().map(|word| (word, word)).collect();
    let task_type = query.word("task_type", &task_types, Code::TaskTypeUnsupported).map(str::to_owned);
    let statuses = TaskStatus::ALL.map(|status| (status.as_str(), status));
    TaskFilter {
        task_type: query.required("task_type", task_type, Code::InvalidInput),
        app_id: query.text("app_id", rule::ID36, Code::InvalidInput),
        status: query.word("status", &statuses, Code::InvalidInput),
    }
}
