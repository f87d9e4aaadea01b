//! What goes for its age, and what bounds every table.

use std::sync::Arc;

use domain::{Clock, Limits, Retention};

use crate::{
    World, drivers,
    store::{
        MIGRATIONS, Retired,
        audit::{Line, lines},
        batch_files::Upload,
        export_tasks::JOB,
    },
    wait,
};

const DAY_MS: i64 = 86_400_000;
const FIVE_DAYS: Retention =
    Retention { batch_task_days: 5, export_task_days: 5, audit_days: 5, audit_rows: 0 };
const MONTH: Retention =
    Retention { batch_task_days: 30, export_task_days: 30, audit_days: 30, audit_rows: 0 };

/// The tables whose rows the business of a day does not add to: they count users, projects, apps, and what is
/// registered under a limit.
const STANDING: &[&str] = &[
    "instance",
    "project",
    "iam_domain",
    "iam_revision",
    "iam_user",
    "access_key",
    "iam_group",
    "iam_member",
    "iam_policy",
    "iam_grant",
    "iam_agency",
    "app",
    "product",
    "device",
    "device_group",
    "group_member",
    "tag",
    "shadow",
    "ota_package",
    "schema_migration",
    "transfer",
];
/// One row an owner, whatever the owner does.
const A_ROW_AN_OWNER: &[&str] = &["gate", "download"];
/// What a day adds to and age takes away.
const PASSING: &[&str] = &[
    "batch_file",
    "batch_task",
    "subtask",
    "doomed_task",
    "doomed_app",
    "device_message",
    "async_command",
    "device_upgrade",
    "export_task",
    "export_result",
    "object_garbage",
    "job",
    "iam_token",
    "temporary_key",
    "audit",
];

fn rows(world: &World, table: &str) -> i64 {
    world.store.db().read_blocking(|tx| tx.count(&format!("SELECT COUNT(*) FROM {table}"), &[])).unwrap()
}

