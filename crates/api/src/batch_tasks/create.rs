//! CreateBatchTask

use std::collections::HashSet;

use axum::extract::State;
use domain::{
    Action, Limits,
    order::{Fields, Shape, rule},
};
use serde_json::{Value as Json, json};
use store::batch_tasks::{NewBatchTask, Retry, SCHEDULE_MAX_MS, Targets};
use types::{Code, Fault, batch_task::BatchTask, text, time};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::created};

/// Most characters of `task_ext_info`.
const EXT_INFO_MAX: usize = 512;

pub(crate) fn about(about: &mut About<'_>) {
    let limits = about.server.limits.clone();
    let kinds: Vec<&str> = batch::KINDS.iter().map(|kind| kind.task_type()).collect();
    about
        .lets(Action::BATCHTASKS_CREATE, "Orders one thing to be done to many devices.")
        .takes_by(Code::InvalidInput, ("task_type", &kinds), None, |fields| order(fields, &limits, 0))
        .gives::<BatchTask>(201)
        .refuses(&[
            Code::TaskTypeUnsupported,
            Code::TargetsInvalid,
            Code::TargetsTooMany,
            Code::DocumentInvalid,
            Code::DocumentSourceMissing,
            Code::TaskPolicyInvalid,
            Code::BatchFileInvalid,
            Code::BatchTaskQuota,
            Code::AppForeign,
        ]);
}

pub(crate) async fn create(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::BATCHTASKS_CREATE)?;
    let context = api.store.context();
    let read = |fields: &mut Fields<'_>| order(fields, &context.limits, context.clock.now_ms());
    let (order, kind) =
        call.read(Code::InvalidInput, read)?.ok_or_else(|| Fault::from(Code::InvalidInput))?;
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
    let schedule_ms = policy.given("schedule_time", || Shape::Moment).and_then(|given| {
        let at = given.as_str().and_then(time::parse_compact);
        // It has whole seconds, so the one that has begun is now and not the past: the task begins at once.
        let ahead = now_ms - now_ms.rem_euclid(1000)..=now_ms + SCHEDULE_MAX_MS;
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
    let given = fields.given("task_ext_info", || Shape::Free(EXT_INFO_MAX))?;
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
    // Each row says for itself what the document says for all targets.
    if kind.document().is_some() && !by_file(fields, kind) {
        fields.require_with(code, "document");
    }
    let check = kind.document().unwrap_or(|_| ());
    fields.within_as(code, "document", check);
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
    let kinds: Vec<_> = batch::KINDS.iter().map(|kind| (kind.task_type(), *kind)).collect();
    fields.require("task_type");
    fields.word_with(Code::TaskTypeUnsupported, "task_type", &kinds)
}

/// Only one takes effect: targets, then the filter, then the file.
fn targets(fields: &mut Fields<'_>, kind: &dyn batch::Kind, limits: &Limits) -> Option<Targets> {
    if kind.takes_targets() {
        let listed = fields.given("targets", || Shape::texts(0, limits.batch_targets, rule::ID128));
        // The Terraform provider sends an empty list beside a file.
        if let Some(list) = listed.filter(|list| list.as_array().is_none_or(|list| !list.is_empty())) {
            return given(fields, list, limits).map(Targets::Given);
        }
        let groups =
            fields.within_as(Code::TargetsInvalid, "targets_filter", |filter| group_ids(filter, limits));
        if fields.json("targets_filter").is_some() {
            // Nothing else of it counts, so nothing else of it is kept.
            return groups.map(|ids| Targets::Groups { given: json!({ "group_ids": &ids }), group_ids: ids });
        }
    }
    if let Some(given) = fields.given("document_source", || Shape::Text(rule::ID128)) {
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
fn group_ids(filter: &mut Fields<'_>, limits: &Limits) -> Vec<String> {
    let most = limits.device_groups.unsigned_abs() as usize;
    let given = filter.given("group_ids", || Shape::texts(1, most, rule::ID36));
    let ids = given.and_then(Json::as_array).filter(|ids| (1..=most).contains(&ids.len()));
    let group_ids: Option<Vec<String>> = ids.and_then(|ids| {
        let id = |id: &Json| id.as_str().filter(|id| rule::ID36.admits(id)).map(str::to_owned);
        ids.iter().map(id).collect()
    });
    if group_ids.is_none() && given.is_some() {
        filter.wrong("group_ids", text!("must be 1 to {most} ids of groups", "必须为1~{most}个设备组ID"));
    }
    filter.required("group_ids", group_ids)
}

fn given(fields: &mut Fields<'_>, list: &Json, limits: &Limits) -> Option<Vec<String>> {
    let wrong = |fields: &mut Fields<'_>, why| fields.wrong_with(Code::TargetsInvalid, "targets", why);
    let Some(list) = list.as_array() else {
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
