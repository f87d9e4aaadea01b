//! The engines behind the API: workers that do the jobs, agents that look after them, and the bells between.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::Router;
use batch::Batches;
use export::Exports;
use jobs::{Agents, Bell, Workers};
use tokio::runtime::Handle;

use super::house::House;
use crate::{
    config::{Config, Role},
    error::Error,
};

/// How often a server that is to end looks whether its jobs are done.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What runs until [`Engines::end`]. A node that only answers calls has none of it, and its bells ring for nobody:
/// the workers of other nodes look by themselves.
pub(super) struct Engines {
    exports: Bell,
    batches: Bell,
    maintenance: Bell,
    workers: Vec<Workers>,
    agents: Option<Agents>,
}

impl Engines {
    /// Starts the agents, then the workers: what an earlier process left unrecorded is swept before anything new
    /// can look like it.
    pub(super) fn start(house: &House, config: &Config, runtime: &Handle) -> Result<Self, Error> {
        let House { store, blobs, space, program, node, .. } = house;
        let (exports, batches, maintenance) = (Bell::default(), Bell::default(), Bell::default());
        if config.role == Role::Api {
            return Ok(Self { exports, batches, maintenance, workers: Vec::new(), agents: None });
        }
        let export = Arc::new(Exports::new(store.clone(), blobs.clone()));
        let batch = Batches::new(store.clone(), blobs.clone(), program.clone()).first(&config.batch_priority);
        let batch = Arc::new(batch);
        let rescues = vec![Agents::rescue(export.clone()), Agents::rescue(batch.clone())];
        let failed = "start the engines";
        let agents = Agents::start(
            store.clone(),
            blobs.clone(),
            (maintenance.clone(), batches.clone()),
            rescues,
            config.retention,
            config.storage.sweep_age,
            runtime.clone(),
        )
        .map_err(Error::system(failed))?;
        let term = config.lease;
        let workers = vec![
            Workers::start(&export, store, space, &exports, term, (node, config.export_workers))
                .map_err(Error::system(failed))?,
            Workers::start(&batch, store, space, &batches, term, (node, config.batch_workers))
                .map_err(Error::system(failed))?,
        ];
        Ok(Self { exports, batches, maintenance, workers, agents: Some(agents) })
    }

    /// The API, which rings the workers awake.
    pub(super) fn router(
        &self,
        house: &House,
        config: &Config,
        audit: &api::Audit,
    ) -> Result<Router, store::Error> {
        api::router(api::Parts {
            store: house.store.clone(),
            blobs: house.blobs.clone(),
            space: house.space.clone(),
            exports: self.exports.clone(),
            batches: self.batches.clone(),
            program: house.program.clone(),
            audit: audit.clone(),
            only_health: config.role == Role::Worker,
            strict: config.strict,
            requests_max: config.requests_max,
            presigned_downloads: config.storage.presigned_downloads,
        })
    }

    /// Begins nothing new.
    pub(super) fn close(&self) {
        self.exports.close();
        self.batches.close();
    }

    /// Lets jobs go on until `deadline`, interrupts what is left, which is given back to the queue, and waits until
    /// all threads are gone.
    pub(super) fn end(self, deadline: Instant) {
        while Instant::now() < deadline && !self.workers.iter().all(Workers::have_ended) {
            // The maintenance goes on, and its bell is there to wait by.
            self.maintenance.wait(self.maintenance.rings(), LOOK_EVERY);
        }
        for bell in [self.exports, self.batches, self.maintenance] {
            bell.end();
        }
        for workers in self.workers {
            workers.join();
        }
        if let Some(agents) = self.agents {
            agents.join();
        }
    }
}
