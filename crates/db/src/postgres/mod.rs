//! PostgreSQL and what speaks its protocol. A unit of work is one transaction of one connection; if it met a
//! conflict, or its connection broke before the commit was asked for, it is run again.

mod clock;
mod conflict;
mod connection;
mod copy_in;
mod dialect;
mod pool;
mod server;
mod statements;
mod tls;
mod tx;
mod value;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::runtime::{Builder, Runtime};

use crate::{Error, Tx, database::Sizes};
use clock::SharedClock;
use conflict::{Patience, Trouble};
use pool::{Lent, Pool, Use};
pub use server::{Profile, Server};
use tx::{Bounds, PostgresTx};

/// How long one statement of a unit of work may take: the other side of a cut network answers never.
const STATEMENT_MAX: Duration = Duration::from_secs(30);
/// How long the next row of a snapshot may take; the first one may have to wait for a sort.
const ROW_MAX: Duration = Duration::from_secs(120);
/// Threads that move bytes between connections and their users.
const NET_THREADS_MAX: usize = 4;

/// A database on a server; clones share its connections.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Inner>);

struct Inner {
    pool: Pool,
    clock: SharedClock,
    snapshot_age_max: Duration,
    /// Last, so that connections end before what drives them.
    _net: Net,
}

/// The runtime that drives the connections. It is let go of without waiting, because whoever drops the last handle
/// may be a thread of another runtime.
struct Net(Option<Runtime>);

impl Drop for Net {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Postgres {
    pub(crate) fn connect(server: &Server) -> Result<Self, Error> {
        let threads =
            std::thread::available_parallelism().map_or(1, |cores| cores.get().min(NET_THREADS_MAX));
        let net = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("db-net")
            .enable_all()
            .build()
            .map_err(|error| Error::Driver(error.to_string()))?;
        let snapshot_age_max = server.snapshot_age_max;
        let pool = Pool::new(server, net.handle().clone())?;
        let clock = SharedClock::start(&pool, net.handle())?;
        Ok(Self(Arc::new(Inner { pool, clock, snapshot_age_max, _net: Net(Some(net)) })))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let postgres = self.clone();
        tokio::task::spawn_blocking(move || postgres.write_blocking(work))
            .await
            .unwrap_or_else(|_| Err(Error::Gone.into()))
    }

    pub(crate) fn write_blocking<T, E: From<Error>>(
        &self,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let pool = &self.0.pool;
        let mut patience = Patience::default();
        loop {
            let (answer, trouble) = self.try_once(&mut work);
            match (answer, trouble) {
                (Ok(done), _) => return Ok(done),
                (Err(_), Some(trouble)) if patience.is_left(&trouble) => {
                    pool.handle().block_on(patience.pause(&trouble));
                }
                (Err(error), _) => return Err(error),
            }
        }
    }

    /// Runs a unit once; beside its answer stands what came in its way that another run may not meet.
    fn try_once<T, E: From<Error>>(
        &self,
        work: &mut impl FnMut(&mut dyn Tx) -> Result<T, E>,
    ) -> (Result<T, E>, Option<Trouble>) {
        let pool = &self.0.pool;
        let lent = match pool.lend(Use::Call) {
            Ok(lent) => lent,
            Err(trouble) => return (Err(trouble.error().into()), Some(trouble)),
        };
        let bounds = Bounds { statement: STATEMENT_MAX, row: STATEMENT_MAX, end: None };
        let mut tx = match PostgresTx::begin(lent, &pool.dialect().begin_unit(), bounds) {
            Ok(tx) => tx,
            Err(trouble) => return (Err(trouble.error().into()), Some(trouble)),
        };
        match work(&mut tx) {
            Ok(done) => match tx.commit() {
                Ok(()) => (Ok(done), None),
                Err(trouble) => (Err(trouble.error().into()), Some(trouble)),
            },
            Err(refusal) => {
                let trouble = tx.roll_back();
                (Err(refusal), trouble)
            }
        }
    }

    pub(crate) fn read_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let bounds = Bounds { statement: STATEMENT_MAX, row: STATEMENT_MAX, end: None };
        self.read(Use::Call, bounds, work)
    }

    pub(crate) fn snapshot_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let end = Instant::now() + self.0.snapshot_age_max;
        self.read(Use::Snapshot, Bounds { statement: ROW_MAX, row: ROW_MAX, end: Some(end) }, work)
    }

    pub(crate) fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let bounds = Bounds { statement: most, row: most, end: Some(Instant::now() + most) };
        let lent = self.0.pool.lend_within(most).map_err(|trouble| trouble.error())?;
        self.read_on(lent, Use::Call, bounds, work)
    }

    fn read<T, E: From<Error>>(
        &self,
        purpose: Use,
        bounds: Bounds,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let lent = self.0.pool.lend(purpose).map_err(|trouble| trouble.error())?;
        self.read_on(lent, purpose, bounds, work)
    }

    fn read_on<T, E: From<Error>>(
        &self,
        lent: Lent,
        purpose: Use,
        bounds: Bounds,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (dialect, idle_max) = (self.0.pool.dialect(), self.0.snapshot_age_max);
        let begin = match purpose {
            Use::Call => dialect.begin_read(idle_max),
            Use::Snapshot => dialect.begin_snapshot(idle_max),
        };
        let mut tx = PostgresTx::begin(lent, &begin, bounds).map_err(|trouble| trouble.error())?;
        let answer = work(&mut tx);
        tx.roll_back();
        answer
    }

    pub(crate) fn sizes(&self) -> Result<Sizes, Error> {
        const ASKED_MAX: Duration = Duration::from_secs(5);
        let bytes =
            self.read_within(ASKED_MAX, |tx| tx.count("SELECT pg_database_size(current_database())", &[]))?;
        Ok(Sizes { database: bytes.unsigned_abs(), log: None })
    }
}
