//! Groups of devices: what a rule finds in SQL is what it admits, and every limit holds also for many at once.

use db::args;
use domain::{
    Action, GroupRule, Limits,
    group_rule::{Field, Subject},
};
use types::{Code, RecordId, device_group::AddDeviceGroup, page::PageOrder};

use crate::{
    World, code, drivers,
    races::{at_once, done, rows},
    registry::{add, order, product},
    store::{
        Error,
        device_groups::{self, GroupFilter},
        devices::Reach,
    },
    wait,
};

fn named(name: &str) -> AddDeviceGroup {
    AddDeviceGroup { name: name.into(), description: None, super_group_id: None, dynamic_group_rule: None }
}

fn group(world: &World, order: AddDeviceGroup) -> Result<String, Error> {
    wait(world.store.device_groups().add(&world.permit(Action::GROUP_CREATE), None, order))
        .map(|group| group.group_id)
}

fn dynamic(world: &World, name: &str, rule: &str) -> String {
    group(world, AddDeviceGroup { dynamic_group_rule: Some(rule.into()), ..named(name) }).unwrap()
}

fn put(world: &World, group_id: &str, device_id: &str) -> Result<(), Error> {
    let permit = world.permit(Action::GROUP_ADD_DEVICE);
    wait(world.store.device_groups().add_device(&permit, group_id.into(), device_id.into()))
}

fn delete(world: &World, group_id: &str) -> Result<(), Error> {
    wait(world.store.device_groups().delete(&world.permit(Action::GROUP_DELETE), group_id.into()))
}

/// All devices of some groups, `limit` at a time.
fn resolved(world: &World, app_id: Option<&str>, group_ids: &[&str], limit: usize) -> Vec<String> {
    let group_ids: Vec<_> = group_ids.iter().map(ToString::to_string).collect();
    let (project_id, mut all, mut after) = (world.root.project_id.as_str(), Vec::new(), String::new());
    loop {
        let reach = Reach { project_id, app_id };
        let slice = world
            .store
            .db()
            .read_blocking(|tx| device_groups::resolve(tx, reach, &group_ids, &after, limit))
            .unwrap();
        let Some(last) = slice.last() else { return all };
        assert!(slice.len() <= limit && slice.is_sorted() && slice[0] > after);
        after.clone_from(last);
        all.extend(slice);
    }
}

const ALL: PageOrder = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };

#[test]
fn the_devices_of_several_groups_come_once_each_in_the_order_of_their_ids() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let devices: Vec<_> =
            (0..9).map(|n| add(world, order(&product_id, &n.to_string())).unwrap()).collect();
        let (even, some) = (group(world, named("even")).unwrap(), group(world, named("some")).unwrap());
        devices.iter().step_by(2).for_each(|id| put(world, &even, id).unwrap());
        devices[3..6].iter().for_each(|id| put(world, &some, id).unwrap());
        let last = dynamic(world, "last", "node_id = '8' or node_id = '7'");
        for limit in [1, 2, 3, 50] {
            let found = resolved(world, None, &[&even, "ffff", &some, &last], limit);
            let expected = [0, 2, 3, 4, 5, 6, 7, 8].map(|n: usize| devices[n].clone());
            assert_eq!(found, expected, "{limit} at a time");
        }
        assert!(resolved(world, Some("another"), &[&even, &last], 50).is_empty());
        // A subgroup's devices are its own.
        let below =
            group(world, AddDeviceGroup { super_group_id: Some(some.clone()), ..named("below") }).unwrap();
        put(world, &below, &devices[0]).unwrap();
        assert_eq!(resolved(world, None, &[&some], 50), devices[3..6]);
        let reach = Reach { project_id: &world.root.project_id, app_id: None };
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let must_exist = |group_ids: Vec<String>| {
            world.store.db().read_blocking(|tx| device_groups::must_exist(tx, reach, &group_ids))
        };
        must_exist(ids(&[&even, &last])).unwrap();
        for unknown in ["ffff", "no\0id", ""] {
            assert_eq!(code(must_exist(ids(&[&even, unknown]))), Code::GroupMissing);
        }
    });
}

#[test]
fn a_deleted_device_leaves_its_groups() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        let group_id = group(world, named("g")).unwrap();
        put(world, &group_id, &id).unwrap();
        assert_eq!(code(delete(world, &group_id)), Code::GroupNotEmpty);
        wait(world.store.devices().delete(&world.permit(Action::DEVICES_DELETE), id)).unwrap();
        assert_eq!(rows(world, "SELECT COUNT(*) FROM group_member"), 0);
        delete(world, &group_id).unwrap();
    });
}

