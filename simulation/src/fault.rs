//! Faults that a node can be given, each as if one guard of the product were missing. A simulation that does not find
//! them finds nothing.

use clap::ValueEnum;
use db::{Db, args};
use store::{Error, export_tasks::Made, jobs, jobs::Claim};

/// What a node does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Publishes as if its epoch were the one that counts: `AND epoch = ?` forgotten.
    AnyEpoch,
    /// Drops what it replaced or deleted without writing down that it is garbage.
    GarbageForgotten,
    /// Sweeps what is not recorded though a worker may yet record it.
    SweepOfTheAwaited,
    /// Publishes in one unit of work and settles in the next.
    SettledLater,
    /// Claims whatever lease there is.
    ClaimOfTheLeased,
    /// Has the effects of a chunk in one unit of work, its records in the next.
    EffectsApart,
    /// Forgets when a user has last downloaded.
    DownloadForgotten,
    /// Counts no attempt.
    AttemptsUncounted,
    /// Shows the progress of the attempt, though an earlier one was further.
    ProgressOfTheAttempt,
    /// Lets the newest publication win, not the newest task.
    LastComesFirst,
}

/// The claim of whoever holds the job now.
pub(crate) fn forged(db: &Db, claim: &Claim) -> Result<Claim, Error> {
    let epoch = db.read_blocking(|tx| {
        tx.first("SELECT epoch FROM job WHERE job_id = ?1", args![&claim.job_id], |row| row.int(0))
    })?;
    Ok(Claim { epoch: epoch.unwrap_or(claim.epoch), ..claim.clone() })
}

pub(crate) fn forget(db: &Db, sql: &'static str) -> Result<(), Error> {
    db.write_blocking(move |tx| Ok(tx.execute(sql, args![]).map(|_| ())?))
}

/// Claims without looking at the lease.
pub(crate) fn claim(db: &Db, kind: &'static str, lease_until_ms: i64) -> Result<Option<Claim>, Error> {
    db.write_blocking(move |tx| {
        let sql = "UPDATE job SET epoch = epoch + 1, attempts = attempts + 1, lease_until_ms = ?2
            WHERE job_id = (SELECT job_id FROM job WHERE kind = ?1 AND attempts < 5 ORDER BY job_id LIMIT 1)
            RETURNING job_id, project_id, epoch, attempts";
        Ok(tx.first(sql, args![kind, lease_until_ms], |row| {
            let (job_id, project_id) = (row.string(0)?, row.string(1)?);
            Ok(Claim { job_id, project_id, epoch: row.int(2)?, attempt: row.int(3)? })
        })?)
    })
}

/// Publishes under a claim that it only renews, whatever newer task has published.
pub(crate) fn publish(db: &Db, claim: &Claim, made: &Made, settle: bool) -> Result<(), Error> {
    let (claim, made) = (claim.clone(), made.clone());
    db.write_blocking(move |tx| {
        if settle { jobs::settle(tx, &claim)? } else { jobs::hold(tx, &claim, i64::MAX / 2)? }
        let sql = "UPDATE export_task SET status = 'Success', progress = 100 WHERE export_task_id = ?1
            RETURNING condition_key";
        let key = tx.first(sql, args![&claim.job_id], |row| row.string(0))?.ok_or(Error::LostClaim)?;
        let replaced = "INSERT INTO object_garbage (object_key, doomed_ms)
            SELECT object_key, 0 FROM export_result WHERE condition_key = ?1";
        tx.execute(replaced, args![&key])?;
        tx.execute(
            "INSERT INTO export_result (condition_key, made_by, object_key, bytes, sha256) VALUES (?1, ?2, ?3, 1, 's')
             ON CONFLICT (condition_key) DO UPDATE SET made_by = excluded.made_by, object_key = excluded.object_key",
            args![&key, &claim.job_id, &made.object_key],
        )?;
        Ok(())
    })
}

/// Shows how far this attempt is.
pub(crate) fn beat(db: &Db, claim: &Claim, until_ms: i64, rows: i64) -> Result<(), Error> {
    let claim = claim.clone();
    db.write_blocking(move |tx| {
        jobs::hold(tx, &claim, until_ms)?;
        let sql = "UPDATE export_task SET export_count = ?2, progress = 1 + ?2 WHERE export_task_id = ?1";
        Ok(tx.execute(sql, args![&claim.job_id, rows]).map(|_| ())?)
    })
}
