//! Apps: how one goes with everything in it.

use crate::{
    Code, World, code, drivers, postgres,
    registry::{order, product},
    store::{
        self,
        batch_tasks::JOB,
        devices::{self, Reach},
    },
    wait,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use db::{Profile, args};
use domain::{Action, Caller, Limits, Permit, Rights, authorize};
use types::{app::App, device::AddDevice, product::AddProduct};

fn app(world: &World, name: &str) -> App {
    wait(world.store.apps().create(&world.permit(Action::APPS_CREATE), name.into())).unwrap()
}

fn product_in(world: &World, app_id: &str, product_id: &str) -> String {
    let order = AddProduct {
        product_id: Some(product_id.into()),
        name: "meter".into(),
        device_type: "meter".into(),
        protocol_type: "MQTT".into(),
        data_format: "json".into(),
        service_capabilities: serde_json::json!([]),
        manufacturer_name: None,
        industry: None,
        description: None,
    };
    let permit = world.permit(Action::PRODUCTS_CREATE);
    wait(world.store.products().create(&permit, Some(app_id.into()), order)).unwrap().product_id
}

fn delete(world: &World, app_id: &str) -> Result<(), store::Error> {
    wait(world.store.apps().delete(&world.permit(Action::APPS_DELETE), app_id.into()))
}

fn rows(world: &World, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    world.store.db().read_blocking(move |tx| tx.count(&sql, args![])).unwrap()
}

fn counted(world: &World) -> i64 {
    let sql = "SELECT devices FROM project";
    world.store.db().read_blocking(move |tx| tx.first(sql, args![], |row| row.int(0))).unwrap().unwrap()
}

fn add(world: &World, product_id: &str, node_id: &str) -> Result<String, store::Error> {
    let order: AddDevice = order(product_id, node_id);
    let permit = world.permit(Action::DEVICES_REGISTER);
    wait(world.store.devices().add(&permit, None, order)).map(|device| device.device_id)
}

#[test]
fn an_app_goes_with_everything_in_it_and_nothing_else() {
    drivers(&Limits::default(), |world| {
        let kept = add(world, &product(world), "n").unwrap();
        let doomed = app(world, "doomed").app_id;
        let product_id = product_in(world, &doomed, "p");
        let ids: Vec<_> = (0..5).map(|node| add(world, &product_id, &node.to_string()).unwrap()).collect();
        let (project_id, app_id, device_id) = (world.root.project_id.clone(), doomed.clone(), ids[0].clone());
        world
            .store
            .db()
            .write_blocking(move |tx| {
                tx.execute(
                    "INSERT INTO tag (project_id, device_id, tag_key, tag_value, record_id) VALUES (?1, ?2, 'k', 'v', 'r')",
                    args![&project_id, &device_id],
                )?;
                tx.execute(
                    "INSERT INTO device_group (project_id, group_id, record_id, app_id, name, group_type, devices,
                       created_ms, modified_ms) VALUES (?1, 'g', 'g', ?2, 'g', 'STATIC', 1, 1, 1)",
                    args![&project_id, &app_id],
                )?;
                tx.execute(
                    "INSERT INTO group_member (project_id, group_id, device_id, record_id) VALUES (?1, 'g', ?2, 'r')",
                    args![&project_id, &device_id],
                )?;
                tx.execute(
                    "INSERT INTO ota_package (project_id, package_id, app_id, package_type, product_id, version,
                       object_key, created_ms) VALUES (?1, 'o', ?2, 'firmwarePackage', 'p', '1', 'packages/o', 1)",
                    args![&project_id, &app_id],
                )?;
                Ok::<_, store::Error>(())
            })
            .unwrap();
        let task = world.batch_task_in(&doomed, "of doomed", &["a"]);
        let claim = world.claim(JOB).unwrap();
        assert_eq!(claim.job_id, task);
        world.batch_task("kept", &["b"]);
        delete(world, &doomed).unwrap();
        assert_eq!(code(delete(world, &doomed)), Code::AppMissing);
        assert_eq!(rows(world, "product"), 1);
        assert_eq!((rows(world, "device_group"), rows(world, "ota_package")), (0, 0));
        assert_eq!(world.store.garbage().unwrap(), ["packages/o"]);
        // The worker that was at it can record nothing more.
        assert!(matches!(world.store.hold(&claim, i64::MAX), Err(store::Error::LostClaim)));
        assert_eq!((rows(world, "batch_task"), rows(world, "job")), (1, 1));
        while world.store.prune().unwrap() {}
        for table in ["tag", "group_member", "doomed_app", "doomed_task"] {
            assert_eq!(rows(world, table), 0, "{table}");
        }
        assert_eq!((rows(world, "device"), counted(world), rows(world, "subtask")), (1, 1, 1));
        wait(world.store.devices().show(&world.permit(Action::DEVICES_QUERY), kept)).unwrap();
    });
}

#[test]
fn the_default_app_stays() {
    drivers(&Limits::default(), |world| {
        let apps = wait(world.store.apps().list(&world.permit(Action::APPS_LIST), Some(true))).unwrap();
        let default_app = apps[0].app_id.clone();
        assert_eq!(code(delete(world, &default_app)), Code::AppKept);
    });
}