#[test]
fn limits_of_groups_hold_for_many_at_once() {
    drivers(&Limits { device_groups: 3, group_devices: 2, ..Limits::default() }, |world| {
        let product_id = product(world);
        let made = at_once(|n| group(world, named(&format!("g{n}"))));
        assert_eq!(done(made, Code::GroupQuota), 3);
        let groups = wait(world.store.device_groups().list(
            &world.permit(Action::GROUP_LIST),
            GroupFilter::default(),
            ALL,
        ));
        let group_id = groups.unwrap().records[0].group_id.clone();
        let devices: Vec<_> =
            (0..8).map(|n| add(world, order(&product_id, &n.to_string())).unwrap()).collect();
        assert_eq!(done(at_once(|n| put(world, &group_id, &devices[n])), Code::GroupFull), 2);
        assert_eq!(rows(world, "SELECT devices FROM device_group WHERE devices > 0"), 2);
        assert_eq!(rows(world, "SELECT COUNT(*) FROM group_member"), 2);
    });
}

#[test]
fn of_many_who_add_a_name_a_member_or_a_group_too_many_one_is_told_yes() {
    drivers(&Limits::default(), |world| {
        let id = add(world, order(&product(world), "n")).unwrap();
        assert_eq!(done(at_once(|_| group(world, named("one"))), Code::GroupNameTaken), 1);
        let nine: Vec<_> = (0..9).map(|n| group(world, named(&n.to_string())).unwrap()).collect();
        nine.iter().for_each(|group_id| put(world, group_id, &id).unwrap());
        let more: Vec<_> = (10..18).map(|n| group(world, named(&n.to_string())).unwrap()).collect();
        assert_eq!(done(at_once(|n| put(world, &more[n], &id)), Code::GroupsOfDeviceQuota), 1);
        assert_eq!(code(put(world, &nine[0], &id)), Code::DeviceInGroup);
        let full =
            more.iter().filter(|group_id| matches!(delete(world, group_id), Err(Error::Fault(_)))).count();
        assert_eq!(full, 1, "those without a member go");
    });
}

#[test]
fn a_device_is_not_added_to_a_group_that_goes_nor_deleted_while_it_is_added() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        for round in 0..5 {
            let id = add(world, order(&product_id, &round.to_string())).unwrap();
            let group_id = group(world, named(&round.to_string())).unwrap();
            at_once(|n| match n % 3 {
                0 => put(world, &group_id, &id).map(drop).is_ok(),
                1 => delete(world, &group_id).is_ok(),
                _ => wait(world.store.devices().delete(&world.permit(Action::DEVICES_DELETE), id.clone()))
                    .is_ok(),
            });
        }
        let astray = "SELECT COUNT(*) FROM group_member m WHERE NOT EXISTS (SELECT 1 FROM device_group g WHERE g.group_id = m.group_id)
            OR NOT EXISTS (SELECT 1 FROM device d WHERE d.device_id = m.device_id)";
        assert_eq!(rows(world, astray), 0);
        let miscounted = "SELECT COUNT(*) FROM device_group g WHERE g.devices <> (SELECT COUNT(*) FROM group_member m WHERE m.group_id = g.group_id)";
        assert_eq!(rows(world, miscounted), 0);
    });
}

/// What rules are made of: conditions that find some of the devices below, and not all.
const CONDITIONS: [&str; 26] = [
    "device_id != 'd7'",
    "device_id in ('d1', 'd2', 'D3', 'd4')",
    "device_id not in ('d1', 'd2')",
    "gateway_id = 'd1'",
    "product_id = 'p1'",
    "product_id != 'p1'",
    "device_name like 'Mete%'",
    "device_name like 'mete%'",
    "device_name like 'met_%'",
    "device_name like '水表水表%'",
    "device_name = 'it''s'",
    "device_name != 'it''s'",
    "node_id like 'node%'",
    "status = 'FROZEN'",
    "status in ('ONLINE', 'INACTIVE')",
    "node_type = 'ENDPOINT'",
    "fw_version = 'v1'",
    "fw_version != 'v1'",
    "sw_version not in ('v1', 'V1')",
    "tag_key = 'floor'",
    "tag_value != '3'",
    "tag_value like 'cell%'",
    "group_id = 'a1'",
    "group_id not in ('a1', 'a2')",
    "create_time > '2023-11-14T22:13:20.003Z'",
    "marker < '00000000000000000000001e'",
];

