//! CreateBatchTask

use std::collections::HashSet;

use axum::extract::State;
use domain::{
    Action, Limits,
    order::{Fields, rule},
};
use store::batch_tasks::{NewBatchTask, Targets};
use types::{Code, Fault, Text, text};

use crate::{Api, call::Call, error::Answer, respond::created};

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = order(&mut fields, &api.store.context().limits);
    let (order, kind) = fields.finish(order)?.ok_or_else(|| Fault::from(Code::InvalidInput))?;
    if let Targets::File { file_id } = &order.targets {
        let header = api.store.batch_files().header(&permit, file_id.clone()).await?;
        batch::header_fits(kind, &header).map_err(|why| Fault::new(Code::BatchFileInvalid, why))?;
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
        fields.wrong_with(Code::TaskPolicyInvalid, "task_policy", unsupported());
    }
    let kind = kind?;
    let targets = targets(fields, kind, limits)?;
    Some((NewBatchTask { app_id, task_name, task_type: kind.task_type(), targets }, kind))
}

fn unsupported() -> Text {
    text!("is not supported yet", "暂不支持")
}

fn kind(fields: &mut Fields<'_>) -> Option<&'static dyn batch::Kind> {
    let Some(value) = fields.json("task_type") else {
        fields.wrong("task_type", text!("is required", "不能为空"));
        return None;
    };
    let kind = value.as_str().and_then(batch::kind);
    if kind.is_none() {
        let known: Vec<&str> = batch::KINDS.iter().map(|kind| kind.task_type()).collect();
        let why = text!("must be one of ", "取值只能是") + Text::words(&known);
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
        fields.wrong_with(Code::TargetsInvalid, "targets_filter", unsupported());
        return None;
    }
    if let Some(file_id) = fields.text("document_source", rule::ID128) {
        return Some(Targets::File { file_id });
    }
    if fields.json("document_source").is_none() {
        let needed = match kind.takes_targets() {
            true => text!("targets or document_source: is required", "targets或document_source：不能为空"),
            false => text!("document_source: is required", "document_source：不能为空"),
        };
        fields.wrong_together(Code::TargetsInvalid, needed);
    }
    None
}

fn given(fields: &mut Fields<'_>, limits: &Limits) -> Option<Vec<String>> {
    let wrong = |fields: &mut Fields<'_>, why| fields.wrong_with(Code::TargetsInvalid, "targets", why);
    let Some(list) = fields.json("targets").and_then(|value| value.as_array()) else {
        wrong(fields, text!("must be an array", "必须是数组"));
        return None;
    };
    let (count, most) = (list.len(), limits.batch_targets);
    if count > most {
        let why = text!(
            "{count} are more than limits.batch_targets, {most}",
            "共{count}个，超过limits.batch_targets（{most}）"
        );
        fields.wrong_with(Code::TargetsTooMany, "targets", why);
        return None;
    }
    let mut seen = HashSet::with_capacity(list.len());
    for target in list {
        match target.as_str().filter(|id| rule::ID128.admits(id)) {
            None => wrong(fields, text!("{target} is not a device id", "{target}不是设备ID")),
            Some(id) if !seen.insert(id) => wrong(fields, text!("{id} stands twice", "{id}重复")),
            Some(_) => continue,
        }
        return None;
    }
    if list.is_empty() {
        wrong(fields, text!("must hold at least one device id", "至少包含一个设备ID"));
    }
    Some(list.iter().filter_map(|target| target.as_str().map(str::to_owned)).collect())
}
