//! `unlade serve`: opens the house, starts the engines, opens the doors, and when it is asked to end does the
//! same backwards.

pub(crate) mod credentials;
mod doors;
mod engines;
mod house;
mod metrics;
mod signals;

use std::{
    io::{self, Write},
    path::Path,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use api::Audit;
use tokio::runtime::{Handle, Runtime};

use crate::{config::Config, error::Error};
use doors::{Doors, tls::Certificates};
pub(crate) use doors::{Manners, proxies::Proxies, tls::Files};
use engines::Engines;
use house::House;
pub(crate) use house::clock;

/// How long requests in flight may take once the server is to end.
const DRAIN_MAX: Duration = Duration::from_secs(30);
/// How long reads that nobody waits for any more may take after that.
const ABANDONED_MAX: Duration = Duration::from_secs(2);

/// Serves until the process is asked to end. A throwaway server is asked so by the end of its input, too, and
/// leaves nothing behind.
pub(crate) fn run(config: &Config, throwaway: bool) -> Result<(), Error> {
    if throwaway && !is_empty(&config.data_dir)? {
        let directory = config.data_dir.display();
        return Err(Error::Refused(format!(
            "{directory} is not empty: --throwaway would remove what is in it"
        )));
    }
    let served = serve(config, throwaway);
    if throwaway {
        blob::disk::remove_dir(&config.data_dir)?;
    }
    served
}

/// Whether a directory holds nothing, or is not there.
fn is_empty(directory: &Path) -> Result<bool, Error> {
    match std::fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Error::System(format!("look into {}", directory.display()), error)),
    }
}

fn serve(config: &Config, throwaway: bool) -> Result<(), Error> {
    for variable in &config.unknown_variables {
        tracing::warn!(variable, "looks like a setting, but there is no such section");
    }
    let certificates = certificates(config)?;
    let runtime = Runtime::new().map_err(Error::system("start the runtime"))?;
    let end = signals::asked_to_end(&runtime, throwaway)?;
    let house = House::open(config, runtime.handle())?;
    let doors = runtime.block_on(Doors::open(
        "api",
        config.listen,
        config.manners,
        &config.proxies,
        certificates.clone(),
    ))?;
    let metrics = runtime.block_on(metrics::open(config, certificates.clone()))?;
    credentials::bootstrap(&runtime, &house.store, config)?;
    let freed = house.free_claims()?;
    tracing::info!(directory = %config.data_dir.display(), node = house.node, freed_claims = freed, "open");
    let engines = Engines::start(&house, config, runtime.handle())?;
    let audit = audit(config, &house, runtime.handle())?;
    let router = engines.router(&house, config, &audit)?;
    if let Some(metrics) = metrics {
        announce("metrics", &metrics, "/metrics");
        runtime.spawn(metrics.serve(metrics::router(&house), std::future::pending()));
    }
    announce("listening", &doors, "");
    if let Some(certificates) = certificates {
        runtime.spawn(certificates.keep_fresh());
    }
    let asked = OnceLock::new();
    let close = async {
        end.await;
        let _ = asked.set(Instant::now());
        engines.close();
        tracing::info!("ending: no new jobs");
        tokio::time::sleep(config.goodbye).await;
    };
    runtime.block_on(async {
        let closing = doors.serve(router, close).await;
        tracing::info!("ending: no new connections");
        closing.wait(DRAIN_MAX).await;
    });
    runtime.block_on(audit.end());
    engines.end(*asked.get_or_init(Instant::now) + config.drain);
    runtime.shutdown_timeout(ABANDONED_MAX);
    tracing::info!("ended");
    Ok(())
}

/// The audit. A file of it that is rotated by a program that then hangs up on us must not end us.
fn audit(config: &Config, house: &House, runtime: &Handle) -> Result<Audit, Error> {
    let Some(file) = &config.audit else { return Ok(Audit::off()) };
    if file.is_some() {
        signals::outlive_hangups(runtime)?;
    }
    Ok(Audit::start(house.store.clone(), file.as_deref(), runtime)?)
}

fn certificates(config: &Config) -> Result<Option<Arc<Certificates>>, Error> {
    let metrics = config.metrics_listen.map(|address| ("server.metrics_listen", address));
    let listens: Vec<_> = [("server.listen", config.listen)].into_iter().chain(metrics).collect();
    doors::tls::certificates(config.tls.as_ref(), &listens, config.insecure_http)
}

/// Tells whoever started the server where it is; with port 0 nobody else knows.
fn announce(what: &str, doors: &Doors, path: &str) {
    let (scheme, address) = (doors.scheme(), doors.address());
    tracing::info!(%address, "{what}");
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason not to serve.
    let _ = writeln!(out, "{what} on {scheme}://{address}{path}").and_then(|()| out.flush());
}
