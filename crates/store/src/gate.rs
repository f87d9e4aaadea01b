//! Serialises the checks of one owner's limits. SQLite has one writer anyway; on a server that runs
//! transactions side by side, touching the owner's row first makes the second check wait for the first.

use db::{Tx, args};

use crate::Error;

/// Waits for `owner`'s turn until this unit of work ends.
pub(crate) fn enter(tx: &mut dyn Tx, owner: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO gate (owner, turn) VALUES (?1, 1) ON CONFLICT (owner) DO UPDATE SET turn = gate.turn + 1",
        args![owner],
    )?;
    Ok(())
}