/// Devices whose texts differ in what servers disagree about: case, wildcards, nothing at all.
fn devices(tx: &mut dyn db::Tx, project_id: &str, app_id: &str) -> Result<Vec<(String, Subject)>, Error> {
    let names = [
        None,
        Some("Meter 1"),
        Some("meter 2"),
        Some("met_er"),
        Some("metXer"),
        Some("水表水表水"),
        Some("it's"),
    ];
    let versions = [None, Some("v1"), Some("V1"), Some("v1 ")];
    let statuses = ["ONLINE", "OFFLINE", "INACTIVE"];
    let mut out = Vec::new();
    for n in 0..60_usize {
        let pick = |list: &[Option<&'static str>], by: usize| list[n / by % list.len()];
        let device_id = format!("{}{n}", if n % 5 == 3 { "D" } else { "d" });
        let (name, fw, sw) = (pick(&names, 1), pick(&versions, 2), pick(&versions, 3));
        let gateway_id = if n % 4 == 0 { "d1" } else { device_id.as_str() };
        let node_type = if n % 4 == 0 { "ENDPOINT" } else { "GATEWAY" };
        let (product_id, node_id) = (["p1", "P1"][n % 2], format!("{}{n}", ["node", "NODE"][n / 2 % 2]));
        let (frozen, status, record_id) = (n % 7 == 0, statuses[n % 3], format!("{n:024x}"));
        let created_ms = 1_700_000_000_000 + n as i64;
        tx.execute(
            "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id, device_name,
               description, node_type, status, frozen, auth_type, secure_access, timeout_seconds, created_ms, fw_version, sw_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, ?9, ?10, ?11, 'SECRET', 1, 0, ?12, ?13, ?14)",
            args![project_id, &device_id, &record_id, app_id, product_id, &node_id, gateway_id, name, node_type, status,
                frozen, created_ms, fw, sw],
        )?;
        let (mut tags, mut groups) = (Vec::new(), Vec::new());
        for (key, value, every) in [("floor", Some("3"), 2), ("Floor", Some("cellar"), 3), ("room", None, 5)]
        {
            if n % every == 0 {
                let sql = "INSERT INTO tag (project_id, device_id, tag_key, tag_value, record_id) VALUES (?1, ?2, ?3, ?4, ?2)";
                tx.execute(sql, args![project_id, &device_id, key, value])?;
                tags.push((key.to_owned(), value.unwrap_or_default().to_owned()));
            }
        }
        for (group_id, every) in [("a1", 3), ("a2", 4)] {
            if n % every == 0 {
                let sql = "INSERT INTO group_member (project_id, group_id, device_id, record_id) VALUES (?1, ?2, ?3, ?4)";
                tx.execute(sql, args![project_id, group_id, &device_id, &record_id])?;
                groups.push(group_id.to_owned());
            }
        }
        let status = if frozen { "FROZEN" } else { status };
        let texts = [
            (Field::AppId, Some(app_id)),
            (Field::DeviceId, Some(&device_id)),
            (Field::GatewayId, Some(gateway_id)),
            (Field::ProductId, Some(product_id)),
            (Field::DeviceName, name),
            (Field::NodeId, Some(&node_id)),
            (Field::Status, Some(status)),
            (Field::NodeType, Some(node_type)),
            (Field::FwVersion, fw),
            (Field::SwVersion, sw),
            (Field::Marker, Some(&record_id)),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field, text?.to_owned()))).collect();
        out.push((device_id, Subject { texts, created_ms, tags, groups }));
    }
    out.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(out)
}

#[test]
fn a_rule_finds_in_the_store_what_it_admits() {
    drivers(&Limits::default(), |world| {
        let project_id = world.root.project_id.clone();
        let devices = world
            .store
            .db()
            .write_blocking(move |tx| {
                let app = "SELECT app_id FROM app";
                let app_id = tx.first(app, args![], |row| row.string(0))?.unwrap_or_default();
                devices(tx, &project_id, &app_id)
            })
            .unwrap();
        // The same rules each time.
        let state = std::cell::Cell::new(1_u64);
        let pick = |below: usize| {
            state.set(
                state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407),
            );
            (state.get() >> 33) as usize % below
        };
        let random = |_: usize| {
            let mut rule = String::from(CONDITIONS[pick(CONDITIONS.len())]);
            for _ in 0..pick(4) {
                rule += &format!(" {} {}", ["AND", "or"][pick(2)], CONDITIONS[pick(CONDITIONS.len())]);
            }
            rule
        };
        let alone = CONDITIONS.into_iter().map(String::from);
        for rule in alone.chain((0..100).map(random)).filter(|rule| rule.chars().count() <= 200) {
            let parsed = GroupRule::parse(&rule).unwrap_or_else(|error| panic!("{rule}: {error:?}"));
            let group_id = dynamic(world, "d", &rule);
            let admitted = devices.iter().filter(|(_, subject)| parsed.admits(subject));
            let admitted: Vec<_> = admitted.map(|(id, _)| id.clone()).collect();
            assert_eq!(resolved(world, None, &[&group_id], 7), admitted, "{rule}");
            let permit = world.permit(Action::GROUP_DEVICES_LIST);
            let page = wait(world.store.device_groups().devices(&permit, group_id.clone(), ALL)).unwrap();
            assert_eq!(page.count, admitted.len() as i64, "{rule}");
            // And a device is told of the groups whose rule it meets.
            let (id, subject) = &devices[pick(devices.len())];
            let permit = world.permit(Action::DEVICES_GROUPS_LIST);
            let told = wait(world.store.device_groups().of_device(&permit, id.clone())).unwrap();
            assert_eq!(told.iter().any(|group| group.group_id == group_id), parsed.admits(subject), "{rule}");
            delete(world, &group_id).unwrap();
        }
    });
}
