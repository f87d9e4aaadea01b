//! Devices, their secrets, and the counters of batch tasks.

use crate::{
    Code, World, code, drivers,
    store::{
        Context, Error,
        batch_tasks::{self, JOB},
        devices::{self, Each, Reach},
        identity::Chosen,
        jobs,
        subtasks::{self, DetailFilter, Done},
    },
    wait,
};
use db::{Tx, args};
use domain::{Action, Limits};
use types::{RecordId, device::AddDevice, page::PageOrder, product::AddProduct};

pub(crate) fn product(world: &World) -> String {
    let order = AddProduct {
        product_id: None,
        name: "meter".into(),
        device_type: "meter".into(),
        protocol_type: "MQTT".into(),
        data_format: "json".into(),
        service_capabilities: serde_json::json!([]),
        manufacturer_name: None,
        industry: None,
        description: None,
    };
    wait(world.store.products().create(&world.permit(Action::PRODUCTS_CREATE), None, order))
        .unwrap()
        .product_id
}

pub(crate) fn order(product_id: &str, node_id: &str) -> AddDevice {
    AddDevice {
        device_id: None,
        node_id: node_id.into(),
        product_id: product_id.into(),
        device_name: None,
        description: None,
        gateway_id: None,
        auth_type: "SECRET".into(),
        secret: Some("a-very-long-secret-1234".into()),
        fingerprint: None,
        secure_access: true,
        timeout: 0,
        extension_info: None,
        shadow: Vec::new(),
    }
}

pub(crate) fn add(world: &World, order: AddDevice) -> Result<String, Error> {
    wait(world.store.devices().add(&world.permit(Action::DEVICES_REGISTER), None, order))
        .map(|device| device.device_id)
}

#[test]
fn a_secret_is_shown_once_and_lies_sealed() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        let shown = wait(world.store.devices().show(&world.permit(Action::DEVICES_QUERY), id)).unwrap();
        assert_eq!(shown.auth_info.unwrap().secret.as_deref(), Some("a-ve****-1234"));
        let clear = b"a-very-long-secret-1234";
        let lies_open = world.store.db().read_blocking(|tx| {
            tx.first("SELECT secret_sealed FROM device", args![], |row| {
                Ok(row.opt_blob(0)?.unwrap().windows(clear.len()).any(|window| window == clear))
            })
        });
        assert_eq!(lies_open, Ok(Some(false)));
    });
}

#[test]
fn sub_devices_two_levels_deep_and_none_can_be_frozen() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let below = |parent: &str, node: &str| {
            add(world, AddDevice { gateway_id: Some(parent.into()), ..order(&product_id, node) })
        };
        let top = add(world, order(&product_id, "top")).unwrap();
        let middle = below(&top, "middle").unwrap();
        let bottom = below(&middle, "bottom").unwrap();
        assert_eq!(code(below(&bottom, "deeper")), Code::LevelTooDeep);
        assert_eq!(code(below("nobody", "orphan")), Code::GatewayMissing);
        let permit = world.permit(Action::DEVICES_FREEZE);
        assert_eq!(code(wait(world.store.devices().freeze(&permit, middle))), Code::SubDeviceNotFreezable);
        wait(world.store.devices().freeze(&permit, top)).unwrap();
    });
}

#[test]
fn the_quota_counts_what_is_there() {
    drivers(&Limits { devices: 2, ..Limits::default() }, |world| {
        let product_id = product(world);
        add(world, order(&product_id, "1")).unwrap();
        assert_eq!(code(add(world, order(&product_id, "1"))), Code::DeviceTaken);
        add(world, order(&product_id, "2")).unwrap();
        assert_eq!(code(add(world, order(&product_id, "3"))), Code::DeviceQuota);
    });
}

fn delete(world: &World, id: &str) -> Result<(), Error> {
    wait(world.store.devices().delete(&world.permit(Action::DEVICES_DELETE), id.into()))
}

