//! What is asked for costs as much as it answers, however much lies beside it. PostgreSQL chooses its way by figures that
//! it has not gathered yet when a large task has just been made, so all is tried without them and with them. What is
//! compared is what it has counted itself.

use db::{Profile, args};
use domain::{Action, Limits};
use types::{RecordId, batch_task::SubtaskStatus, device::AddDevice, page::PageOrder};

use crate::{
    World, postgres,
    registry::{add, order, product},
    store::{
        batch_tasks::{self, Control, NewBatchTask, Targets},
        devices::{self, DeviceFilter, Reach},
        subtasks::{self, DetailFilter},
    },
    wait,
};

/// Far more than anything here asks for, and than are listed beside a page.
const TARGETS: i64 = 100_000;
const DEVICES: usize = 20_000;
const PAGE: i64 = 50;
const CHUNK: i64 = 1000;
/// What a row may cost, whatever way leads to it: entries of some indexes, and itself.
const READS: i64 = 6;
/// What is read once besides: the task, its app and so on.
const BESIDE: i64 = 20;

/// Runs `test` over the ways in which a statement may be planned: with what the server knows of its tables or, if they are
/// `unknown`, also without.
fn planned(unknown: bool, fill: impl Fn(&World), test: impl Fn(&World)) {
    let ways = [(true, true), (false, true), (true, false), (false, false)];
    for (prepared, analyzed) in &ways[..if unknown { 4 } else { 2 }] {
        // By one connection, which can be told to hand its counters over.
        let Some(world) = postgres(&Limits::default(), Profile::Postgres, *prepared, 1) else { return };
        let can_be_told = "SELECT 1 FROM pg_proc WHERE proname = 'pg_stat_force_next_flush'";
        if world.store.db().read_blocking(|tx| tx.exists(can_be_told, args![])) == Ok(false) {
            eprintln!("skipped: this PostgreSQL is older than 15 and counts when it likes");
            return;
        }
        for table in ["subtask", "device"] {
            script(&world, format!("ALTER TABLE {table} SET (autovacuum_enabled = false)"));
        }
        fill(&world);
        if *analyzed {
            script(&world, "ANALYZE batch_task, subtask, product, device".into());
        }
        test(&world);
    }
}

fn script(world: &World, sql: String) {
    world.store.db().write_blocking(move |tx| tx.script(&sql)).unwrap();
}

/// How many rows and entries of indexes have been read.
fn read_so_far(world: &World) -> i64 {
    script(world, "SELECT pg_stat_force_next_flush()".into());
    let count =
        "SELECT ((SELECT SUM(seq_tup_read) FROM pg_stat_user_tables WHERE schemaname = current_schema())
        + (SELECT SUM(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = current_schema()))::bigint";
    world.store.db().read_blocking(|tx| tx.count(count, args![])).unwrap()
}

/// What `act` gives, which reads no more than this.
fn reads<T>(world: &World, most: i64, what: &str, act: impl FnOnce() -> T) -> T {
    let before = read_so_far(world);
    let given = act();
    let read = read_so_far(world) - before;
    assert!(read <= most, "{what}: {read} read, at most {most} expected");
    given
}

/// A task that is half done.
fn half_done(world: &World) {
    world.made(NewBatchTask::of("freezeDevices", "large", Targets::Given(vec!["device-0".into()])));
    world.begun();
    let half = TARGETS / 2;
    let more = format!(
        "INSERT INTO subtask (task_id, ordinal, target, status)
           SELECT task_id, n, 'device-' || n, CASE WHEN n < {half} THEN 'Success' ELSE 'Waitting' END
             FROM batch_task, generate_series(1, {TARGETS} - 1) n;
         UPDATE subtask SET status = 'Success' WHERE ordinal = 0;
         UPDATE batch_task SET total = {TARGETS}, success = {half}, waitting = {half}"
    );
    script(world, more);
}

fn task_id(world: &World) -> String {
    let found = world
        .store
        .db()
        .read_blocking(|tx| tx.first("SELECT task_id FROM batch_task", args![], |row| row.string(0)));
    found.unwrap().unwrap()
}

#[test]
fn a_page_of_a_task_reads_what_it_shows() {
    planned(true, half_done, |world| {
        let task_id = task_id(world);
        for status in [None, Some(SubtaskStatus::Waiting), Some(SubtaskStatus::Success)] {
            for quarter in [1, 2, 3, 4] {
                let filter = DetailFilter { status: status.map(Some), target: None };
                let marker = RecordId::from_ordinal(TARGETS * quarter / 4);
                let what = format!("{status:?} before quarter {quarter}");
                reads(world, READS * PAGE + BESIDE, &what, || world.paged(&task_id, filter, marker));
            }
        }
        let filter = DetailFilter { target: Some("device-77777".into()), status: None };
        let shown = reads(world, BESIDE, "one target", || world.paged(&task_id, filter, RecordId::MAX));
        assert_eq!(shown.1.records.len(), 1);
    });
}

