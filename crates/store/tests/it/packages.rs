//! Products and OTA packages: what holds what, and files that are uploaded.

use std::thread;

use crate::{
    Code, World, code, drivers,
    registry::{add, order, product},
    store::{
        Error,
        ota_packages::{PackageFilter, Uploaded},
    },
    wait,
};
use db::args;
use domain::{Action, Limits};
use types::{
    RecordId,
    ota_package::{NewOtaPackage, OtaPackage},
    page::PageOrder,
    product::UpdateProduct,
};

fn default_app(world: &World) -> String {
    let apps = wait(world.store.apps().list(&world.permit(Action::APPS_LIST), Some(true))).unwrap();
    apps[0].app_id.clone()
}

fn make(world: &World, product_id: &str) -> Result<OtaPackage, Error> {
    let order = NewOtaPackage {
        app_id: default_app(world),
        package_type: "firmwarePackage".into(),
        product_id: product_id.into(),
        module_name: None,
        version: "1.0".into(),
        support_source_versions: vec!["0.9".into()],
        description: None,
        custom_info: None,
        file_location: serde_json::json!({ "upload": { "file_name": "f.bin" } }),
    };
    wait(world.store.ota_packages().create(&world.permit(Action::OTAPACKAGES_CREATE), order))
}

fn upload(world: &World, package_id: &str, object_key: &str) -> Result<OtaPackage, Error> {
    let file = Uploaded { object_key: object_key.into(), bytes: 3, sha256: "0".repeat(64) };
    let permit = world.permit(Action::OTAPACKAGES_CREATE);
    wait(world.store.ota_packages().upload(&permit, package_id.into(), file))
}

fn delete(world: &World, package_id: &str) -> Result<(), Error> {
    let permit = world.permit(Action::OTAPACKAGES_DELETE);
    wait(world.store.ota_packages().delete(&permit, package_id.into()))
}

fn delete_product(world: &World, product_id: &str) -> Result<(), Error> {
    wait(world.store.products().delete(&world.permit(Action::PRODUCTS_DELETE), None, product_id.into()))
}

#[test]
fn a_product_stays_as_long_as_anything_is_made_of_it() {
    drivers(&Limits::default(), |world| {
        let product_id = product(world);
        let package = make(world, &product_id).unwrap();
        assert_eq!(code(delete_product(world, &product_id)), Code::ProductInUse);
        delete(world, &package.package_id).unwrap();
        let device_id = add(world, order(&product_id, "n")).unwrap();
        assert_eq!(code(delete_product(world, &product_id)), Code::ProductInUse);
        let permit = world.permit(Action::PRODUCTS_MODIFY);
        let update = |protocol: &str| {
            let order = UpdateProduct { protocol_type: Some(protocol.into()), ..UpdateProduct::default() };
            wait(world.store.products().update(&permit, None, product_id.clone(), order))
        };
        assert_eq!(code(update("HTTP")), Code::ProtocolFixed);
        wait(world.store.devices().delete(&world.permit(Action::DEVICES_DELETE), device_id)).unwrap();
        assert_eq!(update("HTTP").unwrap().protocol_type, "HTTP");
        assert_eq!(code(update("CoAP")), Code::ProtocolFixed);
        delete_product(world, &product_id).unwrap();
        assert_eq!(code(delete_product(world, &product_id)), Code::ProductMissing);
        assert_eq!(code(make(world, &product_id)), Code::ProductMissing);
    });
}

#[test]
fn no_device_is_made_of_a_product_that_goes_meanwhile() {
    drivers(&Limits::default(), |world| {
        for round in 0..5 {
            let product_id = product(world);
            thread::scope(|scope| {
                for node in 0..3 {
                    let id = &product_id;
                    scope.spawn(move || {
                        let added = add(world, order(id, &format!("{round}-{node}")));
                        assert!(added.is_ok() || code(added) == Code::ProductMissing);
                    });
                }
                scope.spawn(|| {
                    let deleted = delete_product(world, &product_id);
                    assert!(deleted.is_ok() || code(deleted) == Code::ProductInUse);
                });
            });
        }
        let orphans = "SELECT COUNT(*) FROM device d WHERE NOT EXISTS (SELECT 1 FROM product p
            WHERE p.project_id = d.project_id AND p.product_id = d.product_id)";
        let unequal = "SELECT COUNT(*) FROM project WHERE devices <> (SELECT COUNT(*) FROM device)";
        for wrong in [orphans, unequal] {
            assert_eq!(world.store.db().read_blocking(|tx| tx.count(wrong, args![])), Ok(0));
        }
    });
}

#[test]
fn a_file_is_uploaded_once_is_recorded_and_goes_with_its_package() {
    drivers(&Limits { ota_packages: 2, ..Limits::default() }, |world| {
        let product_id = product(world);
        let (package, kept) = (make(world, &product_id).unwrap(), make(world, &product_id).unwrap());
        assert_eq!(code(make(world, &product_id)), Code::PackageQuota);
        let id = &package.package_id;
        let kept_one: Vec<bool> = thread::scope(|scope| {
            let tries =
                ["packages/a", "packages/b"].map(|key| scope.spawn(move || upload(world, id, key).is_ok()));
            tries.map(|one| one.join().unwrap()).to_vec()
        });
        assert_eq!(kept_one.iter().filter(|kept| **kept).count(), 1);
        assert_eq!(code(upload(world, id, "packages/c")), Code::PackageInvalid);
        let object_key = if kept_one[0] { "packages/a" } else { "packages/b" };
        assert!(world.store.object_may_count(object_key).unwrap());
        assert!(!world.store.object_may_count("packages/c").unwrap());
        let objects = world.store.db().read_blocking(unlade_store::contents::contents).unwrap().objects;
        assert_eq!(objects.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), [object_key]);
        let page = PageOrder { limit: 1, marker: RecordId::MAX, offset: 0 };
        let permit = world.permit(Action::OTAPACKAGES_LIST);
        let listed = wait(world.store.ota_packages().list(&permit, PackageFilter::default(), page)).unwrap();
        assert_eq!((listed.count, &listed.records[0].package_id), (2, &kept.package_id));
        delete(world, id).unwrap();
        assert_eq!(code(delete(world, id)), Code::PackageMissing);
        assert_eq!(code(upload(world, id, "packages/d")), Code::PackageMissing);
        assert_eq!(world.store.garbage().unwrap(), [object_key]);
    });
}
