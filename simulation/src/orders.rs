//! What callers do: order, delete, download.

use db::args;
use domain::Action;
use store::{
    Error,
    batch_tasks::{self, NewBatchTask, Targets},
    downloads::{Admission, Ask},
    export_tasks::{NewExportTask, Selected},
};
use types::{Code, Language, export_task::AppType};

use crate::{
    dice::Dice,
    fault::{self, Fault},
    ground::{limits, permit, said},
    judge::{Deed, Verb},
    world::{Verdict, World},
};

const USERS: [&str; 3] = ["ann", "bob", "cyd"];

impl World<'_> {
    /// Any node that lives.
    fn door(&self, dice: &mut Dice) -> Option<usize> {
        let alive: Vec<usize> = (0..self.nodes.len()).filter(|at| self.nodes[*at].store.is_some()).collect();
        alive.get(dice.below(alive.len())).copied()
    }

    fn fate_of(&mut self, dice: &mut Dice, task: String) {
        if dice.one_in(16) {
            self.tell(|| format!("  {task} kills its workers"));
            self.deadly.insert(task);
        } else if dice.one_in(16) {
            self.tell(|| format!("  {task} cannot succeed"));
            self.hopeless.insert(task);
        }
    }

    pub(crate) fn order_batch(&mut self, dice: &mut Dice) -> Verdict {
        let Some(node) = self.door(dice).filter(|_| self.judge.view.batches.len() <= 4) else {
            return Ok(());
        };
        let targets = Targets::Given((0..dice.between(1, 6)).map(|ordinal| format!("d{ordinal}")).collect());
        let order = NewBatchTask::of("freezeDevices", "b", targets);
        let (store, by) = (self.store(node)?, permit("ann", Action::BATCHTASKS_CREATE)?);
        let task = self.ground.runtime.block_on(store.batch_tasks().create(&by, order)).map_err(said)?;
        self.tell(|| format!("node {node}: batch task {} of {:?}", task.task_id, task.targets));
        self.fate_of(dice, task.task_id);
        self.look(Deed::of(Verb::Order, self.now_ms(node)))
    }

    pub(crate) fn order_export(&mut self, dice: &mut Dice) -> Verdict {
        let batches: Vec<String> = self.judge.view.batches.keys().cloned().collect();
        let Some(node) = self.door(dice).filter(|_| !batches.is_empty()) else { return Ok(()) };
        // Mostly the same few conditions, so that tasks of one condition meet.
        let (user, batch) =
            (USERS[dice.below(USERS.len())], batches[dice.below(batches.len().min(2))].clone());
        let order = NewExportTask {
            resource_type: "BatchTask",
            resource_condition: format!(r#"{{"task_id":"{batch}"}}"#),
            export_format: "xls",
            app_type: AppType::Global,
            app_id: None,
            language: Language::English,
        };
        let (store, by) = (self.store(node)?, permit(user, Action::EXPORTTASKS_CREATE)?);
        let tasks = store.export_tasks();
        let create = tasks.create(&by, order, move |tx, selection| {
            let work = batch_tasks::work(tx, selection.project_id, &batch)?;
            Ok(work.map(|work| Selected { name: work.task_name, app_id: work.app_id }))
        });
        let own =
            self.judge.view.exports.values().filter(|task| task.user == user && task.status == "Processing");
        let full = own.count() as i64 >= limits().export_unfinished;
        match self.ground.runtime.block_on(create) {
            Ok(task) if !full => {
                self.tell(|| format!("node {node}: {user} orders export {}", task.export_task_id));
                self.fate_of(dice, task.export_task_id.clone());
                self.look(Deed::of(Verb::Order, self.now_ms(node)))?;
                let there = self.judge.view.exports.contains_key(&task.export_task_id);
                if there {
                    Ok(())
                } else {
                    Err(format!("{} was accepted and is not there", task.export_task_id))
                }
            }
            Err(Error::Fault(fault)) if full && fault.code == Code::ExportTasksUnfinished => {
                self.tell(|| format!("node {node}: {user} has too many unfinished exports"));
                self.look(Deed { done: false, ..Deed::of(Verb::Order, self.now_ms(node)) })
            }
            answer => {
                Err(format!("an export of {user}, full: {full}, was answered {:?}", answer.map(|_| ())))
            }
        }
    }

    pub(crate) fn delete_export(&mut self, dice: &mut Dice) -> Verdict {
        let ids: Vec<String> = self.judge.view.exports.keys().cloned().collect();
        let (Some(node), Some(id)) = (self.door(dice), ids.get(dice.below(ids.len()))) else { return Ok(()) };
        let (store, by) = (self.store(node)?, permit("ann", Action::EXPORTTASKS_DELETE)?);
        self.tell(|| format!("node {node}: export {id} is deleted"));
        self.ground.runtime.block_on(store.export_tasks().delete(&by, id.clone())).map_err(said)?;
        self.look(Deed::of(Verb::Delete, self.now_ms(node)))?;
        if self.judge.view.exports.contains_key(id) {
            Err(format!("{id} was deleted and is there"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn delete_batch(&mut self, dice: &mut Dice) -> Verdict {
        let batches: Vec<String> = self.judge.view.batches.keys().cloned().collect();
        let (Some(node), Some(id)) = (self.door(dice), batches.get(dice.below(batches.len()))) else {
            return Ok(());
        };
        let (store, by) = (self.store(node)?, permit("ann", Action::BATCHTASKS_DELETE)?);
        let unfinished = self.judge.view.jobs.contains_key(id);
        self.tell(|| format!("node {node}: batch task {id} is deleted, if it has ended"));
        match self.ground.runtime.block_on(store.batch_tasks().delete(&by, id.clone())) {
            Ok(()) if !unfinished => {}
            Err(Error::Fault(fault)) if unfinished && fault.code == Code::BatchTaskUnfinished => {}
            answer => {
                return Err(format!("deleting {id}, unfinished: {unfinished}, was answered {answer:?}"));
            }
        }
        self.look(Deed::of(Verb::Delete, self.now_ms(node)))
    }

    /// "A user can download once every 30 s", and gets the newest file of the condition.
    pub(crate) fn download(&mut self, dice: &mut Dice) -> Verdict {
        let ids: Vec<String> = self.judge.view.exports.keys().cloned().collect();
        let (Some(node), Some(id)) = (self.door(dice), ids.get(dice.below(ids.len()))) else { return Ok(()) };
        let user = USERS[dice.below(USERS.len())];
        if self.fault == Fault::DownloadForgotten {
            fault::forget(&self.ground.db, "DELETE FROM download").map_err(said)?;
        }
        let ask = Ask { export_task_id: id.clone(), resumes: None, holds: Vec::new() };
        let (store, by) = (self.store(node)?, permit(user, Action::EXPORTTASKS_QUERY)?);
        let answer = self.ground.runtime.block_on(store.admit_download(&by, ask));
        let (now_ms, interval_ms) = (self.now_ms(node), limits().download_interval_seconds * 1000);
        let task = &self.judge.view.exports[id];
        let last = self.downloads.get(user);
        let early = last.is_some_and(|last| (now_ms - last).abs() < interval_ms);
        let served = (task.status == "Success").then(|| &self.judge.view.results[&task.condition].1);
        let admitted = match (&answer, served) {
            (Ok(Admission::Admitted(result)), Some(key)) => !early && result.object_key == *key,
            (Err(Error::Fault(fault)), Some(_)) => early && fault.code == Code::RateLimited,
            (Err(Error::Fault(fault)), None) => fault.code == Code::ExportTaskNotCompleted,
            _ => false,
        };
        if !admitted {
            return Err(format!(
                "{user} downloads {id} at {now_ms}, after {last:?}, and is answered {answer:?}"
            ));
        }
        if answer.is_ok() {
            self.downloads.insert(user.to_owned(), now_ms);
        }
        self.tell(|| {
            format!("node {node}: {user} downloads {id}: {}", if answer.is_ok() { "yes" } else { "no" })
        });
        self.look(Deed { done: answer.is_ok(), ..Deed::of(Verb::Download, now_ms) })
    }

    /// The subtasks of tasks that were deleted go in slices; what they did stays.
    pub(crate) fn leftovers(&self) -> Verdict<i64> {
        let left = "SELECT COUNT(*) FROM subtask WHERE task_id NOT IN (SELECT task_id FROM batch_task)";
        self.ground.db.read_blocking(|tx| tx.count(left, args![])).map_err(said::<db::Error>)
    }
}
