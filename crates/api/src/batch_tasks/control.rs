//! RetryBatchTask, StopBatchTask, ConfirmBatchTask

use axum::extract::State;
use batch::PackageType;
use domain::{
    Action,
    order::{
        Fields, Shape,
        rule::{self, Rule},
    },
};
use serde_json::Value as Json;
use store::batch_tasks::{Control, Suits};
use types::{Code, batch_task::TargetResults, text};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) async fn retry(State(api): State<Api>, call: Call) -> Answer {
    control(&api, &call, Action::BATCHTASKS_RETRY, Control::Retry).await
}

pub(crate) async fn stop(State(api): State<Api>, call: Call) -> Answer {
    control(&api, &call, Action::BATCHTASKS_STOP, Control::Stop).await
}

pub(crate) async fn confirm(State(api): State<Api>, call: Call) -> Answer {
    control(&api, &call, Action::BATCHTASKS_CONFIRM, Control::Confirm).await
}

async fn control(api: &Api, call: &Call, action: Action, what: Control) -> Answer {
    let permit = call.authorize(action)?;
    let task_id = call.id(Code::BatchTaskMissing)?;
    let most = api.store.context().limits.batch_named_targets;
    let targets = call.read_any(Code::InvalidInput, |fields| named(fields, most))?;
    let strict = api.strict;
    let suits = move |task_type: &str| suits(what, task_type, strict);
    let targets = api.store.batch_tasks().control(&permit, task_id, what, targets, suits).await?;
    api.batches.ring();
    Ok(ok(&TargetResults { targets }))
}

/// What a kind is fit for. The cloud retries and stops upgrades of firmware and software alone.
fn suits(what: Control, task_type: &str, strict: bool) -> Suits {
    let Some(kind) = batch::kind(task_type) else { return Suits::Not };
    let fits = match (what, kind.upgrades()) {
        (Control::Confirm, upgrades) => upgrades.is_some(),
        (_, Some(PackageType::Firmware | PackageType::Software)) => true,
        (_, _) => !strict,
    };
    match (fits, what) {
        (false, _) => Suits::Not,
        (true, Control::Retry) if kind.keeps_rows() => Suits::Kept,
        (true, _) => Suits::All,
    }
}

/// The targets that are meant; without any, all are.
fn named(fields: &mut Fields<'_>, most: usize) -> Option<Vec<String>> {
    // The target of a row that had no device may be anything that the row held.
    const TARGET: Rule = rule::TEXT2048;
    let given = fields.given("targets", || Shape::texts(1, most, TARGET))?;
    let wrong = |fields: &mut Fields<'_>, code, why| fields.wrong_with(code, "targets", why);
    let Some(list) = given.as_array().filter(|list| !list.is_empty()) else {
        // Not the same as none: whoever has filtered a list down to nothing does not mean all.
        let why = text!("must be a list of at least one", "必须是至少包含一项的数组");
        wrong(fields, Code::TargetsInvalid, why);
        return None;
    };
    if list.len() > most {
        let why =
            text!("more than limits.batch_named_targets, {most}", "超过limits.batch_named_targets（{most}）");
        wrong(fields, Code::TargetsTooMany, why);
        return None;
    }
    let text = |target: &Json| target.as_str().filter(|text| TARGET.admits(text)).map(str::to_owned);
    let targets: Option<Vec<String>> = list.iter().map(text).collect();
    if targets.is_none() {
        wrong(fields, Code::TargetsInvalid, text!("must be texts", "必须是字符串"));
    }
    targets
}

fn about<'a, 's>(about: &'a mut About<'s>, action: Action, does: &'static str) -> &'a mut About<'s> {
    let most = about.server.limits.batch_named_targets;
    about
        .lets(action, does)
        .of(Code::BatchTaskMissing)
        .may_take(Code::InvalidInput, |fields| named(fields, most))
        .gives::<TargetResults>(200)
        .refuses(&[Code::TargetsInvalid, Code::TargetsTooMany, Code::TargetNotInTask, Code::TaskStateRefused])
}

pub(crate) fn about_retry(tell: &mut About<'_>) {
    about(tell, Action::BATCHTASKS_RETRY, "Tries subtasks again that failed or were stopped.");
}

pub(crate) fn about_stop(tell: &mut About<'_>) {
    about(tell, Action::BATCHTASKS_STOP, "Stops what has not begun.");
}

pub(crate) fn about_confirm(tell: &mut About<'_>) {
    about(tell, Action::BATCHTASKS_CONFIRM, "Lets upgrades begin that wait for it.");
}
