//! `unlade migrate-store`: the embedded database and the local objects of a data directory are copied to where the
//! settings say, the database to a server, the objects to a bucket, or both. The source stays as it is.
//!
//! ```text
//!   rows      table by table in key order; the target itself tells where a killed copy goes on
//!   objects   each read back from the bucket
//!   check     every row of both sides
//!   finish    the data directory is marked as moved, then the target lets servers in
//! ```

mod bar;
mod marker;
mod objects;
mod rows;

use std::{
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use db::{Db, DirLock};
use domain::{Clock, SystemClock};
use store::{
    contents::{Recorded, contents},
    transfer,
};
use types::time;

use crate::{
    backup, cli,
    config::{Config, Database},
    error::Error,
    keys,
};
pub(crate) use marker::refuse_moved;
use objects::Objects;
use rows::Rows;

/// Nobody else is at work, so a snapshot may last as long as the largest table does.
const SNAPSHOT_AGE_MAX: Duration = Duration::from_secs(24 * 3600);

const SAME_KEY: &str = "Every node needs this installation's master key: master.key of the data directory, or its \
                        content as UNLADE_MASTER_KEY.";

/// Copies, or only compares; answers what was done.
pub(crate) fn run(config: &Config, order: &cli::MigrateStore) -> Result<String, Error> {
    let data_dir = &config.data_dir;
    if !config.database.is_shared() && config.storage.bucket.is_none() {
        let why = "database.url, storage.bucket: neither is set, so there is nowhere to move to";
        return Err(Error::Setting(why.to_owned()));
    }
    if !keys::database_path(data_dir).exists() {
        return Err(Error::Refused(format!("there is no database in {}", data_dir.display())));
    }
    let _alone = DirLock::take_alone(data_dir)?;
    backup::refuse_unfinished(data_dir)?;
    keys::refuse_unfinished_rotation(data_dir)?;
    if !config.database.is_shared() {
        refuse_moved(data_dir)?;
    }
    let options = db::Options { snapshot_age_max: SNAPSHOT_AGE_MAX, ..db::Options::default() };
    let from = Db::open(&keys::database_path(data_dir), options)?;
    db::migrate(&from, store::MIGRATIONS, SystemClock.now_ms())?;
    let Some(instance_id) = transfer::instance_of(&from)? else {
        return Err(Error::Refused(format!(
            "{} was never served: there is nothing to move",
            data_dir.display()
        )));
    };
    let to = target(config)?;
    let transfer = Transfer { config, from, to, instance_id };
    say(&format!("{}: {}.", data_dir.display(), transfer.what()))?;
    if order.check { transfer.check() } else { transfer.copy() }
}

fn target(config: &Config) -> Result<Option<Db>, Error> {
    let Database::Server(server) = &config.database else { return Ok(None) };
    let server = db::Server { snapshots: 1, snapshot_age_max: SNAPSHOT_AGE_MAX, ..server.clone() };
    Ok(Some(Db::connect(&server)?))
}

struct Transfer<'c> {
    config: &'c Config,
    from: Db,
    to: Option<Db>,
    instance_id: String,
}

impl Transfer<'_> {
    fn what(&self) -> &'static str {
        match (&self.to, &self.config.storage.bucket) {
            (Some(_), Some(_)) => "the database goes to the server, the objects go to the bucket",
            (Some(_), None) => {
                "only the database goes to the server, the objects stay in this data directory"
            }
            _ => "only the objects go to the bucket, the database stays in this data directory",
        }
    }

    fn copy(&self) -> Result<String, Error> {
        let begun = Instant::now();
        let finished = self.rows().map(|rows| rows.copy(SystemClock.now_ms())).transpose()?.flatten();
        let objects = self.objects()?;
        let uploaded = objects.as_ref().map(|(objects, recorded)| objects.copy(recorded)).transpose()?;
        let mut told = match (finished, self.rows()) {
            (Some(when), _) => {
                format!("The database was moved before, {}; its rows are not touched", time::iso_ms(when))
            }
            (None, Some(rows)) => {
                let checked = rows.check()?;
                self.finish()?;
                format!("{checked} rows were moved, counts and checksums of every table are equal")
            }
            (None, None) => "The rows stay".to_owned(),
        };
        if let (Some(uploaded), Some((_, recorded))) = (uploaded, &objects) {
            let all = recorded.len();
            told += &format!("; {all} objects are in the bucket, {uploaded} of them new, each read back");
        }
        Ok(format!("{told}. It took {:.1} s.\n{SAME_KEY}", begun.elapsed().as_secs_f64()))
    }

    fn check(&self) -> Result<String, Error> {
        let mut told = match self.rows() {
            Some(rows) => format!("{} rows are equal on both sides", rows.check()?),
            None => "The rows stay".to_owned(),
        };
        if let Some((objects, recorded)) = self.objects()? {
            objects.check(&recorded)?;
            told += &format!("; {} objects are whole in the bucket", recorded.len());
        }
        Ok(told + ".")
    }

    fn rows(&self) -> Option<Rows<'_>> {
        let to = self.to.as_ref()?;
        Some(Rows { from: &self.from, to, instance_id: &self.instance_id })
    }

    /// The places of the objects, and those that the rows name, where these will be served from.
    fn objects(&self) -> Result<Option<(Objects<'_>, Vec<Recorded>)>, Error> {
        let Some(options) = self.config.storage.bucket.clone() else { return Ok(None) };
        let recorded = self.to.as_ref().unwrap_or(&self.from).read_blocking(contents)?.objects;
        let data_dir: &Path = &self.config.data_dir;
        Ok(Some((Objects::open(data_dir, options, &self.instance_id)?, recorded)))
    }

    /// The mark comes first: killed between the two, nobody serves either, and the next run finishes.
    fn finish(&self) -> Result<(), Error> {
        let Some(to) = &self.to else { return Ok(()) };
        let now_ms = SystemClock.now_ms();
        marker::leave(&self.config.data_dir, &time::iso_ms(now_ms))?;
        Ok(transfer::finish(to, &self.instance_id, now_ms)?)
    }
}

/// A word meanwhile, on standard error; the last one goes to standard output.
fn say(text: &str) -> Result<(), Error> {
    writeln!(std::io::stderr(), "{text}").map_err(Error::system("say what is done"))
}
