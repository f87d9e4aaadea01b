//! The subtasks of one batch task: what happened to each device.

use db::{Flow, Tx};
use domain::order::{Fields, rule};
use serde_json::{Value as Json, json};
use store::{
    batch_tasks::{self, Work},
    subtasks,
};
use types::{
    Word,
    batch_task::{SubtaskStatus, TaskStatus},
    time::{self, IsoMs},
};

use crate::{
    row::{Cell, Column},
    source::{Counted, Counters, Fact, Selected, Selection, Source, Subject},
};

/// `BatchTask`
pub(crate) struct BatchTask;

const COLUMNS: &[Column] = &[
    Column::new("target", "目标", 36),
    Column::few_valued("status", "状态", 12),
    Column::new("output", "输出", 40),
    Column::few_valued("error_code", "错误码", 14),
    Column::few_valued("error_msg", "错误信息", 48),
    Column::new("device_name", "设备名称", 24),
    Column::new("node_id", "设备标识码", 24),
    Column::new("start_time", "开始时间", 25),
    Column::new("end_time", "结束时间", 25),
];

const TASK_ID: &str = "task_id";

impl Source for BatchTask {
    fn resource_type(&self) -> &'static str {
        "BatchTask"
    }

    fn select(&self, condition: &mut Fields<'_>) -> String {
        condition.only(&[TASK_ID]);
        json!({ TASK_ID: condition.required_text(TASK_ID, rule::TASK_ID) }).to_string()
    }

    fn selected(&self, tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Selected>, store::Error> {
        Ok(work(tx, selection)?.map(|work| Selected { name: work.task_name, app_id: work.app_id }))
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn counted(&self) -> Counted {
        Counted { status: Some(1), error_code: Some(3), error_msg: Some(4) }
    }

    fn subject(&self, tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Subject>, store::Error> {
        let Some(work) = work(tx, selection)? else { return Ok(None) };
        let rows = subtasks::count(tx, &work.task_id)?;
        let counters = counters(&work);
        let facts = [
            (Word::new("Task ID", "任务ID"), work.task_id),
            (Word::new("Task name", "任务名称"), work.task_name),
            (Word::new("Task type", "任务类型"), work.task_type),
            (Word::new("Task status", "任务状态"), work.status),
            (Word::new("App ID", "资源空间ID"), work.app_id),
            (Word::new("Created", "创建时间"), time::iso_ms(work.created_ms)),
            (Word::new("Condition", "导出条件"), selection.condition.to_owned()),
        ];
        Ok(Some(Subject {
            facts: facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
            rows,
            counters,
            changed_ms: work.changed_ms,
        }))
    }

    fn rows(
        &self,
        tx: &mut dyn Tx,
        selection: Selection<'_>,
        each: &mut dyn FnMut(&[Cell<'_>]) -> Flow,
    ) -> Result<(), store::Error> {
        let mut times = IsoMs::new();
        subtasks::report(tx, &task_id(selection), &mut |row| {
            let [started, ended] =
                [row.started_ms, row.ended_ms].map(|unix_ms| unix_ms.map(|unix_ms| times.bytes(unix_ms)));
            Ok(each(&[
                Cell::Text(row.target),
                Cell::Text(row.status),
                row.output.into(),
                row.error_code.into(),
                row.error_msg.into(),
                row.device_name.into(),
                row.node_id.into(),
                time_cell(started.as_ref()),
                time_cell(ended.as_ref()),
            ]))
        })
    }
}

/// A task that still reads its file counts its rows when all of them are there.
fn counters(work: &Work) -> Option<Counters> {
    let of = |status: SubtaskStatus| (status.as_str(), work.progress.of(status));
    (work.status != TaskStatus::Initializing.as_str())
        .then(|| Counters { rows: work.progress.total, statuses: SubtaskStatus::ALL.map(of).to_vec() })
}

fn time_cell(bytes: Option<&[u8; 24]>) -> Cell<'_> {
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).into()
}

/// The batch task of a selection, if there is one within reach.
fn work(tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Work>, store::Error> {
    let work = batch_tasks::work(tx, selection.project_id, &task_id(selection))?;
    Ok(work.filter(|work| selection.only_app.is_none_or(|app| app == work.app_id)))
}

/// The id in a condition that [`Source::select`] has made.
fn task_id(selection: Selection<'_>) -> String {
    let condition: Json = serde_json::from_str(selection.condition).unwrap_or_default();
    condition[TASK_ID].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use types::{Code, Language};

    use super::*;

    #[test]
    fn a_condition_names_one_batch_task() {
        let select = |text: &str| {
            let condition: Json = serde_json::from_str(text).unwrap();
            let mut fields = Fields::of(&condition, Code::ExportTaskInvalid)?;
            let selected = BatchTask.select(&mut fields);
            fields.finish(selected)
        };
        let selected = select(r#"{ "task_id": "5f433ce0c24389024365fdfa" }"#).unwrap();
        assert_eq!(selected, r#"{"task_id":"5f433ce0c24389024365fdfa"}"#);
        for (wrong, names) in [
            (r#"[]"#, "object"),
            (r#"{}"#, "task_id"),
            (r#"{"task_id": 5}"#, "task_id"),
            (r#"{"task_id": "XYZ"}"#, "task_id"),
            (r#"{"task_id": ""}"#, "task_id"),
            (r#"{"task_id": "ab", "extra": 1}"#, "extra"),
        ] {
            let text = select(wrong).unwrap_err().message(Language::English);
            assert!(text.contains(names), "{wrong}: {text}");
        }
    }
}
