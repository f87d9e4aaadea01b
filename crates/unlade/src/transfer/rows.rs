//! The database's part: table by table, and then both sides read again from the first row to the last.

use db::Db;
use store::transfer::{self, Digest, Found, Side, TABLES, Table};

use super::bar::Bar;
use crate::error::Error;

/// The two databases, and whose they are.
pub(super) struct Rows<'d> {
    pub(super) from: &'d Db,
    pub(super) to: &'d Db,
    pub(super) instance_id: &'d str,
}

impl Rows<'_> {
    /// Takes the target and copies what it does not have. Answers when it was finished, if it was before.
    pub(super) fn copy(&self, now_ms: i64) -> Result<Option<i64>, Error> {
        db::migrate(self.to, store::MIGRATIONS, now_ms)?;
        match transfer::begin(self.to, self.instance_id, now_ms)? {
            Found::Finished(when) => return Ok(Some(when)),
            Found::Other(what) => return Err(foreign(&what)),
            Found::Unfinished => super::say("An unfinished copy is there: going on with it.")?,
            Found::Empty => {}
        }
        for table in TABLES {
            self.copy_table(table).map_err(in_table(table))?;
        }
        Ok(None)
    }

    fn copy_table(&self, table: &'static Table) -> Result<(), store::Error> {
        let (total, before) = (transfer::count(self.from, table)?, transfer::count(self.to, table)?);
        let mut bar = Bar::new(format!("copy {}", table.name), "rows", before, total);
        transfer::copy(self.from, self.to, table, &mut |rows| bar.add(rows))
    }

    /// Compares both sides; answers how many rows they have, or which tables differ.
    pub(super) fn check(&self) -> Result<u64, Error> {
        match transfer::look(self.to, self.instance_id) {
            Ok(Found::Other(what)) => return Err(foreign(&what)),
            Ok(Found::Empty) => return Err(Error::Refused("nothing was copied to the target yet".into())),
            Err(error) => return Err(Error::Refused(format!("the target cannot be compared: {error}"))),
            Ok(Found::Unfinished | Found::Finished(_)) => {}
        }
        let (mut rows, mut differences) = (0, Vec::new());
        for table in TABLES {
            let (here, there) = self.digests(table).map_err(in_table(table))?;
            if here == there {
                rows += here.rows;
            } else {
                differences.push(format!("{}: {here} at the source, {there} at the target", table.name));
            }
        }
        if differences.is_empty() {
            return Ok(rows);
        }
        Err(Error::Refused(format!(
            "the target differs from the source:\n{}\nIf either was served meanwhile, that is why; to copy anew, empty the \
             target database",
            differences.join("\n")
        )))
    }

    /// Both sides at the same time: each waits for its own disk.
    fn digests(&self, table: &Table) -> Result<(Digest, Digest), store::Error> {
        let total = transfer::count(self.to, table)?;
        std::thread::scope(|scope| {
            let here = scope.spawn(|| transfer::digest(self.from, Side::Source, table, &mut |_| {}));
            let mut bar = Bar::new(format!("check {}", table.name), "rows", 0, total);
            let there = transfer::digest(self.to, Side::Target, table, &mut |rows| bar.add(rows));
            let here = here.join().unwrap_or(Err(db::Error::Gone.into()));
            Ok((here?, there?))
        })
    }
}

fn foreign(what: &str) -> Error {
    Error::Refused(format!("the target database holds {what}: give an empty one"))
}

fn in_table(table: &Table) -> impl FnOnce(store::Error) -> Error {
    let name = table.name;
    move |error| {
        Error::Refused(format!("{name}: {error}. What is copied stays: run the command again to go on"))
    }
}
