//! Where the rows lie: in the embedded database, or in the server's.

use std::{path::PathBuf, time::Duration};

use db::{Db, Options, Server as Address};
use store::batch_tasks;

use super::server::Postgres;
use crate::{Outcome, client::Client, devices, house::House, seed, server::Server};

/// Between two looks at what is left to be done, and the longest that one may take.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOK_MAX: Duration = Duration::from_secs(5);

pub(super) struct Bed {
    directory: PathBuf,
    url: Option<String>,
}

/// A process of the server, and a client of it.
pub(super) struct Node {
    pub(super) server: Server,
    pub(super) client: Client,
}

impl Bed {
    pub(super) fn over(directory: PathBuf, postgres: Option<&Postgres>) -> Outcome<Self> {
        std::fs::create_dir(&directory)?;
        Ok(Self { directory, url: postgres.map(|postgres| postgres.url.clone()) })
    }

    /// What it is called in the tables.
    pub(super) fn label(&self) -> &'static str {
        if self.url.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    pub(super) fn is_server(&self) -> bool {
        self.url.is_some()
    }

    /// Its parts, in this process.
    pub(super) fn house(&self) -> Outcome<House> {
        let db = match &self.url {
            Some(url) => Db::connect(&Address::at(url))?,
            None => Db::open(&self.directory.join("unlade.db"), Options::default())?,
        };
        House::over(&self.directory, db)
    }

    /// Makes a batch task of so many finished subtasks; answers its id.
    pub(super) fn load(&self, rows: i64) -> Outcome<String> {
        seed::loaded(&self.house()?, rows)
    }

    /// Waits until no batch task is left to be done.
    pub(super) fn quiet(&self, client: &Client) -> Outcome<()> {
        let house = self.house()?;
        loop {
            let queue = house.store.queue(batch_tasks::JOB, LOOK_MAX)?;
            if queue.waiting + queue.running == 0 {
                return Ok(());
            }
            client.pause(LOOK_EVERY);
        }
    }

    /// Starts a node with so many workers for exports and for batch tasks.
    pub(super) fn node(&self, name: &str, exports: usize, batches: usize) -> Outcome<Node> {
        let (exports, batches) = (exports.to_string(), batches.to_string());
        let mut settings = vec![
            ("EXPORT_WORKERS", exports.as_str()),
            ("BATCH_WORKERS", &batches),
            ("LIMITS_EXPORT_UNFINISHED", "1000"),
            ("LIMITS_BATCH_RUNNING", "1000000"),
        ];
        let directory = match &self.url {
            None => self.directory.clone(),
            Some(url) => {
                settings.push(("DATABASE_URL", url));
                self.directory.join(name)
            }
        };
        std::fs::create_dir_all(&directory)?;
        let server = Server::with(&devices::program()?, &directory, false, &settings)?;
        let client = Client::new(&server.address)?;
        Ok(Node { server, client })
    }
}
