//! One clock for all processes of a database: the server's. Each process asks for it now and then, and goes on from
//! there by its own monotonic clock, so whatever happens to a machine's wall clock happens to no lease and no id.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, time::timeout};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{
    conflict::{Patience, Trouble},
    connection::Connector,
    pool::Pool,
};
use crate::Error;

/// How often the server is asked.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// How long it may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// An answer that took longer says too little, unless nothing better came for [`SETTLE_FOR_LESS`].
const PROMPT: Duration = Duration::from_millis(100);
const SETTLE_FOR_LESS: Duration = Duration::from_secs(60);

const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// What the server's clock showed, and when.
#[derive(Clone, Copy)]
struct Reading {
    unix_ms: i64,
    at: Instant,
    took: Duration,
}

pub(super) struct SharedClock(Arc<Mutex<Reading>>);

impl SharedClock {
    /// Reads the clock for the first time, and from then on again and again.
    pub(super) fn start(pool: &Pool, handle: &Handle) -> Result<Self, Error> {
        let connector = pool.connector().clone();
        let first = handle.block_on(first(&connector)).map_err(|trouble| trouble.error())?;
        let reading = Arc::new(Mutex::new(first));
        handle.spawn(follow(connector, reading.clone()));
        Ok(Self(reading))
    }

    pub(super) fn now_ms(&self) -> i64 {
        let Reading { unix_ms, at, .. } = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unix_ms + i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The first reading; a server that is just starting is waited for.
async fn first(connector: &Connector) -> Result<Reading, Trouble> {
    let mut patience = Patience::default();
    loop {
        let trouble = match connector.connect().await {
            Ok((client, _)) => match read(&client).await {
                Some(reading) => return Ok(reading),
                None => Trouble::Broken(Error::Away("does not tell the time".into())),
            },
            Err(trouble) => trouble,
        };
        if !patience.is_left(&trouble) {
            return Err(trouble);
        }
        patience.pause(&trouble).await;
    }
}

async fn follow(connector: Connector, known: Arc<Mutex<Reading>>) {
    let mut client: Option<Client> = None;
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        if client.as_ref().is_none_or(Client::is_closed) {
            client = connector.connect().await.ok().map(|(client, _)| client);
        }
        let Some(asked) = &client else { continue };
        match read(asked).await {
            Some(reading) => {
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                if reading.took <= PROMPT || known.at.elapsed() >= SETTLE_FOR_LESS {
                    *known = reading;
                }
            }
            // It may hang in a cut network for as long as it likes.
            None => client = None,
        }
    }
}

async fn read(client: &Client) -> Option<Reading> {
    let asked = Instant::now();
    let answer = timeout(ANSWER_MAX, client.simple_query(NOW)).await.ok()?.ok()?;
    let took = asked.elapsed();
    let unix_ms = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
        _ => None,
    })?;
    // Somewhere between the question and the answer.
    Some(Reading { unix_ms, at: asked + took / 2, took })
}
