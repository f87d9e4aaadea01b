//! An export task as its worker sees it: what was ordered, how far it is, and its end. A file counts from the
//! unit of work that names it on.

use std::result::Result as StdResult;

use db::{Tx, args};
use types::Language;

use super::enter_gate;
use crate::{
    Context, Error, Store, garbage,
    jobs::{self, Claim},
};

/// An export task as its worker sees it.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub export_task_id: String,
    /// The project.
    pub project_id: String,
    /// The Source's name.
    pub resource_type: String,
    /// Canonical JSON of the condition.
    pub resource_condition: String,
    /// The Format's name.
    pub export_format: String,
    /// The app of scope APP.
    pub only_app: Option<String>,
    /// The language of the file's headers.
    pub language: Language,
    /// What the file is called.
    pub name: String,
}

/// What a worker has made, to be published.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it lies.
    pub object_key: String,
    /// Its length.
    pub bytes: i64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its rows.
    pub rows: i64,
}

impl Store {
    /// What a claimed export job is about; `None` if its task was deleted meanwhile.
    pub fn export_order(&self, claim: &Claim) -> StdResult<Option<Order>, Error> {
        self.db.read_blocking(|tx| {
            Ok(tx.first(
                "SELECT export_task_id, project_id, resource_type, resource_condition, export_format, app_type, app_id,
                   language, name FROM export_task WHERE project_id = ?1 AND export_task_id = ?2",
                args![&claim.project_id, &claim.job_id],
                |row| {
                    let only_app = if row.text(5)? == "APP" { row.opt_string(6)? } else { None };
                    Ok(Order {
                        export_task_id: row.string(0)?,
                        project_id: row.string(1)?,
                        resource_type: row.string(2)?,
                        resource_condition: row.string(3)?,
                        export_format: row.string(4)?,
                        only_app,
                        language: Language::from_tag(row.text(7)?),
                        name: row.string(8)?,
                    })
                },
            )?)
        })
    }

    /// Renews the claim of an export and shows how far it is. Neither figure goes back when a new attempt
    /// starts at the first row again, and 100 is for Success alone.
    pub fn export_heartbeat(
        &self,
        claim: &Claim,
        lease_until_ms: i64,
        rows: i64,
        total: i64,
    ) -> StdResult<(), Error> {
        let claim = claim.clone();
        let percent = (1 + 98 * rows / total.max(1)).clamp(1, 99);
        self.db.write_blocking(move |tx| {
            jobs::hold(tx, &claim, lease_until_ms)?;
            tx.execute(
                "UPDATE export_task SET export_count = CASE WHEN export_count < ?3 THEN ?3 ELSE export_count END,
                   progress = CASE WHEN progress < ?4 THEN ?4 ELSE progress END
                 WHERE project_id = ?1 AND export_task_id = ?2 AND status = 'Processing'",
                args![&claim.project_id, &claim.job_id, rows, percent],
            )?;
            Ok(())
        })
    }

    /// Publishes what an attempt has made and ends its task: one unit of work, void without the claim.
    pub fn export_publish(&self, claim: &Claim, made: Made) -> StdResult<(), Error> {
        let (claim, context) = (claim.clone(), self.context.clone());
        self.db.write_blocking(move |tx| {
            enter_gate(tx, &claim.project_id, &claim.job_id)?;
            jobs::settle(tx, &claim)?;
            publish(tx, &context, &claim, &made)
        })
    }

    /// Ends an export task without a result. The condition's older file stays.
    pub fn export_fail(&self, claim: &Claim, reason: String) -> StdResult<(), Error> {
        let (claim, now) = (claim.clone(), self.now_ms());
        self.db.write_blocking(move |tx| {
            jobs::settle(tx, &claim)?;
            tx.execute(
                "UPDATE export_task SET status = 'Failed', failure = ?3, ended_ms = ?4
                  WHERE project_id = ?1 AND export_task_id = ?2 AND status = 'Processing'",
                args![&claim.project_id, &claim.job_id, &reason, now],
            )?;
            Ok(())
        })
    }
}

fn publish(tx: &mut dyn Tx, context: &Context, claim: &Claim, made: &Made) -> StdResult<(), Error> {
    let now = context.clock.now_ms();
    let key = tx
        .first(
            "UPDATE export_task SET status = 'Success', export_count = ?3, progress = 100, ended_ms = ?4
              WHERE project_id = ?1 AND export_task_id = ?2 AND status = 'Processing' RETURNING condition_key",
            args![&claim.project_id, &claim.job_id, made.rows, now],
            |row| row.string(0),
        )?
        .ok_or(Error::LostClaim)?;
    let current = tx.first(
        "SELECT made_by, object_key FROM export_result WHERE condition_key = ?1",
        args![&key],
        |row| Ok((row.string(0)?, row.string(1)?)),
    )?;
    match current {
        // An older task that ends late succeeds too, but the newer file stays.
        Some((made_by, _)) if made_by > claim.job_id => return garbage::doom(tx, &made.object_key, now),
        Some((_, replaced)) => garbage::doom(tx, &replaced, now)?,
        None => {}
    }
    tx.execute(
        "INSERT INTO export_result (condition_key, made_by, object_key, bytes, sha256) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (condition_key) DO UPDATE SET made_by = excluded.made_by, object_key = excluded.object_key,
           bytes = excluded.bytes, sha256 = excluded.sha256",
        args![&key, &claim.job_id, &made.object_key, made.bytes, &made.sha256],
    )?;
    Ok(())
}
