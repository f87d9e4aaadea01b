//! ShowBatchTask

use axum::extract::State;
use domain::{Action, order::rule};
use store::subtasks::{DetailFilter, detail_statuses};
use types::{Code, batch_task::ShownBatchTask};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::BATCHTASKS_QUERY, "Shows a batch task and a page of its subtasks.")
        .of(Code::BatchTaskMissing)
        .asks(|query| (query.page(), filter(query)))
        .gives::<ShownBatchTask>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_QUERY)?;
    let task_id = call.id(Code::BatchTaskMissing)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let (batchtask, details) = api.store.batch_tasks().show(&permit, task_id, filter, page).await?;
    let page = details.page();
    Ok(ok(&ShownBatchTask { batchtask, task_details: details.records, page }))
}

fn filter(query: &mut Query) -> DetailFilter {
    DetailFilter {
        target: query.text("target", rule::ID128, Code::InvalidInput),
        status: query.word("task_detail_status", &detail_statuses(), Code::InvalidInput),
    }
}