#[test]
fn a_deleted_device_gives_its_place_back_and_takes_its_secret_along() {
    drivers(&Limits { devices: 1, ..Limits::default() }, |world| {
        let product_id = product(world);
        let id = add(world, order(&product_id, "1")).unwrap();
        assert_eq!(code(add(world, order(&product_id, "2"))), Code::DeviceQuota);
        delete(world, &id).unwrap();
        assert_eq!(code(delete(world, &id)), Code::DeviceMissing, "and what is not there counts for nothing");
        let secrets = world.store.db().read_blocking(|tx| tx.count("SELECT COUNT(*) FROM device", args![]));
        assert_eq!(secrets, Ok(0));
        let again =
            add(world, AddDevice { secret: Some("another-secret-5678".into()), ..order(&product_id, "1") });
        assert_eq!(again.unwrap(), id);
        let shown = wait(world.store.devices().show(&world.permit(Action::DEVICES_QUERY), id)).unwrap();
        assert_eq!(shown.auth_info.unwrap().secret.as_deref(), Some("anot****-5678"));
        assert_eq!(code(add(world, order(&product_id, "2"))), Code::DeviceQuota);
    });
}

#[test]
fn a_gateway_is_deleted_only_after_its_sub_devices() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let top = add(world, order(&product_id, "top")).unwrap();
        let below =
            add(world, AddDevice { gateway_id: Some(top.clone()), ..order(&product_id, "below") }).unwrap();
        assert_eq!(code(delete(world, &top)), Code::DeviceHasChildren);
        delete(world, &below).unwrap();
        delete(world, &top).unwrap();
    });
}

/// What each becomes of some that are done to in one unit of work, as a batch task does it.
fn at_once<T: Send + 'static>(
    world: &World,
    act: impl Fn(&mut dyn Tx, &Context, Reach<'_>) -> Each<T> + Send + 'static,
) -> Vec<Option<Code>> {
    let (project_id, context) = (world.root.project_id.clone(), world.store.context().clone());
    let done = world
        .store
        .db()
        .write_blocking(move |tx| act(tx, &context, Reach { project_id: &project_id, app_id: None }));
    done.unwrap().into_iter().map(|one| one.err().map(|fault| fault.code)).collect()
}

#[test]
fn many_devices_at_once_become_what_they_would_one_after_the_other() {
    drivers(&Limits { devices: 6, ..Limits::default() }, |world| {
        let product_id = product(world);
        let node = |node_id: &str| order(&product_id, node_id);
        let below = |gateway: &str, node_id: &str| AddDevice {
            gateway_id: Some(format!("{product_id}_{gateway}")),
            ..node(node_id)
        };
        let other = |order: AddDevice| AddDevice { device_id: Some("other".into()), ..order };
        let orders = vec![
            node("1"),
            node("1"),
            other(node("1")),
            AddDevice { product_id: "nothing".into(), ..node("2") },
            node("top"),
            below("top", "middle"),
            below("nobody", "orphan"),
            below("middle", "bottom"),
            node("5"),
            node("6"),
            node("7"),
            node("1"),
        ];
        let added = at_once(world, move |tx, context, reach| {
            devices::add(tx, context, reach, &orders.iter().collect::<Vec<_>>())
        });
        let (taken, node_taken) = (Some(Code::DeviceTaken), Some(Code::NodeIdTaken));
        let (missing, quota) = (Some(Code::ProductMissing), Some(Code::DeviceQuota));
        let orphan = Some(Code::GatewayMissing);
        let first = [None, taken, node_taken, missing, None, None, orphan, None];
        assert_eq!(added, [&first[..], &[None, None, quota, taken]].concat());
        assert_eq!(counted(world, &product_id), (6, 6));

        let delete = |nodes: &[&str]| {
            let ids: Vec<_> = nodes.iter().map(|node| format!("{product_id}_{node}")).collect();
            at_once(world, move |tx, _, reach| {
                devices::delete(tx, reach, &ids.iter().map(String::as_str).collect::<Vec<_>>())
            })
        };
        let (gone, parent) = (Some(Code::DeviceMissing), Some(Code::DeviceHasChildren));
        assert_eq!(delete(&["1", "top", "1", "middle", "bottom"]), [None, parent, gone, parent, None]);
        assert_eq!(delete(&["middle", "top", "5", "nobody"]), [None, None, None, gone]);
        assert_eq!(counted(world, &product_id), (1, 1));
    });
}

