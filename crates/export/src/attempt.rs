//! One attempt at an export task: claim, snapshot, rows, encode, zip, publish, settle.
//!
//! There is no state to resume from: an attempt that ends in the middle leaves a staged file that nobody looks
//! for, and the next one starts at the first row with a new epoch. What it publishes carries the epoch in its
//! key and counts only if the claim still holds when the database row is written.

#[cfg(test)]
mod tests;

use blob::{Blobs, Staged};
use db::Tx;
use jobs::{Job, Lease, Stop};
use store::{
    Store, export_tasks,
    export_tasks::{Made, Order},
    jobs::Claim,
};

use crate::{
    FORMATS, Format, SOURCES, Source,
    archive::Archive,
    complete,
    encode::{self, Layout},
    format,
    manifest::manifest,
    pour::pour,
    source,
    source::Selection,
};

/// The executor of export tasks.
pub struct Exports {
    store: Store,
    blobs: Blobs,
}

/// What an attempt has come to, before it counts.
#[derive(Debug)]
pub enum Outcome {
    /// An object that no row names yet.
    Made(Made),
    /// No file, for good, and why.
    Failed(String),
}

/// Why an attempt made no file.
#[derive(Debug)]
pub(crate) enum Ended {
    /// For now.
    Stopped(Stop),
    /// For good: the task fails with this reason.
    Failed(String),
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        Ended::Stopped(stop)
    }
}

impl From<store::Error> for Ended {
    fn from(error: store::Error) -> Self {
        Ended::Stopped(error.into())
    }
}

impl From<db::Error> for Ended {
    fn from(error: db::Error) -> Self {
        store::Error::from(error).into()
    }
}

impl From<encode::Error> for Ended {
    fn from(error: encode::Error) -> Self {
        match error {
            full if full.is_full() => Ended::Stopped(Stop::NoSpace(full.to_string())),
            limit if limit.is_final() => Ended::Failed(limit.to_string()),
            other => retry(other),
        }
    }
}

impl From<blob::Error> for Ended {
    fn from(error: blob::Error) -> Self {
        Ended::Stopped(error.into())
    }
}

pub(crate) fn retry(error: impl std::fmt::Display) -> Ended {
    Ended::Stopped(Stop::Retry(error.to_string()))
}

impl Job for Exports {
    const KIND: &'static str = export_tasks::JOB;

    fn execute(&self, lease: &Lease) -> Result<(), Stop> {
        let outcome = self.attempt(lease)?;
        self.settle(&lease.claim, outcome)
    }

    fn beat(&self, lease: &Lease, lease_until_ms: i64) -> Result<(), store::Error> {
        let (rows, total) = lease.far();
        self.store.export_heartbeat(&lease.claim, lease_until_ms, rows, total)
    }

    fn give_up(&self, claim: &Claim, reason: String) -> Result<(), store::Error> {
        self.store.export_fail(claim, reason)
    }

    fn hindrance(&self) -> Option<String> {
        self.blobs.hindrance()
    }
}

impl Exports {
    /// An executor over its parts.
    pub fn new(store: Store, blobs: Blobs) -> Self {
        Self { store, blobs }
    }

    /// Makes the file and lays it down, where nobody sees it until [`Exports::settle`].
    pub fn attempt(&self, lease: &Lease) -> Result<Outcome, Stop> {
        let Some(order) = self.store.export_order(&lease.claim)? else { return Err(Stop::Lost) };
        match self.write(&order, lease) {
            Ok((staged, rows)) => Ok(Outcome::Made(self.lay_down(lease, staged, rows)?)),
            Err(Ended::Failed(reason)) => Ok(Outcome::Failed(reason)),
            Err(Ended::Stopped(stop)) => Err(stop),
        }
    }

    /// Makes an outcome count, if the claim still holds; if it was lost meanwhile, the object is nobody's and
    /// goes.
    pub fn settle(&self, claim: &Claim, outcome: Outcome) -> Result<(), Stop> {
        match outcome {
            Outcome::Made(made) => {
                let (rows, bytes) = (made.rows.unsigned_abs(), made.bytes.unsigned_abs());
                self.store.export_publish(claim, made)?;
                meter::EXPORT_ROWS.add([], rows);
                meter::EXPORT_BYTES.add([], bytes);
            }
            Outcome::Failed(reason) => self.store.export_fail(claim, reason)?,
        }
        Ok(())
    }

    /// Writes the file out of one snapshot; answers it with its number of rows.
    fn write(&self, order: &Order, lease: &Lease) -> Result<(Staged, i64), Ended> {
        let source = source(&order.resource_type).ok_or_else(|| unknown("resource_type", SOURCES.len()))?;
        let format = format(&order.export_format).ok_or_else(|| unknown("export_format", FORMATS.len()))?;
        let file = File { source, format, order, blobs: &self.blobs };
        self.store.db().snapshot_blocking(|snapshot| file.write(snapshot, lease))
    }

    /// Makes the file an object under the claim's own key: an attempt that was overtaken overwrites nothing.
    fn lay_down(&self, lease: &Lease, mut staged: Staged, rows: i64) -> Result<Made, Stop> {
        let Claim { job_id, epoch, .. } = &lease.claim;
        let object_key = format!("exports/{job_id}/{epoch}.zip");
        let (bytes, sha256) = staged.digest()?;
        lease.check()?;
        self.blobs.publish_while(staged, &object_key, &|| lease.check())?;
        // Who slept over that may find the object swept. Who is only asked to end may as well settle.
        if let Err(lost @ Stop::Lost) = lease.check() {
            return Err(lost);
        }
        Ok(Made { object_key, bytes: bytes as i64, sha256, rows })
    }
}

/// What is to be written, and where.
struct File<'f> {
    source: &'f dyn Source,
    format: &'f dyn Format,
    order: &'f Order,
    blobs: &'f Blobs,
}

impl File<'_> {
    /// The sentence of this module from rows to zip. What is not answered leaves nothing on the disk.
    fn write(&self, snapshot: &mut dyn Tx, lease: &Lease) -> Result<(Staged, i64), Ended> {
        let Self { source, format, order, blobs } = self;
        let selection = Selection {
            project_id: &order.project_id,
            condition: &order.resource_condition,
            only_app: order.only_app.as_deref(),
        };
        let subject = source.subject(snapshot, selection)?.ok_or_else(gone)?;
        let archive = Archive::new(blobs.stage()?, subject.changed_ms);
        let layout = Layout { name: order.name.clone(), language: order.language, columns: source.columns() };
        let scratch = || blobs.scratch().map_err(std::io::Error::from);
        let mut encoder = format.encoder(layout, archive, &scratch)?;
        let look = &mut |rows| {
            lease.progress(rows, subject.rows);
            lease.check()
        };
        let tally = pour(*source, snapshot, selection, &mut *encoder, look)?;
        let report = tally.report(&subject);
        complete::rows(&subject, &report)?;
        let encoded = encoder.finish(&report)?;
        complete::file(&report, &encoded.parts)?;
        let mut archive = encoded.archive;
        archive
            .add("manifest.json", &manifest(&report, &encoded.parts, encoded.altered))
            .map_err(encode::Error::from)?;
        Ok((archive.finish().map_err(encode::Error::from)?, report.rows))
    }
}

fn gone() -> Ended {
    Ended::Failed("the resource to be exported no longer exists".to_owned())
}

fn unknown(field: &str, known: usize) -> Ended {
    Ended::Failed(format!("this program does not know the task's {field} (it knows {known})"))
}
