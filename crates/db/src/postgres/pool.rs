//! The connections. Who finds none free waits for one, so their number is bounded; snapshots that last have their
//! own, so that exports never take the calls' last one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};
use tokio_postgres::Client;

use super::{
    conflict::Trouble, connection::Connector, dialect::Dialect, server::Server, statements::Statements,
};
use crate::Error;

/// What a connection is wanted for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// What is over in a moment.
    Call,
    /// What lasts.
    Snapshot,
}

/// One connection with what it has prepared.
pub(super) struct Connection {
    pub(super) client: Client,
    driver: AbortHandle,
    pub(super) statements: Statements,
}

/// The pool; clones share it.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    connector: Connector,
    dialect: Dialect,
    prepared: bool,
    handle: Handle,
    calls: Arc<Semaphore>,
    snapshots: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(server: &Server, handle: Handle) -> Result<Self, Error> {
        let connector = Connector::new(server, handle.clone())?;
        let places = |count: usize| Arc::new(Semaphore::new(count.max(1)));
        Ok(Self(Arc::new(Inner {
            connector,
            dialect: Dialect(server.profile),
            prepared: server.prepared,
            handle,
            calls: places(server.connections),
            snapshots: places(server.snapshots),
            idle: Mutex::default(),
        })))
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    pub(super) fn prepares(&self) -> bool {
        self.0.prepared
    }

    pub(super) fn connector(&self) -> &Connector {
        &self.0.connector
    }

    /// A connection, as soon as one is free.
    pub(super) fn lend(&self, purpose: Use) -> Result<Lent, Trouble> {
        self.0.handle.block_on(async {
            let places = match purpose {
                Use::Call => self.0.calls.clone(),
                Use::Snapshot => self.0.snapshots.clone(),
            };
            let place = places.acquire_owned().await.map_err(|_| Trouble::Final(Error::Gone))?;
            self.connected(place).await
        })
    }

    /// A connection for a call, if one can be had within `most`.
    pub(super) fn lend_within(&self, most: Duration) -> Result<Lent, Trouble> {
        self.0.handle.block_on(async {
            let soon = async {
                let place =
                    self.0.calls.clone().acquire_owned().await.map_err(|_| Trouble::Final(Error::Gone))?;
                self.connected(place).await
            };
            tokio::time::timeout(most, soon).await.unwrap_or(Err(Trouble::Final(Error::Busy)))
        })
    }

    async fn connected(&self, place: OwnedSemaphorePermit) -> Result<Lent, Trouble> {
        let connection = match self.idle() {
            Some(connection) => connection,
            None => {
                let (client, driver) = self.0.connector.connect().await?;
                Connection { client, driver, statements: Statements::default() }
            }
        };
        Ok(Lent { connection: Some(connection), pool: self.clone(), is_broken: false, _place: place })
    }

    fn idle(&self) -> Option<Connection> {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop() {
            if !connection.client.is_closed() {
                return Some(connection);
            }
        }
        None
    }

    /// Lets go of every connection that nobody uses: when one has broken, the others are no better.
    fn forget_idle(&self) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A connection that goes back to the pool, also when its user panics, unless it is of no use any more.
pub(super) struct Lent {
    connection: Option<Connection>,
    pub(super) pool: Pool,
    is_broken: bool,
    _place: OwnedSemaphorePermit,
}

impl Lent {
    #[expect(clippy::expect_used, reason = "only drop takes it")]
    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("lent until dropped")
    }

    /// It does not go back.
    pub(super) fn give_up(&mut self) {
        self.is_broken = true;
    }

    /// It does not go back, and neither does what lies idle.
    pub(super) fn has_broken(&mut self) {
        self.is_broken = true;
        self.pool.forget_idle();
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if self.is_broken {
            // Left alone, it would first read all that was asked for, for nobody: a snapshot's rows without end.
            connection.driver.abort();
        } else if !connection.client.is_closed() {
            self.pool.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