#[test]
fn what_is_left_of_an_app_is_in_nobody_s_reach_or_way() {
    drivers(&Limits { devices: 2, ..Limits::default() }, |world| {
        let doomed = app(world, "doomed").app_id;
        let product_id = product_in(world, &doomed, "p");
        let left = add(world, &product_id, "n").unwrap();
        add(world, &product_id, "m").unwrap();
        delete(world, &doomed).unwrap();
        assert_eq!(rows(world, "device"), 2, "the Pruner has not been here");
        let permit = removing(world, Action::DEVICES_FREEZE);
        let freeze = wait(world.store.devices().freeze(&permit, left.clone()));
        assert_eq!(code(freeze), Code::DeviceMissing);
        assert_eq!(code(add(world, &product_id, "n")), Code::ProductMissing);
        // The same ids may be given anew at once, also where the quota is full of what is left.
        let again = app(world, "again").app_id;
        assert_eq!(product_in(world, &again, "p"), product_id);
        assert_eq!(add(world, &product_id, "n").unwrap(), left);
        assert_eq!((rows(world, "device"), counted(world)), (2, 2));
        while world.store.prune().unwrap() {}
        assert_eq!((rows(world, "device"), counted(world)), (1, 1));
        wait(world.store.devices().show(&world.permit(Action::DEVICES_QUERY), left)).unwrap();
    });
}

#[test]
fn ids_that_are_given_anew_while_the_pruner_is_at_them_are_wholly_the_new_ones() {
    const LEFT: usize = 700;
    const AGAIN: usize = 600;
    // SQLite has one writer at a time.
    for prepared in [true, false] {
        let Some(world) = postgres(&Limits::default(), Profile::Postgres, prepared, 8) else { return };
        let world = &world;
        let doomed = app(world, "doomed").app_id;
        let product_id = product_in(world, &doomed, "p");
        let orders: Arc<[AddDevice]> = (0..LEFT).map(|node| order(&product_id, &node.to_string())).collect();
        let (project_id, context) = (world.root.project_id.clone(), world.store.context().clone());
        let made_way = Arc::<AtomicBool>::default();
        let add_all = |app_id: &str, orders: Arc<[AddDevice]>, in_the_way: bool| {
            let (project_id, context, app_id) = (project_id.clone(), context.clone(), app_id.to_owned());
            let made_way = made_way.clone();
            world.store.db().write_blocking(move |tx| {
                let reach = Reach { project_id: &project_id, app_id: Some(&app_id) };
                let orders: Vec<_> = orders.iter().collect();
                let added = devices::add(tx, &context, reach, &orders)?;
                let waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))";
                made_way.store(in_the_way, Ordering::Release);
                while in_the_way && !tx.exists(waits, args![])? {}
                Ok::<_, store::Error>(added)
            })
        };
        assert!(add_all(&doomed, orders.clone(), false).unwrap().iter().all(Result::is_ok));
        let tags = "INSERT INTO tag (project_id, device_id, tag_key, tag_value, record_id)
            SELECT project_id, device_id, 'k', 'v', record_id FROM device";
        world.store.db().write_blocking(move |tx| tx.execute(tags, args![])).unwrap();
        delete(world, &doomed).unwrap();
        let again = app(world, "again").app_id;
        product_in(world, &again, "p");
        std::thread::scope(|scope| {
            let added = scope.spawn(|| add_all(&again, orders[..AGAIN].into(), true));
            // Uncommitted, and so in the way of whoever comes now.
            while !made_way.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            while world.store.prune().unwrap() {}
            assert!(added.join().unwrap().unwrap().iter().all(Result::is_ok));
        });
        while world.store.prune().unwrap() {}
        assert_eq!((rows(world, "device"), counted(world)), (AGAIN as i64, AGAIN as i64));
        assert_eq!((rows(world, "tag"), rows(world, "doomed_app")), (0, 0));
    }
}

/// A permit of the root as it is given while an app is being removed.
fn removing(world: &World, action: Action) -> Permit {
    let apps = wait(world.store.apps().list(&world.permit(Action::APPS_LIST), None)).unwrap();
    let living = apps.into_iter().map(|app| app.app_id).collect();
    let caller =
        Caller { rights: Rights::Root(Some(living)), ..Caller::root("user", world.root.project_id.as_str()) };
    authorize(caller, action, &world.root.project_id, 0).unwrap()
}

#[test]
fn an_app_is_renamed_to_what_no_other_is_called() {
    drivers(&Limits::default(), |world| {
        let (one, _) = (app(world, "one").app_id, app(world, "two"));
        let permit = world.permit(Action::APPS_MODIFY);
        let update = |name: Option<&str>| {
            wait(world.store.apps().update(&permit, one.clone(), name.map(str::to_owned)))
        };
        assert_eq!(update(Some("three")).unwrap().app_name, "three");
        assert_eq!(update(Some("three")).unwrap().app_name, "three");
        assert_eq!(update(None).unwrap().app_name, "three");
        assert_eq!(code(update(Some("two"))), Code::AppNameTaken);
    });
}
