//! Devices as a fleet: who lies below whom, what goes with a device, and how many there are.

use db::{Tx, args};
use domain::{Action, Limits};
use serde_json::json;
use types::{
    RecordId,
    device::{AddDevice, SecretType},
    page::PageOrder,
    shadow::Desired,
    tag::Tag,
};

use crate::{
    Code, World, code, drivers,
    registry::{add, order, product},
    store::{Error, devices::DeviceFilter},
    wait,
};

fn below(world: &World, product_id: &str, gateway_id: &str, node_id: &str) -> Result<String, Error> {
    add(world, AddDevice { gateway_id: Some(gateway_id.into()), ..order(product_id, node_id) })
}

fn count(world: &World, sql: &str) -> i64 {
    let sql = sql.to_owned();
    world.store.db().read_blocking(move |tx| tx.count(&sql, args![])).unwrap()
}

fn run(world: &World, sql: &'static str) {
    world.store.db().write_blocking(move |tx: &mut dyn Tx| tx.script(sql)).unwrap();
}

fn listed(world: &World, filter: DeviceFilter) -> (Vec<String>, i64) {
    let order = PageOrder { limit: 1, marker: RecordId::MAX, offset: 0 };
    let permit = world.permit(Action::DEVICES_LIST);
    let page = wait(world.store.devices().list(&permit, filter, order)).unwrap();
    (page.records.into_iter().map(|device| device.device_id).collect(), page.count)
}

#[test]
fn everything_of_a_device_goes_with_it() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        let tag = Tag { tag_key: "floor".into(), tag_value: Some("3".into()) };
        wait(world.store.tags().bind(&world.permit(Action::TAGS_BIND), id.clone(), vec![tag])).unwrap();
        let (project, device) = (world.root.project_id.clone(), id.clone());
        let filled = world.store.db().write_blocking(move |tx: &mut dyn Tx| {
            let key = args![&project, &device];
            for sql in [
                "INSERT INTO shadow (project_id, device_id, service_id, version) VALUES (?1, ?2, 's', 1)",
                "INSERT INTO device_message (project_id, device_id, message_id, record_id, message, encoding,
                   payload_format, status, created_ms, expires_ms)
                 VALUES (?1, ?2, 'm', 'r', 'text', 'none', 'standard', 'PENDING', 0, 0)",
                "INSERT INTO async_command (project_id, device_id, command_id, record_id, paras, expire_seconds,
                   send_strategy, status, created_ms, expires_ms)
                 VALUES (?1, ?2, 'c', 'r', '{}', 0, 'delay', 'PENDING', 0, 0)",
                "INSERT INTO device_upgrade (project_id, device_id, task_id, ordinal) VALUES (?1, ?2, 't', 0)",
                "INSERT INTO group_member (project_id, group_id, device_id, record_id) VALUES (?1, 'g', ?2, 'r')",
            ] {
                tx.execute(sql, key)?;
            }
            tx.execute(
                "INSERT INTO device_group (project_id, group_id, record_id, app_id, name, group_type, devices,
                   created_ms, modified_ms) VALUES (?1, 'g', 'r', 'a', 'n', 'STATIC', 7, 0, 0)",
                &key[..1],
            )
        });
        filled.unwrap();
        let tables = ["tag", "shadow", "device_message", "async_command", "device_upgrade", "group_member"];
        let all = |world: &World| tables.map(|table| count(world, &format!("SELECT COUNT(*) FROM {table}")));
        assert_eq!(all(world), [1; 6]);
        wait(world.store.devices().delete(&world.permit(Action::DEVICES_DELETE), id)).unwrap();
        assert_eq!(all(world), [0; 6]);
        assert_eq!(count(world, "SELECT devices FROM device_group"), 6);
    });
}

