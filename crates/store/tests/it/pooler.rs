//! By way of a pooler that gives each transaction another of few connections, where `UNLADE_TEST_POOLER` names one
//! before the server of `UNLADE_TEST_POSTGRES`, as `cargo xtask test` does: pgbouncer in transaction mode.

use db::{Db, Server, args};
use domain::Limits;

use crate::{World, own_name, world};

/// More than the pooler has connections to the server.
const CLIENTS: i64 = 8;
/// What a transaction would leave on its connection for the next one, which may be somebody else's.
const LEFT: &str = "SELECT (SELECT count(*) FROM pg_prepared_statements)
    + (SELECT count(*) FROM pg_listening_channels())
    + (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
    + (SELECT count(*) FROM pg_cursors WHERE is_holdable)
    + (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND pg_table_is_visible(oid))";

/// A schema of its own by way of the pooler, if there is one.
pub(crate) fn pooled(limits: &Limits) -> Option<World> {
    Some(world(limits, Db::connect(&place()?).unwrap(), None))
}

/// The address cannot say which schema, for that is told to a connection: but a server looks first into the schema that
/// is called as its user is.
fn place() -> Option<Server> {
    let direct = std::env::var("UNLADE_TEST_POSTGRES").ok()?;
    let pooler = std::env::var("UNLADE_TEST_POOLER").ok()?;
    let name = own_name();
    let make = format!("CREATE ROLE {name} LOGIN; CREATE SCHEMA {name} AUTHORIZATION {name}");
    let server = Server { connections: 1, ..Server::at(&direct) };
    Db::connect(&server).unwrap().write_blocking(move |tx| tx.script(&make)).unwrap();
    let (_, address) = pooler.split_once('@').unwrap();
    Some(Server { prepared: false, ..Server::at(&format!("postgres://{name}@{address}")) })
}

#[test]
fn clients_of_a_pooler_are_more_than_the_server_sees() {
    let Some(server) = place() else { return };
    let clients: Vec<Db> = (0..CLIENTS).map(|_| Db::connect(&server).unwrap()).collect();
    let seen = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user";
    // Each keeps the connection that it asks by, so in the end all are there.
    for client in &clients {
        let seen = client.read_blocking(|tx| tx.count(seen, args![])).unwrap();
        assert!((1..CLIENTS).contains(&seen), "{seen} connections for {CLIENTS} clients");
    }
}

#[test]
fn nothing_is_left_on_a_connection_for_the_next_transaction() {
    let Some(world) = pooled(&Limits::default()) else { return };
    let task_id = world.batch_task("task", &["a", "b"]);
    world.finish_batch();
    world.export(&task_id).unwrap();
    let left = world.store.db().read_blocking(|tx| tx.count(LEFT, args![]));
    assert_eq!(left, Ok(0));
}
