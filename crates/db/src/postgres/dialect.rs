//! Where PostgreSQL's words differ from the portable ones.

use std::{fmt::Write, time::Duration};

use super::server::Profile;

/// A hint in the SQL, which is a comment to whoever cannot follow it.
const SKIP_LOCKED: &str = "/* skip locked */";
/// How long a unit of work may be silent. A process that is stopped in the middle of one holds its locks for so long.
const IDLE_MAX: Duration = Duration::from_secs(15);
/// How long a unit of work waits for a lock before it is run anew.
const LOCK_MAX: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
pub(super) struct Dialect(pub(super) Profile);

impl Dialect {
    /// A statement with the server's placeholders and hints.
    pub(super) fn statement(self, sql: &str) -> String {
        let numbered = |rest: &str| rest.starts_with(|next: char| next.is_ascii_digit());
        let mut out = String::with_capacity(sql.len());
        for (at, character) in sql.char_indices() {
            let is_place = character == '?' && numbered(&sql[at + 1..]);
            out.push(if is_place { '$' } else { character });
        }
        if self.0.skips_locked() { out.replace(SKIP_LOCKED, "FOR UPDATE SKIP LOCKED") } else { out }
    }

    /// The text of a migration.
    pub(super) fn script(self, sql: &str) -> String {
        let text = if self.0.collates() { " TEXT COLLATE \"C\"" } else { " TEXT" };
        sql.replace("{clustered}", "").replace(" TEXT", text).replace(" BLOB", " BYTEA")
    }

    pub(super) fn begin_unit(self) -> String {
        let isolation = if self.0.is_serializable() { "SERIALIZABLE" } else { "READ COMMITTED" };
        let mut begin = format!("BEGIN ISOLATION LEVEL {isolation} READ WRITE");
        limit(&mut begin, IDLE_MAX);
        begin
    }

    /// The beginning of a read that is over in a moment.
    pub(super) fn begin_read(self, idle_max: Duration) -> String {
        let isolation = if self.0.is_serializable() { "SERIALIZABLE" } else { "REPEATABLE READ" };
        let mut begin = format!("BEGIN ISOLATION LEVEL {isolation} READ ONLY");
        limit(&mut begin, idle_max);
        begin
    }

    /// The beginning of a read that lasts. Its rows come in the order of a key: a server that does not know that they
    /// already lie so reads the whole table side by side, and sorts what it wants of it on its disk, before the first row.
    pub(super) fn begin_snapshot(self, idle_max: Duration) -> String {
        let mut begin = self.begin_read(idle_max);
        if self.0.is_told_how_to_plan() {
            begin.push_str("; SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0");
        }
        begin
    }
}

/// A transaction ends when its client is silent for too long, or waits for too long.
fn limit(begin: &mut String, idle_max: Duration) {
    // Writing to a String cannot fail.
    let _ = write!(
        begin,
        "; SET LOCAL idle_in_transaction_session_timeout = {}; SET LOCAL lock_timeout = {}",
        idle_max.as_millis(),
        LOCK_MAX.as_millis()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_hints_and_types_are_the_servers() {
        let claim =
            "SELECT job_id FROM job WHERE kind = ?1 AND lease_until_ms < ?12 LIMIT 1 /* skip locked */";
        let (postgres, cockroach) = (Dialect(Profile::Postgres), Dialect(Profile::Cockroachdb));
        assert_eq!(
            postgres.statement(claim),
            "SELECT job_id FROM job WHERE kind = $1 AND lease_until_ms < $12 LIMIT 1 FOR UPDATE SKIP LOCKED"
        );
        assert_eq!(postgres.statement("SELECT '?' WHERE a = ?2"), "SELECT '?' WHERE a = $2");
        assert!(cockroach.statement(claim).ends_with("LIMIT 1 /* skip locked */"));
        let table = "CREATE TABLE t (a TEXT NOT NULL, b BLOB, c BIGINT) {clustered};";
        assert_eq!(
            postgres.script(table),
            "CREATE TABLE t (a TEXT COLLATE \"C\" NOT NULL, b BYTEA, c BIGINT) ;"
        );
        assert_eq!(cockroach.script(table), "CREATE TABLE t (a TEXT NOT NULL, b BYTEA, c BIGINT) ;");
    }
}
