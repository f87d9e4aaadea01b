//! CreateBatchTask

use std::collections::HashSet;

use axum::extract::State;
use domain::{
    Action, Limits,
    order::{Fields, rule},
};
use store::batch_tasks::{NewBatchTask, Targets};
use types::{Code, Fault};

use crate::{Api, call::Call, error::Answer, respond::created};

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = order(&mut fields, &api.store.context().limits);
    let (order, kind) = fields.finish(order)?.ok_or_else(|| Fault::from(Code::InvalidInput))?;
    if let Targets::File { file_id } = &order.targets {
        let header = api.store.batch_files().header(&permit, file_id.clone()).await?;
        batch::header_fits(kind, &header).map_err(|detail| Fault::new(Code::BatchFileInvalid, detail))?;
    }
    let task = api.store.batch_tasks().create(&permit, order).await?;
    api.batches.ring();
    Ok(created(&task))
}

fn order(fields: &mut Fields<'_>, limits: &Limits) -> Option<(NewBatchTask, &'static dyn batch::Kind)> {
    let app_id = fields.text("app_id", rule::ID36);
    let task_name = fields.required_text("task_name", rule::TASK_NAME);
    let kind = kind(fields);
    if fields.json("task_policy").is_some() {
        fields.wrong_with(Code::TaskPolicyInvalid, "task_policy", "is not supported yet");
    }
    let kind = kind?;
    let targets = targets(fields, kind, limits)?;
    Some((NewBatchTask { app_id, task_name, task_type: kind.task_type(), targets }, kind))
}

fn kind(fields: &mut Fields<'_>) -> Option<&'static dyn batch::Kind> {
    let Some(value) = fields.json("task_type") else {
        fields.wrong("task_type", "is required");
        return None;
    };
    let kind = value.as_str().and_then(batch::kind);
    if kind.is_none() {
        let known: Vec<&str> = batch::KINDS.iter().map(|kind| kind.task_type()).collect();
        let why = format!("must be one of {}", known.join(", "));
        fields.wrong_with(Code::TaskTypeUnsupported, "task_type", why);
    }
    kind
}

/// Only one takes effect: targets, then the filter, then the file.
fn targets(fields: &mut Fields<'_>, kind: &dyn batch::Kind, limits: &Limits) -> Option<Targets> {
    if kind.takes_targets() && fields.json("targets").is_some() {
        return given(fields, limits).map(Targets::Given);
    }
    if kind.takes_targets() && fields.json("targets_filter").is_some() {
        fields.wrong_with(Code::TargetsInvalid, "targets_filter", "is not supported yet");
        return None;
    }
    if let Some(file_id) = fields.text("document_source", rule::ID128) {
        return Some(Targets::File { file_id });
    }
    let needed = if kind.takes_targets() { "targets or document_source" } else { "document_source" };
    if fields.json("document_source").is_none() {
        fields.wrong_with(Code::TargetsInvalid, needed, "is required");
    }
    None
}

fn given(fields: &mut Fields<'_>, limits: &Limits) -> Option<Vec<String>> {
    let wrong = |fields: &mut Fields<'_>, why: &str| fields.wrong_with(Code::TargetsInvalid, "targets", why);
    let Some(list) = fields.json("targets").and_then(|value| value.as_array()) else {
        wrong(fields, "must be an array");
        return None;
    };
    if list.len() > limits.batch_targets {
        let why = format!("{} are more than limits.batch_targets, {}", list.len(), limits.batch_targets);
        fields.wrong_with(Code::TargetsTooMany, "targets", why);
        return None;
    }
    let mut seen = HashSet::with_capacity(list.len());
    for target in list {
        match target.as_str().filter(|id| rule::ID128.admits(id)) {
            None => wrong(fields, &format!("{target} is not a device id")),
            Some(id) if !seen.insert(id) => wrong(fields, &format!("{id} stands twice")),
            Some(_) => continue,
        }
        return None;
    }
    if list.is_empty() {
        wrong(fields, "must hold at least one device id");
    }
    Some(list.iter().filter_map(|target| target.as_str().map(str::to_owned)).collect())
}
