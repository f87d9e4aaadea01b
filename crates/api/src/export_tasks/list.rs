//! ListExportTasks

use axum::extract::State;
use domain::{Action, order::rule};
use export::{SOURCES, Source};
use store::export_tasks::ExportFilter;
use types::{
    Code, Fault, Text,
    export_task::{AppType, ExportTasks},
    text,
};

use super::create::condition;
use crate::{Api, call::Call, error::Answer, query::Query, respond::ok};

pub(crate) async fn list(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_LIST)?;
    let mut query = call.query()?;
    let page = query.page();
    let filter = filter(&mut query);
    let filter = query.finish(filter)?.ok_or_else(|| Fault::from(Code::ExportTaskInvalid))?;
    let found = api.store.export_tasks().list(&permit, filter, page).await?;
    Ok(ok(&ExportTasks { page: found.page(), export_tasks: found.records }))
}

fn filter(query: &mut Query) -> Option<ExportFilter> {
    const INVALID: Code = Code::ExportTaskInvalid;
    let app_id = query.text("app_id", rule::ID36, INVALID);
    let app_type = query.get("app_type").map(AppType::from_wire);
    if app_type == Some(None) {
        query.wrong(INVALID, "app_type", text!("must be one of GLOBAL, APP", "取值只能是GLOBAL、APP"));
    }
    let source = query.get("resource_type").and_then(export::source);
    if source.is_none() {
        let known: Vec<&str> = SOURCES.iter().map(|source| source.resource_type()).collect();
        let why = text!("is required and must be one of ", "不能为空，取值只能是") + Text::words(&known);
        query.wrong(INVALID, "resource_type", why);
    }
    let source = source?;
    Some(ExportFilter {
        resource_type: source.resource_type(),
        resource_condition: narrowed(query, source),
        app_type: app_type.flatten().unwrap_or(AppType::Global),
        app_id,
    })
}

fn narrowed(query: &mut Query, source: &dyn Source) -> Option<String> {
    let text = query.get("resource_condition")?.to_owned();
    match condition(source, &text.into()) {
        Ok(canonical) => Some(canonical),
        Err(why) => {
            query.wrong(Code::ExportTaskInvalid, "resource_condition", why);
            None
        }
    }
}
