//! ListExportTasks

use axum::extract::State;
use domain::{Action, order::rule};
use export::SOURCES;
use store::export_tasks::ExportFilter;
use types::{
    Code, Fault,
    export_task::{AppType, ExportTasks},
};

use super::create::{SCOPES, sources};
use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    let given: Vec<_> = SOURCES.iter().map(|source| ("resource_type", source.resource_type())).collect();
    about
        .lets(Action::EXPORTTASKS_LIST, "Lists the export tasks of a kind of rows, newest first.")
        .asks_beside(&given, |query| (query.page(), filter(query)))
        .gives::<ExportTasks>(200)
        .refuses(&[Code::AppNotCarried, Code::AppForeign]);
}

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_LIST)?;
    let (page, filter) = call.asked(|query| (query.page(), filter(query)))?;
    let filter = filter.ok_or_else(|| Fault::from(Code::ExportTaskInvalid))?;
    let found = api.store.export_tasks().list(&permit, filter, page).await?;
    Ok(ok(&ExportTasks { page: found.page(), export_tasks: found.records }))
}

fn filter(query: &mut Query) -> Option<ExportFilter> {
    const INVALID: Code = Code::ExportTaskInvalid;
    let app_id = query.text("app_id", rule::ID36, INVALID);
    let app_type = query.word("app_type", SCOPES, INVALID);
    let source = query.word("resource_type", &sources(), INVALID);
    query.require("resource_type", INVALID);
    let source = source?;
    Some(ExportFilter {
        resource_type: source.resource_type(),
        resource_condition: query.held("resource_condition", INVALID, |condition| source.select(condition)),
        app_type: app_type.unwrap_or(AppType::Global),
        app_id,
    })
}
