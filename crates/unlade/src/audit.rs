//! `unlade audit`: the lines of the audit out of the store, as they were told. It only reads, also beside a server.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    time::Duration,
};

use clap::Args;
use domain::{Clock, SystemClock};
use serde_json::Value as Json;
use store::audit::lines;
use types::RecordId;

use crate::{
    cli::Place,
    config::{Config, Database},
    error::Error,
    keys,
};

/// Lines read at a time.
const PAGE: i64 = 1000;
/// How often `--follow` looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a node may keep a line before it is in the store; for so long `--follow` looks back.
const LATE_MAX_MS: i64 = 15_000;

#[derive(Args)]
pub(crate) struct Audit {
    /// Only from this time on (2026-01-31T08:00:00Z), or from so long ago (90s, 15m, 8h, 7d)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// Only what this user did; its name or its id
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only this action, such as iotda:exporttasks:create; a * at the end stands for anything
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Go on with what comes, until interrupted
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Since {
    At(i64),
    Ago(i64),
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Since::At(at.as_millisecond()));
    }
    let seconds = |unit| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(86_400),
        _ => None,
    };
    text.char_indices()
        .next_back()
        .and_then(|(end, unit)| text[..end].parse::<i64>().ok()?.checked_mul(seconds(unit)? * 1000))
        .filter(|ms| *ms >= 0)
        .map(Since::Ago)
        .ok_or_else(|| "is neither a time like 2026-01-31T08:00:00Z nor a length like 15m".to_owned())
}

/// Prints what is asked for.
pub(crate) fn print(order: &Audit) -> Result<(), Error> {
    let lines = Lines::open(&Config::load(&order.place.settings())?)?;
    let since_ms = match order.since {
        Some(Since::At(ms)) => ms,
        Some(Since::Ago(ms)) => SystemClock.now_ms().saturating_sub(ms),
        None => 0,
    };
    match to_the_end(&lines, order, since_ms) {
        // Whoever reads it has seen enough.
        Err(Error::System(_, error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn to_the_end(lines: &Lines, order: &Audit, since_ms: i64) -> Result<(), Error> {
    let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let waiting = waiting.map_err(Error::system("start the runtime"))?;
    let mut shown = Shown::default();
    loop {
        show(lines, order, since_ms, &mut shown)?;
        if !order.follow {
            return Ok(());
        }
        waiting.block_on(async { tokio::time::sleep(LOOK_EVERY).await });
    }
}

/// Where a reader is: nodes write their lines one after the other, so one that is older than the last may still come.
#[derive(Default)]
struct Shown {
    /// All lines up to this one have been seen, or came too late.
    until: String,
    /// Those behind it.
    beyond: BTreeSet<String>,
}

impl Shown {
    /// Whether a line is new.
    fn add(&mut self, id: &str) -> bool {
        self.beyond.insert(id.to_owned())
    }

    /// Forgets those that are so old that no older one will come.
    fn forget(&mut self) {
        let Some(newest) = self.beyond.last().and_then(|id| id.parse::<RecordId>().ok()) else { return };
        let until = RecordId::new(newest.made().0 - LATE_MAX_MS, 0, 0).to_string();
        self.beyond = self.beyond.split_off(&until);
        self.until = self.until.clone().max(until);
    }
}

fn show(lines: &Lines, order: &Audit, since_ms: i64, shown: &mut Shown) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    let mut after = shown.until.clone();
    loop {
        let page = lines.page(&after, since_ms)?;
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        for (id, line) in &page {
            if (!order.follow || shown.add(id)) && order.asks_for(line) {
                writeln!(out, "{line}").map_err(Error::system("print a line"))?;
            }
        }
        shown.forget();
    }
    out.flush().map_err(Error::system("print a line"))
}

impl Audit {
    fn asks_for(&self, line: &str) -> bool {
        if self.user.is_none() && self.action.is_none() {
            return true;
        }
        let Ok(line) = serde_json::from_str::<Json>(line) else { return false };
        let is = |field: &str, text: &String| line[field] == text.as_str();
        let user = self.user.as_ref().is_none_or(|user| is("user_id", user) || is("user_name", user));
        let action = self.action.as_ref().is_none_or(|action| match action.strip_suffix('*') {
            Some(start) => line["action"].as_str().is_some_and(|text| text.starts_with(start)),
            None => is("action", action),
        });
        user && action
    }
}

/// Where the lines lie.
enum Lines {
    Embedded(std::path::PathBuf),
    Server(db::Db),
}

impl Lines {
    fn open(config: &Config) -> Result<Self, Error> {
        Ok(match &config.database {
            Database::Embedded(_) => {
                let path = keys::database_path(&config.data_dir);
                if !path.exists() {
                    let directory = config.data_dir.display();
                    return Err(Error::Refused(format!("there is no database in {directory}")));
                }
                Self::Embedded(path)
            }
            Database::Server(server) => {
                Self::Server(db::Db::connect(&db::Server { connections: 1, snapshots: 0, ..server.clone() })?)
            }
        })
    }

    fn page(&self, after: &str, since_ms: i64) -> Result<Vec<(String, String)>, Error> {
        let mut page = Vec::new();
        let read = |tx: &mut dyn db::Tx| {
            lines(tx, after, since_ms, PAGE, &mut |id, line| page.push((id.to_owned(), line.to_owned())))
        };
        match self {
            Self::Embedded(path) => db::look(path, read)?,
            Self::Server(db) => db.read_blocking(read)?,
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_or_a_length_says_from_when() {
        assert_eq!(since("1970-01-01T00:00:01Z"), Ok(Since::At(1000)));
        assert_eq!(since("1970-01-01T01:00:01+01:00"), Ok(Since::At(1000)));
        assert_eq!(since("2d"), Ok(Since::Ago(172_800_000)));
        for bad in ["", "d", "-1d", "2 weeks", "yesterday", "99999999999999999d", "1分"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_line_that_comes_late_is_shown_and_none_twice() {
        let id = |second: i64| RecordId::new(second * 1000, 0, 7).to_string();
        let mut shown = Shown::default();
        assert!(shown.add(&id(100)) && shown.add(&id(110)));
        shown.forget();
        assert!(shown.until < id(105));
        assert!(shown.add(&id(105)) && !shown.add(&id(110)));
        shown.add(&id(200));
        shown.forget();
        assert!(shown.until > id(110) && shown.beyond.len() == 1);
    }
}
