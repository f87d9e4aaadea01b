//! The engines behind the API: workers that do the jobs, agents that look after them, and the bells between.

use std::sync::Arc;

use axum::Router;
use batch::Batches;
use export::Exports;
use jobs::{Agents, Bell, Workers};
use tokio::runtime::Handle;

use super::house::House;
use crate::{config::Config, error::Error};

/// What runs until [`Engines::end`].
pub(super) struct Engines {
    exports: Bell,
    batches: Bell,
    maintenance: Bell,
    workers: [Workers; 2],
    agents: Agents,
}

impl Engines {
    /// Starts the agents, then the workers: what an earlier process left unrecorded is swept before anything new
    /// can look like it.
    pub(super) fn start(house: &House, config: &Config, runtime: &Handle) -> Result<Self, Error> {
        let House { store, blobs, space, program, .. } = house;
        let export = Arc::new(Exports::new(store.clone(), blobs.clone()));
        let batch = Arc::new(Batches::new(store.clone(), blobs.clone(), program.clone()));
        let (exports, batches, maintenance) = (Bell::default(), Bell::default(), Bell::default());
        let rescues = vec![Agents::rescue(export.clone()), Agents::rescue(batch.clone())];
        let failed = "start the engines";
        let agents = Agents::start(
            store.clone(),
            blobs.clone(),
            maintenance.clone(),
            rescues,
            config.retention,
            config.storage.sweep_age,
            runtime.clone(),
        )
        .map_err(Error::system(failed))?;
        let term = config.lease;
        let workers = [
            Workers::start(&export, store, space, &exports, term, config.export_workers)
                .map_err(Error::system(failed))?,
            Workers::start(&batch, store, space, &batches, term, config.batch_workers)
                .map_err(Error::system(failed))?,
        ];
        Ok(Self { exports, batches, maintenance, workers, agents })
    }

    /// The API, which rings the workers awake.
    pub(super) fn router(&self, house: &House, config: &Config) -> Result<Router, store::Error> {
        api::router(api::Parts {
            store: house.store.clone(),
            blobs: house.blobs.clone(),
            space: house.space.clone(),
            exports: self.exports.clone(),
            batches: self.batches.clone(),
            program: house.program.clone(),
            strict: config.strict,
            presigned_downloads: config.storage.presigned_downloads,
        })
    }

    /// Interrupts the jobs, which are given back to the queue, and waits until all threads are gone.
    pub(super) fn end(self) {
        for bell in [self.exports, self.batches, self.maintenance] {
            bell.end();
        }
        for workers in self.workers {
            workers.join();
        }
        self.agents.join();
    }
}
