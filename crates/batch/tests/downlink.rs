//! What a batch task tells devices: at most once, whatever happens between the order and the answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use blob::{Blobs, Space};
use db::{Db, Options, args};
use domain::{Action, Caller, Clock, Limits, Permit, SystemRng, authorize, clock::ManualClock};
use jobs::{Bell, Job, Lease, Stop, Term};
use serde_json::{Value as Json, json};
use store::{
    Context, MasterKey, Store, Vault,
    batch_tasks::{Control, JOB, NewBatchTask, Suits, Targets},
    identity::Chosen,
    subtasks::DetailFilter,
};
use types::{
    Code, Fault, RecordId,
    batch_task::{BatchTask, TaskDetail},
    page::PageOrder,
    product::AddProduct,
};
use unlade_batch::{Batches, Downlink, Order};

type Answers = Box<dyn Fn(&Order) -> Result<Json, Fault> + Send + Sync>;

/// Devices that answer as a test wants, and a list of what they were told.
#[derive(Clone)]
struct Devices {
    told: Arc<Mutex<Vec<String>>>,
    answers: Arc<Answers>,
}

impl Downlink for Devices {
    fn ask(&self, orders: &[Order], within_ms: i64) -> Vec<Result<Json, Fault>> {
        assert!((1..=20_000).contains(&within_ms));
        self.told.lock().unwrap().extend(orders.iter().map(|order| order.key.clone()));
        orders.iter().map(|order| (self.answers)(order)).collect()
    }
}

struct House {
    store: Store,
    blobs: Blobs,
    clock: Arc<ManualClock>,
    project_id: String,
    dir: tempfile::TempDir,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("unlade.db"), Options::default()).unwrap();
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let vault = Vault::new(MasterKey::from_hex(&"7".repeat(64)).unwrap(), Vec::new());
        let context = Context::new(clock.clone(), Arc::new(SystemRng), Limits::default(), vault);
        let store = Store::open(db, context).unwrap();
        let project_id = wait(store.bootstrap(Chosen::default())).unwrap().unwrap().project_id;
        let blobs = Blobs::open(dir.path()).unwrap();
        let house = Self { store, blobs, clock, project_id, dir };
        house.product();
        house
    }

    /// The product of every device, whose one command is `c`.
    fn product(&self) {
        let service =
            json!([{ "service_id": "s", "service_type": "s", "commands": [{ "command_name": "c" }] }]);
        let order = AddProduct {
            product_id: Some("p".to_owned()),
            name: "p".to_owned(),
            device_type: "meter".to_owned(),
            protocol_type: "MQTT".to_owned(),
            data_format: "json".to_owned(),
            service_capabilities: service,
            manufacturer_name: None,
            industry: None,
            description: None,
        };
        wait(self.store.products().create(&self.permit(Action::PRODUCTS_CREATE), None, order)).unwrap();
    }

    fn permit(&self, action: Action) -> Permit {
        authorize(Caller::root("user", self.project_id.as_str()), action, &self.project_id, 0).unwrap()
    }

    /// Devices without anything but their ids: rows are all that the task looks at.
    fn device(&self, device_id: &'static str) {
        let project_id = self.project_id.clone();
        self.store
            .db()
            .write_blocking(move |tx| {
                tx.execute(
                    "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id,
                       node_type, status, frozen, auth_type, secure_access, timeout_seconds, created_ms)
                     SELECT ?1, ?2, ?2, app_id, 'p', ?2, ?2, 'GATEWAY', 'ONLINE', 0, 'SECRET', 1, 0, 1 FROM app",
                    args![&project_id, device_id],
                )?;
                Ok::<_, store::Error>(())
            })
            .unwrap();
    }

    fn task(&self, targets: &[&str]) -> String {
        self.task_of(targets, json!({ "service_id": "s", "command_name": "c", "paras": {} }))
    }

    fn task_of(&self, targets: &[&str], document: Json) -> String {
        let targets = Targets::Given(targets.iter().map(ToString::to_string).collect());
        let document = Some(document);
        let order = NewBatchTask { document, ..NewBatchTask::of("createCommands", "t", targets) };
        let permit = self.permit(Action::BATCHTASKS_CREATE);
        wait(self.store.batch_tasks().create(&permit, order)).unwrap().task_id
    }

    fn control(&self, task_id: &str, what: Control, target: &str) {
        let (permit, targets) = (self.permit(Action::BATCHTASKS_STOP), Some(vec![target.to_owned()]));
        let suits = |_: &str| Suits::All;
        wait(self.store.batch_tasks().control(&permit, task_id.to_owned(), what, targets, suits)).unwrap();
    }

    fn shown(&self, task_id: &str) -> (BatchTask, Vec<TaskDetail>) {
        let (permit, filter) = (self.permit(Action::BATCHTASKS_QUERY), DetailFilter::default());
        let order = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };
        let tasks = self.store.batch_tasks();
        let (task, page) = wait(tasks.show(&permit, task_id.to_owned(), filter, order)).unwrap();
        (task, page.records)
    }

    /// A worker takes the job that is due and does it, over devices that answer so.
    fn work(
        &self,
        answers: impl Fn(&Order) -> Result<Json, Fault> + Send + Sync + 'static,
    ) -> (Vec<String>, Result<(), Stop>) {
        let devices = Devices { told: Arc::default(), answers: Arc::new(Box::new(answers)) };
        let batches = Batches::new(self.store.clone(), self.blobs.clone(), "unused".into())
            .over(Box::new(devices.clone()));
        let term = Term::default();
        let claim = self.store.claim(JOB, "worker".into(), term.until(self.clock.now_ms())).unwrap().unwrap();
        let space = Space::of(self.dir.path().to_owned(), 0);
        let lease = Lease::new(claim, term, Bell::default(), space, Instant::now());
        let ended = batches.execute(&lease);
        let told = devices.told.lock().unwrap().clone();
        (told, ended)
    }
}

