//! One connection: its settings, and the `Tx` and `Row` over it.

use std::{path::Path, time::Duration};

use rusqlite::{CachedStatement, Connection, OpenFlags, config::DbConfig, params_from_iter, types::ValueRef};

use crate::{Error, Flow, Row, Tx, Value};

/// How long a statement waits for another process.
const BUSY_MAX: Duration = Duration::from_secs(10);
/// How often it looks whether it still must.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Statements kept prepared a connection; the business has fewer.
const STATEMENTS_MAX: usize = 256;

/// A connection that may write. `synchronous=FULL`: what was answered survives a power cut.
pub(super) fn open_writer(path: &Path) -> Result<Connection, Error> {
    let mut connection = Connection::open(path)?;
    settle(&mut connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -32768;",
    )?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    settle(&mut connection)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -4096;")?;
    Ok(connection)
}

fn settle(connection: &mut Connection) -> Result<(), Error> {
    connection.busy_handler(Some(wait))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Once there are statistics, a statement that they bear on would be planned anew for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
    Ok(())
}

/// Waits a moment for another process, unless it has waited for too long. SQLite's own waiting comes to look ten times a
/// second only, and a server at work lets the log go for a fraction of a millisecond: a command would find it taken each time.
#[expect(clippy::disallowed_methods, reason = "it is over in a moment")]
pub(super) fn wait(times: i32) -> bool {
    let goes_on = LOOK_EVERY.saturating_mul(times.unsigned_abs()) < BUSY_MAX;
    if goes_on {
        std::thread::sleep(LOOK_EVERY);
    }
    goes_on
}

/// An open transaction of a connection.
pub(super) struct SqliteTx<'c>(pub(super) &'c Connection);

impl SqliteTx<'_> {
    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        Ok(self.0.prepare_cached(sql)?)
    }
}

impl Tx for SqliteTx<'_> {
    fn execute(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64, Error> {
        Ok(self.prepare(sql)?.execute(params_from_iter(args))? as u64)
    }

    fn query(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow, Error>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            if each(row)? == Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<(), Error> {
        Ok(self.0.execute_batch(&sql.replace("{clustered}", "WITHOUT ROWID"))?)
    }

    fn insert_many(&mut self, table: &str, columns: &[&str], values: &[Value<'_>]) -> Result<u64, Error> {
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        Ok(self.execute_many(&sql, columns.len(), values)?.iter().sum())
    }

    fn execute_many(&mut self, sql: &str, width: usize, values: &[Value<'_>]) -> Result<Vec<u64>, Error> {
        let mut statement = self.prepare(sql)?;
        values.chunks(width).map(|args| Ok(statement.execute(params_from_iter(args))? as u64)).collect()
    }

    fn query_many(
        &mut self,
        sql: &str,
        width: usize,
        values: &[Value<'_>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql)?;
        for (at, args) in values.chunks(width).enumerate() {
            let mut rows = statement.query(params_from_iter(args))?;
            while let Some(row) = rows.next()? {
                each(at, row)?;
            }
        }
        Ok(())
    }
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, column: usize) -> Result<Value<'_>, Error> {
        Ok(match self.get_ref(column)? {
            ValueRef::Null => Value::Null(None),
            ValueRef::Integer(int) => Value::Int(int),
            ValueRef::Text(text) => {
                Value::Text(std::str::from_utf8(text).map_err(|_| Error::Type(column, "UTF-8 TEXT"))?)
            }
            ValueRef::Blob(blob) => Value::Blob(blob),
            ValueRef::Real(_) => return Err(Error::Type(column, "portable value")),
        })
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn with_statistics_a_statement_is_still_prepared_once() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open_writer(&dir.path().join("unlade.db")).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE pair (k TEXT, v BIGINT);
                 CREATE INDEX pair_k ON pair (k, v);
                 WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 5000)
                   INSERT INTO pair SELECT 'k' || (v % 7), v FROM n;
                 ANALYZE;",
            )
            .unwrap();
        drop(connection);
        let connection = open_reader(&dir.path().join("unlade.db")).unwrap();
        let mut statement = connection.prepare("SELECT COUNT(*) FROM pair WHERE k = ?1 AND v < ?2").unwrap();
        for v in 0..10 {
            statement.query_row(("k1", v), |row| row.get::<_, i64>(0)).unwrap();
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
