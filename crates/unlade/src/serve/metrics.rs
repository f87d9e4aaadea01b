//! `/metrics`, on a listener of its own: what monitoring may see is nobody else's business. Counters are there
//! already; what has to be asked for is asked when somebody scrapes.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use blob::Space;
use jobs::Job;
use store::Store;
use tokio::sync::Mutex;

use super::{
    doors::{Doors, Manners, tls::Certificates},
    house::House,
};
use crate::{config::Config, error::Error};

/// Monitoring has few connections, and must not wait behind a crowd of callers.
const CONNECTIONS_MAX: usize = 16;
/// How long a scrape may wait for the database or read it.
const READ_MAX: Duration = Duration::from_secs(1);

/// What is read on a scrape.
struct Gauges {
    store: Store,
    space: Space,
    started_ms: i64,
    /// One reading at a time: scrapes that pile up take no more of the database than one.
    turn: Mutex<()>,
}

/// Takes the address, if there is one.
pub(super) async fn open(
    config: &Config,
    certificates: Option<Arc<Certificates>>,
) -> Result<Option<Doors>, Error> {
    let Some(address) = config.metrics_listen else { return Ok(None) };
    let manners = Manners { connections_max: CONNECTIONS_MAX, ..config.manners };
    Ok(Some(Doors::open("metrics", address, manners, &config.proxies, certificates).await?))
}

/// What is answered there.
pub(super) fn router(house: &House) -> Router {
    let (store, space) = (house.store.clone(), house.space.clone());
    let gauges = Gauges { started_ms: store.now_ms(), store, space, turn: Mutex::new(()) };
    Router::new().route("/metrics", get(scrape)).with_state(Arc::new(gauges))
}

async fn scrape(State(gauges): State<Arc<Gauges>>) -> Response {
    let _turn = gauges.turn.lock().await;
    let reading = gauges.clone();
    // Should it panic, the gauges stay as they were.
    let _ = tokio::task::spawn_blocking(move || reading.read()).await;
    ([(header::CONTENT_TYPE, meter::CONTENT_TYPE)], meter::text()).into_response()
}

impl Gauges {
    fn read(&self) {
        meter::BUILD_INFO.set([env!("CARGO_PKG_VERSION")], 1);
        meter::START_TIME.set([], self.started_ms / 1000);
        meter::DISK_FREE_BYTES_MIN.set([], gauge(self.space.least()));
        meter::DISK_FREE_BYTES.set([], self.space.free().ok().map(gauge));
        let sizes = self.store.db().sizes().ok();
        meter::DATABASE_BYTES.set([], sizes.map(|sizes| gauge(sizes.database)));
        meter::DATABASE_LOG_BYTES.set([], sizes.and_then(|sizes| sizes.log).map(gauge));
        self.read_queue(export::Exports::KIND);
        self.read_queue(batch::Batches::KIND);
    }

    fn read_queue(&self, kind: &'static str) {
        let measured = self.store.queue(kind, READ_MAX);
        let queue =
            measured.inspect_err(|error| tracing::warn!(kind, %error, "cannot measure the queue")).ok();
        meter::JOBS_WAITING.set([kind], queue.map(|queue| queue.waiting));
        meter::JOBS_RUNNING.set([kind], queue.map(|queue| queue.running));
        meter::OLDEST_WAITING.set([kind], queue.map(|queue| queue.oldest_ms.unwrap_or(0) / 1000));
    }
}

fn gauge(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