#[test]
fn a_tree_counts_what_lies_below_its_top() {
    drivers(&Limits { gateway_devices: 3, ..Limits::default() }, |world| {
        let product_id = product(world);
        let [left, right] = ["left", "right"].map(|node| add(world, order(&product_id, node)).unwrap());
        let middle = below(world, &product_id, &left, "middle").unwrap();
        below(world, &product_id, &middle, "bottom").unwrap();
        let change = |id: &str, to: &str| {
            let permit = world.permit(Action::DEVICES_MODIFY);
            wait(world.store.devices().change_gateway(&permit, id.into(), to.into()))
        };
        let counts = || {
            let of = |id: &str| count(world, &format!("SELECT below FROM device WHERE device_id = '{id}'"));
            (of(&left), of(&right))
        };
        assert_eq!(counts(), (2, 0));
        change(&middle, &right).unwrap();
        assert_eq!(counts(), (0, 2), "it took along what lies below it");
        let last = below(world, &product_id, &right, "last").unwrap();
        assert_eq!(code(below(world, &product_id, &middle, "more")), Code::GatewayFull);
        assert_eq!(counts(), (0, 3), "who was refused is not counted");
        change(&last, &middle).unwrap();
        assert_eq!(counts(), (0, 3), "within one tree nothing changes");
        change(&middle, &left).unwrap();
        assert_eq!(counts(), (3, 0));
    });
}

#[test]
fn what_an_earlier_program_did_not_count_is_counted_at_the_next_start() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        for node in ["1", "2"] {
            add(world, order(&product_id, node)).unwrap();
        }
        let of_product = || DeviceFilter { product_id: Some(product_id.clone()), ..DeviceFilter::default() };
        assert_eq!(listed(world, of_product()).1, 2);
        run(world, "UPDATE product SET devices = NULL");
        world.another_node(0);
        assert_eq!(listed(world, of_product()).1, 2);
        assert_eq!(listed(world, DeviceFilter::default()).1, 2);
    });
}

#[test]
fn a_device_goes_when_its_time_is_over_and_not_before() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        for (node, timeout) in [("1", 60), ("2", 60), ("3", 0)] {
            add(world, AddDevice { timeout, ..order(&product_id, node) }).unwrap();
        }
        run(world, "UPDATE device SET status = 'ONLINE' WHERE node_id = '2'");
        world.clock.advance(59_999);
        world.store.prune().unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM device"), 3);
        world.clock.advance(1);
        world.store.prune().unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM device WHERE node_id <> '1'"), 2);
        assert_eq!(count(world, "SELECT COUNT(*) FROM device"), 2);
        assert_eq!(count(world, "SELECT devices FROM project"), 2);
    });
}

#[test]
fn both_secrets_are_sealed_anew_under_another_key() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        let permit = world.permit(Action::DEVICES_RESET_SECRET);
        let secret = Some("another-secret-5678".to_owned());
        let devices = world.store.devices();
        let reset = devices.reset_secret(&permit, id.clone(), SecretType::Secondary, secret);
        assert_eq!(wait(reset).unwrap().secret, "another-secret-5678");
        let shown = wait(world.store.devices().show(&world.permit(Action::DEVICES_QUERY), id)).unwrap();
        let auth = shown.auth_info.unwrap();
        assert_eq!(auth.secret.as_deref(), Some("a-ve****-1234"));
        assert_eq!(auth.secondary_secret.as_deref(), Some("anot****-5678"));
        assert_eq!(wait(world.store.reseal()).unwrap(), 0, "they are under the current key");
    });
}

#[test]
fn of_many_nodes_that_saw_one_version_one_is_heard() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let id = add(world, order(&product_id, "n")).unwrap();
        run(
            world,
            r#"UPDATE product SET service_capabilities =
            '[{"service_id":"s","properties":[{"property_name":"p","method":"RW"}]}]'"#,
        );
        let nodes: Vec<World> = (0..4).map(|_| world.another_node(0)).collect();
        let speak = |node: &World| {
            let desired = json!({ "p": 1 }).as_object().cloned().unwrap_or_default();
            let order = Desired { service_id: "s".into(), desired, version: Some(0) };
            let permit = node.permit(Action::SHADOW_CONFIG);
            wait(node.store.shadows().desire(&permit, id.clone(), vec![order]))
        };
        let heard = std::thread::scope(|scope| {
            let all: Vec<_> = nodes.iter().map(|node| scope.spawn(move || speak(node).is_ok())).collect();
            all.into_iter().filter_map(|one| one.join().ok()).filter(|heard| *heard).count()
        });
        assert_eq!(heard, 1);
    });
}
