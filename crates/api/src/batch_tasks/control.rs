//! RetryBatchTask, StopBatchTask, ConfirmBatchTask

use axum::extract::State;
use batch::PackageType;
use domain::{
    Action,
    order::{Fields, rule},
};
use store::batch_tasks::{Control, Suits};
use types::{Code, Fault, batch_task::TargetResults, text};

use crate::{Api, call::Call, error::Answer, respond::ok};

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
    let targets = targets(call, api.store.context().limits.batch_named_targets)?;
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
fn targets(call: &Call, most: usize) -> Result<Option<Vec<String>>, Fault> {
    if call.is_bare() {
        return Ok(None);
    }
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let Some(given) = fields.json("targets") else { return Ok(None) };
    let wrong = |code, why| Err(Fault::new(code, text!("targets: ", "targets：") + why));
    let Some(list) = given.as_array().filter(|list| !list.is_empty()) else {
        // Not the same as none: whoever has filtered a list down to nothing does not mean all.
        return wrong(
            Code::TargetsInvalid,
            text!("must be a list of at least one", "必须是至少包含一项的数组"),
        );
    };
    if list.len() > most {
        let why =
            text!("more than limits.batch_named_targets, {most}", "超过limits.batch_named_targets（{most}）");
        return wrong(Code::TargetsTooMany, why);
    }
    // The target of a row that had no device may be anything that the row held.
    let named = |target: &serde_json::Value| {
        target.as_str().filter(|text| rule::TEXT2048.admits(text)).map(str::to_owned)
    };
    match list.iter().map(named).collect() {
        Some(targets) => Ok(Some(targets)),
        None => wrong(Code::TargetsInvalid, text!("must be texts", "必须是字符串")),
    }
}
