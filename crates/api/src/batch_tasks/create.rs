//! CreateBatchTask

use std::collections::HashSet;

use axum::extract::State;
use domain::{
    Action, Limits,
    order::{Fields, rule},
};
use serde_json::{Value as Json, json};
use store::batch_tasks::{NewBatchTask, Retry, SCHEDULE_MAX_MS, Targets};
use types::{Code, Fault, Text, text, time};

use crate::{Api, call::Call, error::Answer, respond::created};

/// Most characters of `task_ext_info`.
const EXT_INFO_MAX: usize = 512;

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_CREATE)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let context = api.store.context();
    let order = order(&mut fields, &context.limits, context.clock.now_ms());
    let (order, kind) = fields.finish(order)?.ok_or_else(|| Fault::from(Code::InvalidInput))?;
    if let Targets::File { file_id } = &order.targets {
        let header = api.store.batch_files().header(&permit, file_id.clone()).await?;
        batch::header_fits(kind, &header).map_err(|why| Fault::new(Code::BatchFileInvalid, why))?;
    }
    let task = api.store.batch_tasks().create(&permit, order).await?;
    api.batches.ring();
    Ok(created(&task))
}

fn order(
    fields: &mut Fields<'_>,
    limits: &Limits,
    now_ms: i64,
) -> Option<(NewBatchTask, &'static dyn batch::Kind)> {
    let app_id = fields.text("app_id", rule::ID36);
    let task_name = fields.required_text("task_name", rule::TASK_NAME);
    let kind = kind(fields);
    let (schedule_ms, retry) = fields
        .within_as(Code::TaskPolicyInvalid, "task_policy", |policy| policy_of(policy, now_ms))
        .unwrap_or_default();
    let task_ext_info = ext_info(fields);
    let task_mode = fields.word("task_mode", &[("GATEWAY", "GATEWAY")]).map(str::to_owned);
    let kind = kind?;
    let (document, packages) = document(fields, kind);
    let need_confirm = fields.boolean("need_confirm");
    if need_confirm == Some(true) && kind.upgrades().is_none() {
        let why = text!("only upgrades are confirmed", "只有升级任务支持确认");
        fields.wrong_with(Code::DocumentInvalid, "need_confirm", why);
    }
    let targets = targets(fields, kind, limits)?;
    let order = NewBatchTask {
        app_id,
        document,
        packages,
        schedule_ms,
        retry,
        need_confirm,
        task_ext_info,
        task_mode,
        ..NewBatchTask::of(kind.task_type(), task_name, targets)
    };
    Some((order, kind))
}

/// When the task begins, and what happens to what fails.
fn policy_of(policy: &mut Fields<'_>, now_ms: i64) -> (Option<i64>, Option<Retry>) {
    let schedule_ms = policy.json("schedule_time").and_then(|given| {
        let at = given.as_str().and_then(time::parse_compact);
        let ahead = now_ms..=now_ms + SCHEDULE_MAX_MS;
        let wrong = match at {
            None => text!("must be a time such as 20260102T030405Z", "必须是形如20260102T030405Z的时间"),
            Some(at) if ahead.contains(&at) => return Some(at),
            Some(_) => text!("must lie within the next 7 days", "必须在未来7天之内"),
        };
        policy.wrong("schedule_time", wrong);
        None
    });
    let count = policy.int("retry_count", 1, 5);
    let interval = policy.int("retry_interval", 0, 1440);
    let given = |policy: &mut Fields<'_>, name| policy.json(name).is_some();
    if given(policy, "retry_count") != given(policy, "retry_interval") {
        let together = text!(
            "task_policy: retry_count and retry_interval come together",
            "task_policy：retry_count和retry_interval必须同时填写"
        );
        policy.wrong_together(Code::TaskPolicyInvalid, together);
    }
    (schedule_ms, count.zip(interval).map(|(count, interval)| Retry { count, interval }))
}