/// How many devices the project and the product count.
fn counted(world: &World, product_id: &str) -> (i64, i64) {
    let count = |sql: &str| world.store.db().read_blocking(|tx| tx.count(sql, args![product_id])).unwrap();
    let of_project = "SELECT SUM(devices) FROM project WHERE ?1 <> ''";
    (count(of_project), count("SELECT devices FROM product WHERE product_id = ?1"))
}

#[test]
fn a_device_that_is_named_twice_is_frozen_once() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let id = add(world, order(&product_id, "1")).unwrap();
        let twice = move |tx: &mut dyn Tx, _: &Context, reach: Reach<'_>| {
            devices::freeze(tx, reach, &[&id, "nobody", &id])
        };
        let again = Some(Code::DeviceFrozen);
        assert_eq!(at_once(world, twice), [None, Some(Code::DeviceMissing), again]);
    });
}

#[test]
fn another_apps_device_is_out_of_a_tasks_reach() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        let project_id = world.root.project_id.clone();
        let frozen = world.store.db().write_blocking(move |tx: &mut dyn Tx| {
            let frozen =
                devices::freeze(tx, Reach { project_id: &project_id, app_id: Some("another") }, &[&id])?;
            frozen.into_iter().try_for_each(|done| done.map(drop)).map_err(Error::from)
        });
        assert_eq!(code(frozen), Code::DeviceMissing);
    });
}

#[test]
fn counters_equal_rows_and_a_settled_subtask_is_not_settled_twice() {
    drivers(&Limits::default(), |world| {
        let task_id = world.batch_task("counted", &["a", "b", "c"]);
        let claim = world.claim(JOB).unwrap();
        let settle = |ordinal: i64, error: Option<Code>| {
            let claim = claim.clone();
            world.store.db().write_blocking(move |tx| {
                jobs::advance(tx, &claim, i64::MAX)?;
                batch_tasks::begin(tx, &claim.project_id, &claim.job_id, 3, 1)?;
                let done = Done {
                    ordinal,
                    target: Some("t".into()),
                    output: None,
                    error: error.map(Into::into),
                    node_id: None,
                    device_name: None,
                    started_ms: 1,
                    ended_ms: 2,
                };
                let reach = Reach { project_id: &claim.project_id, app_id: None };
                let settled = subtasks::settle(tx, reach, &claim.job_id, &[done])? as i64;
                let failed = if error.is_some() { settled } else { 0 };
                batch_tasks::count_done(tx, &claim.project_id, &claim.job_id, settled - failed, failed, 2)?;
                Ok::<_, Error>(settled)
            })
        };
        assert_eq!(settle(0, None).unwrap(), 1);
        assert_eq!(settle(0, None).unwrap(), 0, "it does not wait any more");
        assert_eq!(settle(2, Some(Code::DeviceMissing)).unwrap(), 1);
        let order = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };
        let permit = world.permit(Action::BATCHTASKS_QUERY);
        let (task, details) =
            wait(world.store.batch_tasks().show(&permit, task_id, DetailFilter::default(), order)).unwrap();
        let with = |status: &str| details.records.iter().filter(|row| row.status == status).count() as i64;
        let progress = task.task_progress;
        assert_eq!((progress.success, progress.fail, progress.waitting), (1, 1, 1));
        assert_eq!((with("Success"), with("Fail"), with("Waitting")), (1, 1, 1));
    });
}

#[test]
fn starting_again_with_the_same_credentials_changes_nothing() {
    drivers(&Limits::default(), |world| {
        let chosen = Chosen {
            access_key: Some(("CHOSEN".into(), "secret-of-the-operator".into())),
            project_id: Some(world.root.project_id.clone()),
            ..Chosen::default()
        };
        assert!(wait(world.store.bootstrap(chosen.clone())).unwrap().is_some());
        assert!(wait(world.store.bootstrap(chosen)).unwrap().is_none());
        let key = wait(world.store.known_key("CHOSEN".into())).unwrap().unwrap();
        assert_eq!(key.secret, b"secret-of-the-operator");
        assert!(wait(world.store.known_key("UNKNOWN".into())).unwrap().is_none());
        assert!(
            wait(world.store.known_key(world.root.access_key_id.clone())).unwrap().is_some(),
            "both work"
        );
    });
}
