//! CreateExportTask

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use export::{FORMATS, SOURCES, Source, no_object};
use serde_json::Value as Json;
use store::export_tasks::NewExportTask;
use types::{Code, Fault, Language, Text, export_task::AppType, text};

use crate::{Api, call::Call, error::Answer, respond::created};

pub(super) const SCOPES: &[(&str, AppType)] = &[("GLOBAL", AppType::Global), ("APP", AppType::App)];
const FORMAT_DEFAULT: &str = "xls";

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_CREATE)?;
    let (order, source) = order(&call.json()?, call.language(), api.strict)?;
    let tasks = api.store.export_tasks();
    let task = tasks.create(&permit, order, move |tx, selection| source.selected(tx, selection)).await?;
    api.exports.ring();
    Ok(created(&task))
}

fn order(
    body: &Json,
    language: Language,
    strict: bool,
) -> Result<(NewExportTask, &'static dyn Source), Fault> {
    let mut fields = Fields::of(body, Code::ExportTaskInvalid)?;
    let sources: Vec<_> = SOURCES.iter().map(|source| (source.resource_type(), *source)).collect();
    let source = fields.word("resource_type", &sources);
    let resource_condition = resource_condition(&mut fields, source);
    let formats = FORMATS.iter().filter(|format| !(strict && format.goes_beyond_the_cloud()));
    let formats: Vec<_> = formats.map(|format| (format.name(), format.name())).collect();
    let export_format = fields.word("export_format", &formats).unwrap_or(FORMAT_DEFAULT);
    let app_type = fields.word("app_type", SCOPES).unwrap_or(AppType::Global);
    let app_id = fields.text("app_id", rule::ID36);
    if fields.json("resource_type").is_none() {
        fields.wrong("resource_type", text!("is required", "不能为空"));
    }
    let order = source.zip(resource_condition).map(|(source, resource_condition)| {
        let resource_type = source.resource_type();
        let order =
            NewExportTask { resource_type, resource_condition, export_format, app_type, app_id, language };
        (order, source)
    });
    fields.finish(order)?.ok_or_else(|| Code::ExportTaskInvalid.into())
}

/// The condition is documented as an object; the SDK samples send a string that holds one.
fn resource_condition(fields: &mut Fields<'_>, source: Option<&'static dyn Source>) -> Option<String> {
    let given = fields.json("resource_condition").cloned();
    if given.is_none() {
        fields.wrong("resource_condition", text!("is required", "不能为空"));
    }
    match condition(source?, &given?) {
        Ok(canonical) => Some(canonical),
        Err(why) => {
            fields.wrong("resource_condition", why);
            None
        }
    }
}

pub(super) fn condition(source: &dyn Source, given: &Json) -> Result<String, Text> {
    match given {
        Json::String(text) => {
            let held: Json = serde_json::from_str(text).map_err(|_| no_object())?;
            source.select(&held)
        }
        object => source.select(object),
    }
}
