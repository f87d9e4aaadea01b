//! CreateExportTask

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use export::{FORMATS, SOURCES, Selected, Source};
use serde_json::Value as Json;
use store::export_tasks::NewExportTask;
use types::{Code, Fault, Language, export_task::AppType};

use crate::{Api, call::Call, error::Answer, respond::created};

pub(super) const SCOPES: &[(&str, AppType)] = &[("GLOBAL", AppType::Global), ("APP", AppType::App)];
const FORMAT_DEFAULT: &str = "xls";

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_CREATE)?;
    let order = order(&call.json()?, call.language())?;
    let task = api.store.export_tasks().create(&permit, order).await?;
    api.exports.ring();
    Ok(created(&task))
}

fn order(body: &Json, language: Language) -> Result<NewExportTask, Fault> {
    let mut fields = Fields::of(body, Code::ExportTaskInvalid)?;
    let sources: Vec<_> = SOURCES.iter().map(|source| (source.resource_type(), *source)).collect();
    let source = fields.word("resource_type", &sources);
    let selected = selected(&mut fields, source);
    let formats: Vec<_> = FORMATS.iter().map(|format| (format.name(), format.name())).collect();
    let export_format = fields.word("export_format", &formats).unwrap_or(FORMAT_DEFAULT);
    let app_type = fields.word("app_type", SCOPES).unwrap_or(AppType::Global);
    let app_id = fields.text("app_id", rule::ID36);
    if fields.json("resource_type").is_none() {
        fields.wrong("resource_type", "is required");
    }
    let order = source.zip(selected).map(|(source, selected)| NewExportTask {
        resource_type: source.resource_type(),
        resource_condition: selected.condition,
        task_id: selected.task_id,
        export_format,
        app_type,
        app_id,
        language,
    });
    fields.finish(order)?.ok_or_else(|| Code::ExportTaskInvalid.into())
}

/// The condition is documented as an object; the SDK samples send a string that holds one.
fn selected(fields: &mut Fields<'_>, source: Option<&'static dyn Source>) -> Option<Selected> {
    let given = fields.json("resource_condition").cloned();
    if given.is_none() {
        fields.wrong("resource_condition", "is required");
    }
    match condition(source.or(SOURCES.first().copied())?, &given?) {
        Ok(selected) => Some(selected),
        Err(why) => {
            fields.wrong("resource_condition", why);
            None
        }
    }
}

pub(super) fn condition(source: &dyn Source, given: &Json) -> Result<Selected, String> {
    match given {
        Json::String(text) => {
            let held: Json =
                serde_json::from_str(text).map_err(|_| "must be an object, or a string that holds one")?;
            source.select(&held)
        }
        object => source.select(object),
    }
}