#[test]
fn what_a_device_answers_is_what_its_subtask_gave() {
    let house = House::new();
    house.device("lamp");
    house.device("off");
    let task_id = house.task(&["lamp", "off", "unknown"]);
    let (told, ended) = house.work(|order| match order.device_id.as_str() {
        "lamp" => Ok(json!({ "result_code": 0 })),
        _ => Err(Code::DeviceOffline.into()),
    });
    ended.unwrap();
    assert_eq!(told.len(), 2, "nobody tells a device that is not there");
    let (task, details) = house.shown(&task_id);
    assert_eq!(
        (task.status.as_str(), task.task_progress.success, task.task_progress.fail),
        ("PartialSuccess", 1, 2)
    );
    let lamp = details.iter().find(|one| one.target == "lamp").unwrap();
    assert_eq!(lamp.output.as_deref(), Some(r#"{"result_code":0}"#));
}

#[test]
fn devices_are_told_much_a_few_at_a_time() {
    let house = Arc::new(House::new());
    let devices = ["one", "two", "three"];
    devices.iter().for_each(|device| house.device(device));
    let much = "x".repeat(1_500_000);
    let task_id =
        house.task_of(&devices, json!({ "service_id": "s", "command_name": "c", "paras": {}, "more": much }));
    let (meanwhile, seen) = (house.clone(), Arc::new(Mutex::new(Vec::new())));
    let (id, sees) = (task_id.clone(), seen.clone());
    let (_, ended) = house.work(move |_| {
        sees.lock().unwrap().push(meanwhile.shown(&id).0.task_progress.processing);
        Ok(json!({}))
    });
    ended.unwrap();
    assert_eq!(*seen.lock().unwrap(), [2, 2, 1], "subtasks of one transaction");
    assert_eq!(house.shown(&task_id).0.status, "Success");
}

#[test]
fn a_subtask_that_is_stopped_while_its_device_is_asked_stays_stopped() {
    let house = Arc::new(House::new());
    house.device("lamp");
    let task_id = house.task(&["lamp"]);
    let (meanwhile, id) = (house.clone(), task_id.clone());
    let (_, ended) = house.work(move |_| {
        let (house, id) = (meanwhile.clone(), id.clone());
        std::thread::spawn(move || house.control(&id, Control::Stop, "lamp")).join().unwrap();
        Ok(json!({}))
    });
    ended.unwrap();
    let (task, details) = house.shown(&task_id);
    assert_eq!((task.status.as_str(), details[0].status.as_str()), ("Stopped", "Stopped"));
    assert_eq!((task.task_progress.stopped, task.task_progress.success), (1, 0));
}

#[test]
fn a_device_whose_asker_died_is_not_told_again_and_the_subtask_fails_once_its_time_is_over() {
    let house = Arc::new(House::new());
    house.device("lamp");
    let task_id = house.task(&["lamp"]);
    let (meanwhile, id) = (house.clone(), task_id.clone());
    let (told, ended) = house.work(move |_| {
        // Its claim goes to another while it waits for the device: as good as dead.
        let id = id.clone();
        let overtake = move |tx: &mut dyn db::Tx| {
            let sql = "UPDATE job SET epoch = epoch + 1, lease_until_ms = 0 WHERE job_id = ?1";
            Ok::<_, store::Error>(tx.execute(sql, args![&id])?)
        };
        meanwhile.store.db().write_blocking(overtake).unwrap();
        Ok(json!({}))
    });
    assert!(matches!(ended, Err(Stop::Lost)));
    assert_eq!(told, [format!("{task_id}-0-0")]);
    assert_eq!(house.shown(&task_id).1[0].status, "Processing");
    let (told, ended) = house.work(|_| Ok(json!({})));
    ended.unwrap();
    assert!(told.is_empty(), "it waits for what was told");
    assert_eq!(house.store.wake_due_tasks().unwrap(), 0);
    house.clock.advance(Duration::from_secs(21).as_millis() as i64);
    assert_eq!(house.store.wake_due_tasks().unwrap(), 1);
    let (told, ended) = house.work(|_| Ok(json!({})));
    ended.unwrap();
    assert!(told.is_empty());
    let (task, details) = house.shown(&task_id);
    assert_eq!(task.status, "Fail");
    assert_eq!(details[0].error.as_ref().unwrap().error_code, "IOTDA.014111");
}
