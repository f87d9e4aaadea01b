//! A file that is not what the task's own counters tell is never published.

use db::args;
use domain::Limits;
use jobs::{Stop, Term};
use store::{Error, export_tasks::NewExportTask};
use types::{Language, export_task::AppType};

use crate::{calls::ROWS, house::House};

/// A house with an exported batch task of which one row is done, and the claim to its export.
fn ordered() -> (House, String) {
    let house = House::new(Limits::default());
    let task_id = house.batch_task(&house.app("app"));
    house.step(&task_id, 1);
    let order = NewExportTask {
        resource_type: "BatchTask",
        resource_condition: serde_json::json!({ "task_id": task_id }).to_string(),
        export_format: "xls",
        app_type: AppType::Global,
        app_id: None,
        language: Language::English,
    };
    house.create(0, order).unwrap();
    (house, task_id)
}

fn break_counter(house: &House, task_id: &str, change: &str) {
    let (sql, task_id) = (format!("UPDATE batch_task SET {change} WHERE task_id = ?1"), task_id.to_owned());
    let unit = move |tx: &mut dyn db::Tx| Ok::<_, Error>(tx.execute(&sql, args![&task_id])?);
    assert_eq!(house.now().store.db().write_blocking(unit).unwrap(), 1);
}

#[test]
fn a_counter_that_differs_from_the_rows_stops_the_file() {
    for (change, why) in [
        ("total = total + 1", format!("{ROWS} rows came, but the counters tell {}", ROWS + 1)),
        ("success = 0, stopped = 1", "1 rows are Success, but the counters tell 0".to_owned()),
        ("fail = fail + 1", "0 rows are Fail, but the counters tell 1".to_owned()),
    ] {
        let (house, task_id) = ordered();
        break_counter(&house, &task_id, change);
        let lease = house.claim(Term::new(Term::MAX)).unwrap();
        let stopped = house.attempt(&lease).unwrap_err();
        assert!(matches!(&stopped, Stop::Retry(told) if *told == why), "{stopped:?}");
        assert!(house.objects().is_empty());
    }
}

#[test]
fn a_counter_that_is_right_again_lets_the_next_attempt_through() {
    let (house, task_id) = ordered();
    break_counter(&house, &task_id, "success = 2");
    let lease = house.claim(Term::new(Term::MAX)).unwrap();
    house.attempt(&lease).unwrap_err();
    break_counter(&house, &task_id, "success = 1");
    let outcome = house.attempt(&lease).unwrap();
    house.settle(&lease, outcome).unwrap();
    assert_eq!(house.list(None).records[0].export_count, ROWS);
}
