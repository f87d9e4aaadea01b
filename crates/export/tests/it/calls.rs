//! What callers of the house can ask for, and what the batch engine does to the batch tasks in it.

use domain::{Action, Caller, Permit, authorize};
use store::{
    Error,
    batch_tasks::{self, NewBatchTask, Targets},
    devices::Reach,
    downloads::{Admission, Ask},
    export_tasks::{ExportFilter, NewExportTask, Result as Served},
    subtasks::{self, Done},
};
use types::{
    Code, RecordId,
    export_task::{AppType, ExportTask},
    page::{PageOrder, Paged},
};

use unlade_export::source;

use crate::house::House;

/// Subtasks of each batch task.
pub(crate) const ROWS: i64 = 3;

impl House {
    fn permit(&self, user: usize, action: Action) -> Permit {
        let project_id = self.root.project_id.clone();
        let caller = Caller::root(format!("user-{user}"), project_id);
        authorize(caller, action, &self.root.project_id, 0).unwrap()
    }

    pub(crate) fn app(&self, name: &str) -> String {
        let permit = self.permit(0, Action::APPS_CREATE);
        self.runtime.block_on(self.now().store.apps().create(&permit, name.into())).unwrap().app_id
    }

    /// A batch task of [`ROWS`] subtasks, none of them done.
    pub(crate) fn batch_task(&self, app_id: &str) -> String {
        let targets = Targets::Given((0..ROWS).map(|number| format!("device-{number}")).collect());
        let (app_id, task_name) = (Some(app_id.to_owned()), "a batch task".to_owned());
        let order = NewBatchTask { app_id, ..NewBatchTask::of("freezeDevices", task_name, targets) };
        let permit = self.permit(0, Action::BATCHTASKS_CREATE);
        self.runtime.block_on(self.now().store.batch_tasks().create(&permit, order)).unwrap().task_id
    }

    /// The `version`-th subtask of a batch task is done; with the last one the task is over.
    pub(crate) fn step(&self, task_id: &str, version: i64) {
        let (project_id, task_id, now) = (self.root.project_id.clone(), task_id.to_owned(), self.now_ms());
        let done = Done {
            ordinal: version - 1,
            target: Some(format!("device-{}", version - 1)),
            output: Some("done".into()),
            error: None,
            node_id: None,
            device_name: None,
            started_ms: now,
            ended_ms: now,
        };
        let unit = move |tx: &mut dyn db::Tx| {
            batch_tasks::begin(tx, &project_id, &task_id, ROWS, now)?;
            let reach = Reach { project_id: &project_id, app_id: None };
            subtasks::settle(tx, reach, &task_id, std::slice::from_ref(&done))?;
            batch_tasks::count_done(tx, &project_id, &task_id, 1, 0, now)?;
            if version == ROWS {
                batch_tasks::finish(tx, &project_id, &task_id, None, now)?;
            }
            Ok::<_, Error>(())
        };
        self.now().store.db().write_blocking(unit).unwrap();
    }

    pub(crate) fn delete_batch(&self, task_id: &str) -> Result<(), Error> {
        let permit = self.permit(0, Action::BATCHTASKS_DELETE);
        self.runtime.block_on(self.now().store.batch_tasks().delete(&permit, task_id.into()))
    }

    pub(crate) fn create(&self, user: usize, order: NewExportTask) -> Result<String, Error> {
        let permit = self.permit(user, Action::EXPORTTASKS_CREATE);
        let source = source(order.resource_type).unwrap();
        let tasks = self.now().store.export_tasks();
        let create = tasks.create(&permit, order, move |tx, selection| source.selected(tx, selection));
        let created = self.runtime.block_on(create);
        created.map(|task| task.export_task_id)
    }

    pub(crate) fn delete(&self, id: &str) -> Result<(), Error> {
        let permit = self.permit(0, Action::EXPORTTASKS_DELETE);
        self.runtime.block_on(self.now().store.export_tasks().delete(&permit, id.into()))
    }

    pub(crate) fn list(&self, app_id: Option<&str>) -> Paged<ExportTask> {
        let filter = ExportFilter {
            resource_type: "BatchTask",
            resource_condition: None,
            app_type: if app_id.is_some() { AppType::App } else { AppType::Global },
            app_id: app_id.map(str::to_owned),
        };
        let order = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };
        let permit = self.permit(0, Action::EXPORTTASKS_LIST);
        self.runtime.block_on(self.now().store.export_tasks().list(&permit, filter, order)).unwrap()
    }

    pub(crate) fn served(&self, id: &str) -> Result<Served, Error> {
        let permit = self.permit(0, Action::EXPORTTASKS_QUERY);
        self.runtime.block_on(self.now().store.look_at_result(&permit, id.into()))
    }

    /// Downloads, whole; answers the SHA-256 of what came.
    pub(crate) fn download(&self, user: usize, id: &str) -> Result<String, Error> {
        let permit = self.permit(user, Action::EXPORTTASKS_QUERY);
        let ask = Ask { export_task_id: id.into(), resumes: None, holds: Vec::new() };
        match self.runtime.block_on(self.now().store.admit_download(&permit, ask))? {
            Admission::Admitted(result) => Ok(self.sha256(&result)),
            Admission::Unchanged(_) => panic!("nothing was said to be held"),
        }
    }

    /// What the object of a result really holds.
    fn sha256(&self, result: &Served) -> String {
        use sha2::{Digest, Sha256};
        let bytes = std::fs::read(self.now().blobs.fetch(&result.object_key).unwrap().path()).unwrap();
        Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The code of a refusal; anything else that fails, fails the test.
pub(crate) fn refusal<T>(answer: Result<T, Error>) -> Result<T, Code> {
    answer.map_err(|error| match error {
        Error::Fault(fault) => fault.code,
        other => panic!("not a refusal: {other}"),
    })
}
