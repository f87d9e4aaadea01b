//! The PostgreSQL server as the system sees it: what its processes have used.

use std::fs;

use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::Outcome;

/// A server that is ours alone.
pub(super) struct Postgres {
    pub(super) url: String,
    pid: i32,
}

impl Postgres {
    pub(super) fn at(url: &str, pid: i32) -> Self {
        Self { url: url.to_owned(), pid }
    }

    /// User and system time of all its processes, in the kernel's ticks of a hundredth; those that have ended are counted
    /// with the one that began them.
    pub(super) fn cpu_seconds(&self) -> Outcome<f64> {
        let mut ticks = ticks(self.pid, 4)?;
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid))?;
        for child in children.split_whitespace() {
            // It may be gone by now, and is then counted the next time.
            ticks += ticks_of(child).unwrap_or(0.0);
        }
        Ok(ticks / 100.0)
    }

    /// Runs statements outside of any transaction; answers the first value that they answer.
    pub(super) fn run(&self, sql: &str) -> Outcome<Option<String>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
            let answers = async {
                let answers = client.simple_query(sql).await;
                drop(client);
                answers
            };
            let (answers, ended) = tokio::join!(answers, connection);
            ended?;
            Ok(answers?.iter().find_map(|answer| match answer {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            }))
        })
    }

    /// Puts its house in order after many rows were inserted, so that no export pays for it.
    pub(super) fn settle(&self) -> Outcome<()> {
        self.run("VACUUM (ANALYZE) subtask")?;
        self.run("CHECKPOINT")?;
        Ok(())
    }

    pub(super) fn version(&self) -> Outcome<String> {
        Ok(self.run("SHOW server_version")?.unwrap_or_default())
    }
}

fn ticks_of(pid: &str) -> Outcome<f64> {
    ticks(pid.parse()?, 2)
}

/// The first so many of: user and system time, the same of children that have ended.
fn ticks(pid: i32, count: usize) -> Outcome<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(count).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()?)
}