fn counts(world: &World, tables: &[&'static str]) -> Vec<(&'static str, i64)> {
    tables.iter().map(|table| (*table, rows(world, table))).collect()
}

fn retire(world: &World, retention: &Retention) -> Retired {
    world.store.retire(retention, world.clock.now_ms()).unwrap()
}

/// What the Pruner does until there is nothing left to do.
fn prune(world: &World) {
    while world.store.prune().unwrap() {}
    world.store.garbage_gone(world.store.garbage().unwrap()).unwrap();
}

/// A day of work: a batch task that ends, an export of it that succeeds, and one that fails, a download, and a
/// file that nobody takes.
fn day(world: &World, name: &str) {
    let task = world.batch_task(name, &["a", "b", "c"]);
    world.finish_batch();
    let export = world.export(&task).unwrap();
    world.publish(&world.claim(JOB).unwrap(), name).unwrap();
    world.export(&task).unwrap();
    world.store.export_fail(&world.claim(JOB).unwrap(), "the disk was full".into()).unwrap();
    let ask = crate::store::downloads::Ask { export_task_id: export, resumes: None, holds: Vec::new() };
    wait(world.store.admit_download(&world.permit(domain::Action::EXPORTTASKS_QUERY), ask)).unwrap();
    let file = Upload {
        file_name: format!("{name}.xlsx"),
        object_key: format!("uploads/{name}"),
        header: vec!["device_id".into()],
        rows: 1,
    };
    wait(world.store.batch_files().upload(&world.permit(domain::Action::BATCHTASKFILES_CREATE), file))
        .unwrap();
    keep_audit(world, 10);
}

/// Tells so many lines; answers them.
fn keep_audit(world: &World, count: usize) -> Vec<String> {
    let line = |_| Line {
        audit_id: world.store.context().ids.next(),
        time_ms: world.clock.now_ms(),
        request_id: "request".into(),
        project_id: String::new(),
        user_id: "user".into(),
        text: r#"{"code":"\u0000"}"#.into(),
    };
    let lines: Arc<[Line]> = (0..count).map(line).collect();
    // A second time, as after an answer that was lost.
    for _ in 0..2 {
        wait(world.store.keep_audit(lines.clone())).unwrap();
    }
    lines.iter().map(|line| line.audit_id.to_string()).collect()
}

/// The ids of all lines from a time on.
fn audited(world: &World, since_ms: i64) -> Vec<String> {
    let mut ids = Vec::new();
    let read = world
        .store
        .db()
        .read_blocking(|tx| lines(tx, "", since_ms, 1_000_000, &mut |id, _| ids.push(id.to_owned())));
    read.unwrap();
    ids
}

#[test]
fn of_the_audit_the_newest_lines_stay() {
    drivers(&Limits::default(), |world| {
        let told = keep_audit(world, 5001);
        assert_eq!(audited(world, 0), told);
        assert_eq!(audited(world, world.clock.now_ms() + 1), Vec::<String>::new());
        assert_eq!(world.store.trim_audit(6000).unwrap(), 0);
        while world.store.trim_audit(3).unwrap() > 0 {}
        assert_eq!(audited(world, 0), told[4998..]);
    });
}

#[test]
fn a_fortnight_of_work_leaves_no_more_than_its_last_days() {
    drivers(&Limits::default(), |world| {
        let standing = counts(world, STANDING);
        for number in 0..14 {
            day(world, &format!("day{number}"));
            world.clock.advance(DAY_MS);
            while retire(world, &FIVE_DAYS).is_any() {}
            prune(world);
        }
        let of = |table: &str| rows(world, table);
        assert_eq!((of("batch_task"), of("subtask"), of("export_task")), (5, 15, 10));
        assert!(counts(world, A_ROW_AN_OWNER).iter().all(|(_, rows)| *rows <= 3));
        world.clock.advance(5 * DAY_MS);
        while retire(world, &FIVE_DAYS).is_any() {}
        prune(world);
        for (table, rows) in counts(world, PASSING) {
            assert_eq!(rows, 0, "{table}");
        }
        assert_eq!(counts(world, STANDING), standing);
    });
}

#[test]
fn every_table_has_a_reason_why_it_does_not_grow_for_ever() {
    let sql: String = MIGRATIONS.iter().map(|migration| migration.sql).collect();
    for table in sql.split("CREATE TABLE ").skip(1).filter_map(|text| text.split_whitespace().next()) {
        let named = [STANDING, A_ROW_AN_OWNER, PASSING].iter().any(|tables| tables.contains(&table));
        let told = include_str!("../../../../docs/retention.md").contains(&format!("`{table}`"));
        assert!(named && told, "{table}: say in docs/retention.md and here what bounds it");
    }
}

#[test]
fn what_is_unfinished_or_young_stays() {
    drivers(&Limits::default(), |world| {
        let old = world.batch_task("old", &["a"]);
        world.finish_batch();
        world.batch_task("unfinished", &["a"]);
        world.clock.advance(30 * DAY_MS);
        assert_eq!(retire(world, &MONTH), Retired::default(), "exactly 30 days old");
        let young = world.export(&old).unwrap();
        world.clock.advance(1);
        assert_eq!(retire(world, &MONTH), Retired::default(), "it is being exported");
        world.publish(&world.claim(JOB).unwrap(), "file").unwrap();
        assert_eq!(retire(world, &MONTH), Retired { batch_tasks: 1, ..Retired::default() });
        prune(world);
        assert_eq!((rows(world, "batch_task"), rows(world, "subtask")), (1, 1));
        let permit = world.permit(domain::Action::EXPORTTASKS_QUERY);
        let served = wait(world.store.look_at_result(&permit, young)).unwrap();
        assert_eq!(served.sha256, "file", "a result outlives its batch task");
    });
}

#[test]
fn a_result_goes_with_the_last_export_that_serves_it() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("shared", &["a"]);
        let first = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "file").unwrap();
        world.clock.advance(20 * DAY_MS);
        let second = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "newer").unwrap();
        world.clock.advance(20 * DAY_MS);
        assert_eq!(retire(world, &MONTH).export_tasks, 1);
        assert_eq!(world.store.garbage().unwrap(), [format!("exports/{first}/1.zip")], "replaced, long ago");
        let permit = world.permit(domain::Action::EXPORTTASKS_QUERY);
        assert_eq!(wait(world.store.look_at_result(&permit, second)).unwrap().sha256, "newer");
        world.clock.advance(20 * DAY_MS);
        assert_eq!(retire(world, &MONTH).export_tasks, 1);
        assert_eq!((rows(world, "export_result"), world.store.garbage().unwrap().len()), (0, 2));
    });
}

#[test]
fn zero_days_are_for_ever() {
    drivers(&Limits::default(), |world| {
        day(world, "kept");
        world.clock.advance(36_500 * DAY_MS);
        let for_ever = Retention { batch_task_days: 0, export_task_days: 0, audit_days: 0, audit_rows: 0 };
        assert_eq!(retire(world, &for_ever), Retired::default());
    });
}
