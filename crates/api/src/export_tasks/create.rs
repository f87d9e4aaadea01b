//! CreateExportTask

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use export::{FORMATS, SOURCES, Source};
use store::export_tasks::NewExportTask;
use types::{
    Code, Fault, Language,
    export_task::{AppType, ExportTask},
};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::created};

pub(super) const SCOPES: &[(&str, AppType)] = &[("GLOBAL", AppType::Global), ("APP", AppType::App)];
const FORMAT_DEFAULT: &str = "xls";

pub(crate) fn about(about: &mut About<'_>) {
    let strict = about.server.strict;
    let sources: Vec<&str> = SOURCES.iter().map(|source| source.resource_type()).collect();
    about
        .lets(Action::EXPORTTASKS_CREATE, "Orders a file.")
        .takes_by(Code::ExportTaskInvalid, ("resource_type", &sources), None, |fields| {
            order(fields, Language::English, strict)
        })
        .gives::<ExportTask>(201)
        .refuses(&[
            Code::ExportTasksUnfinished,
            Code::ExportSourceMissing,
            Code::AppNotCarried,
            Code::AppForeign,
        ]);
}

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_CREATE)?;
    let (language, strict) = (call.language(), api.strict);
    let order = call.read(Code::ExportTaskInvalid, |fields| order(fields, language, strict))?;
    let (order, source) = order.ok_or_else(|| Fault::from(Code::ExportTaskInvalid))?;
    let tasks = api.store.export_tasks();
    let task = tasks.create(&permit, order, move |tx, selection| source.selected(tx, selection)).await?;
    api.exports.ring();
    Ok(created(&task))
}

fn order(
    fields: &mut Fields<'_>,
    language: Language,
    strict: bool,
) -> Option<(NewExportTask, &'static dyn Source)> {
    fields.require("resource_type");
    let source = fields.word("resource_type", &sources());
    // The condition is documented as an object; the SDK samples send a string that holds one.
    fields.require("resource_condition");
    let condition = source
        .and_then(|source| fields.within_or_held("resource_condition", |condition| source.select(condition)));
    let formats = FORMATS.iter().filter(|format| !(strict && format.goes_beyond_the_cloud()));
    let formats: Vec<_> = formats.map(|format| (format.name(), format.name())).collect();
    let export_format = fields.word("export_format", &formats).unwrap_or(FORMAT_DEFAULT);
    let app_type = fields.word("app_type", SCOPES).unwrap_or(AppType::Global);
    let app_id = fields.text("app_id", rule::ID36);
    let (source, resource_condition) = source.zip(condition)?;
    let resource_type = source.resource_type();
    let order =
        NewExportTask { resource_type, resource_condition, export_format, app_type, app_id, language };
    Some((order, source))
}

pub(super) fn sources() -> Vec<(&'static str, &'static dyn Source)> {
    SOURCES.iter().map(|source| (source.resource_type(), *source)).collect()
}