fn ext_info(fields: &mut Fields<'_>) -> Option<Json> {
    let given = fields.json("task_ext_info")?;
    if !given.is_object() || given.to_string().chars().count() > EXT_INFO_MAX {
        let why = text!(
            "must be an object of at most {EXT_INFO_MAX} characters",
            "必须是不超过{EXT_INFO_MAX}个字符的JSON对象"
        );
        fields.wrong("task_ext_info", why);
    }
    Some(given.clone())
}

/// Bytes of a document: a message and its properties are the most that any kind needs. A list holds fifty of them.
const DOCUMENT_BYTES_MAX: usize = 600 << 10;

/// What the kind needs besides its targets, and the packages that it names.
fn document(fields: &mut Fields<'_>, kind: &dyn batch::Kind) -> (Option<Json>, (&'static str, Vec<String>)) {
    let code = Code::DocumentInvalid;
    let given = fields.json("document").cloned();
    if given.as_ref().is_some_and(|given| given.to_string().len() > DOCUMENT_BYTES_MAX) {
        let most = DOCUMENT_BYTES_MAX;
        fields.wrong_with(code, "document", text!("must be at most {most} bytes", "不能超过{most}字节"));
        return Default::default();
    }
    match kind.document() {
        // Each row says for itself what the document says for all targets.
        Some(_) if given.is_none() && by_file(fields, kind) => {}
        Some(_) if given.is_none() => fields.wrong_with(code, "document", text!("is required", "不能为空")),
        Some(check) => drop(fields.within_as(code, "document", check)),
        None => drop(fields.within_as(code, "document", |_| ())),
    }
    let packages = match kind.upgrades() {
        Some(of) => (of.as_str(), given.as_ref().map(batch::package_ids).unwrap_or_default()),
        None => Default::default(),
    };
    (given, packages)
}

fn by_file(fields: &mut Fields<'_>, kind: &dyn batch::Kind) -> bool {
    let given = fields.json("targets").is_some() || fields.json("targets_filter").is_some();
    kind.takes_file() && !(kind.takes_targets() && given)
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
    // The Terraform provider sends an empty list beside a file.
    let given_any =
        fields.json("targets").is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty()));
    if kind.takes_targets() && given_any {
        return given(fields, limits).map(Targets::Given);
    }
    if kind.takes_targets() && fields.json("targets_filter").is_some() {
        return groups(fields, limits);
    }
    if let Some(given) = fields.json("document_source") {
        let file_id = given.as_str().filter(|text| rule::ID128.admits(text)).map(str::to_owned);
        if file_id.is_none() {
            fields.wrong_with(Code::DocumentSourceMissing, "document_source", rule::ID128.says.into());
        }
        return file_id.map(|file_id| Targets::File { file_id });
    }
    let needed = match (kind.takes_targets(), kind.takes_file()) {
        (true, true) => text!(
            "targets, targets_filter or document_source: is required",
            "targets、targets_filter或document_source：不能为空"
        ),
        (true, false) => {
            text!("targets or targets_filter: is required", "targets或targets_filter：不能为空")
        }
        (false, _) => text!("document_source: is required", "document_source：不能为空"),
    };
    fields.wrong_together(Code::TargetsInvalid, needed);
    None
}

/// The groups whose devices are meant.
fn groups(fields: &mut Fields<'_>, limits: &Limits) -> Option<Targets> {
    let given = fields.json("targets_filter")?;
    let most = limits.device_groups.unsigned_abs() as usize;
    let ids = given["group_ids"].as_array().filter(|ids| (1..=most).contains(&ids.len()));
    let group_ids: Option<Vec<String>> = ids.and_then(|ids| {
        let id = |id: &Json| id.as_str().filter(|id| rule::ID36.admits(id)).map(str::to_owned);
        ids.iter().map(id).collect()
    });
    let Some(group_ids) = group_ids else {
        let why = text!("must be 1 to {most} ids of groups", "必须为1~{most}个设备组ID");
        fields.wrong_with(Code::TargetsInvalid, "targets_filter.group_ids", why);
        return None;
    };
    // Nothing else of it counts, so nothing else of it is kept.
    Some(Targets::Groups { given: json!({ "group_ids": &group_ids }), group_ids })
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
    Some(list.iter().filter_map(|target| target.as_str().map(str::to_owned)).collect())
}
