//! Nodes of two versions over one database, while one replaces the other.

use db::{Migration, migrate};
use domain::Limits;
use unlade_store::{Context, MIGRATIONS, MasterKey, Store, Vault};

use crate::{World, drivers, store};

/// What a later version's history looks like: ours, and one step more, beside which programs may go on that know
/// `beside`.
fn later(beside: i64) -> &'static [Migration] {
    let version = newest() + 1;
    let sql =
        "CREATE TABLE later (k TEXT PRIMARY KEY) {clustered}; ALTER TABLE export_task ADD COLUMN later TEXT";
    let next = Migration { version, name: "later", sql, beside };
    Vec::leak([MIGRATIONS, &[next]].concat())
}

fn newest() -> i64 {
    MIGRATIONS.last().unwrap().version
}

/// A program of this version that starts.
fn start(world: &World) -> Result<Store, store::Error> {
    let vault = Vault::new(MasterKey::from_hex(&"7".repeat(64)).unwrap(), Vec::new());
    let context =
        Context::new(world.clock.clone(), std::sync::Arc::new(domain::SystemRng), Limits::default(), vault);
    Store::open(world.store.db().clone(), context)
}

/// Makes a batch task and an export of it, and a file for that.
fn work(world: &World, name: &str) {
    let task_id = world.batch_task(name, &["a", "b"]);
    world.finish_batch();
    let export_id = world.export(&task_id).unwrap();
    let claim = world.claim(store::export_tasks::JOB).unwrap();
    assert_eq!(claim.job_id, export_id);
    world.publish(&claim, name).unwrap();
}

#[test]
fn old_programs_go_on_and_start_again_beside_a_schema_that_lets_them() {
    drivers(&Limits::default(), |world| {
        work(world, "before");
        migrate(world.store.db(), later(newest()), 1).unwrap();
        work(world, "beside");
        start(world).unwrap();
        work(&world.another_node(0), "started beside");
        // And the new ones once more.
        migrate(world.store.db(), later(newest()), 2).unwrap();
    });
}

#[test]
fn old_programs_are_refused_in_words_by_a_schema_that_they_would_harm() {
    drivers(&Limits::default(), |world| {
        migrate(world.store.db(), later(newest() + 1), 1).unwrap();
        let refused = start(world).err().unwrap().to_string();
        let (found, known) = (newest() + 1, newest());
        let said =
            format!("the database has schema {found}, this program knows {known}: use a newer program");
        assert!(refused.contains(&said), "{refused}");
    });
}