#[test]
fn a_worker_reads_what_it_takes() {
    planned(true, half_done, |world| {
        for from in [TARGETS / 2, TARGETS * 3 / 4] {
            let task_id = task_id(world);
            let taken = reads(world, READS * CHUNK + BESIDE, "a chunk", || {
                world.unit(move |tx, _| subtasks::waiting(tx, &task_id, from, CHUNK as usize)).unwrap()
            });
            assert_eq!(taken.len(), CHUNK as usize);
        }
        let task_id = task_id(world);
        let due = reads(world, BESIDE, "none that is due", || {
            world.unit(move |tx, context| {
                let until = batch_tasks::believed_until(0, &context.limits);
                subtasks::due(tx, &task_id, 0, until, CHUNK as usize)
            })
        });
        assert!(due.unwrap().is_empty());
    });
}

#[test]
fn a_stop_reads_what_it_moves() {
    planned(true, half_done, |world| {
        let task_id = task_id(world);
        reads(world, BESIDE, "the order", || world.control(&task_id, Control::Stop, None)).unwrap();
        let project_id = world.root.project_id.clone();
        let slice = |from| {
            let (project_id, task_id) = (project_id.clone(), task_id.clone());
            let next = world.unit(move |tx, context| {
                let work = batch_tasks::hold(tx, &project_id, &task_id)?.unwrap();
                batch_tasks::stop_slice(tx, context, &work, from)
            });
            next.unwrap().unwrap()
        };
        // The first is looked for wherever it lies. A planner may find it cheaper to walk through a table of this size.
        let mut from = slice(0);
        for _ in 0..3 {
            from = reads(world, READS * CHUNK + BESIDE, "a slice", || slice(from));
        }
        assert_eq!(from, TARGETS / 2 + 4 * CHUNK);
    });
}

/// A fleet of two products, some of each below a gateway.
fn fleet(world: &World) {
    for name in ["a", "b"] {
        let product_id = product(world);
        let gateway_id = add(world, order(&product_id, name)).unwrap();
        let orders: Vec<_> = (0..DEVICES / 2)
            .map(|number| AddDevice {
                device_name: Some(format!("meter {number}")),
                gateway_id: (number % 200 == 0).then(|| gateway_id.clone()),
                ..order(&product_id, &format!("{name}-{number}"))
            })
            .collect();
        let project_id = world.root.project_id.clone();
        world
            .unit(move |tx, context| {
                let reach = Reach { project_id: &project_id, app_id: None };
                devices::add(tx, context, reach, &orders.iter().collect::<Vec<_>>())
            })
            .unwrap();
    }
}

#[test]
fn a_page_of_devices_reads_what_it_shows() {
    // The server would rather sort a small fleet that it knows nothing of, which is so for a minute.
    planned(false, fleet, |world| {
        let one = |sql: &'static str| {
            world.store.db().read_blocking(move |tx| tx.first(sql, args![], |row| row.string(0))).unwrap()
        };
        let product_id = one("SELECT product_id FROM product ORDER BY product_id LIMIT 1");
        let app_id = one("SELECT app_id FROM app");
        let gateway_id = one("SELECT device_id FROM device WHERE node_id = 'a'");
        let middle = one("SELECT record_id FROM device ORDER BY record_id OFFSET 9000 LIMIT 1");
        let middle: RecordId = middle.unwrap().parse().unwrap();
        let none = DeviceFilter::default;
        for (what, filter) in [
            ("all", none()),
            ("of an app", DeviceFilter { app_id, ..none() }),
            ("of a product", DeviceFilter { product_id, ..none() }),
            ("below a gateway", DeviceFilter { gateway_id, ..none() }),
            ("of a node id", DeviceFilter { node_id: Some("a-77".into()), ..none() }),
        ] {
            for marker in [RecordId::MAX, middle] {
                let order = PageOrder { limit: PAGE, marker, offset: 0 };
                let permit = world.permit(Action::DEVICES_LIST);
                let page = reads(world, READS * PAGE + BESIDE, &format!("devices {what}"), || {
                    wait(world.store.devices().list(&permit, filter.clone(), order)).unwrap()
                });
                assert!(!page.records.is_empty(), "devices {what}");
            }
        }
    });
}
