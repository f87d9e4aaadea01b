//! PLACEHOLDER until the engines exist.

use crate::{config::Config, error::Error};
use super::house::House;

pub(super) struct Engines {}

impl Engines {
    pub(super) fn start(house: &House, config: &Config, _runtime: &tokio::runtime::Handle) -> Result<Self, Error> {
        let _ = (&house.blobs, &house.program, config.export_workers, config.batch_workers);
        Ok(Self {})
    }
    pub(super) fn router(&self, _house: &House) -> Result<axum::Router, Error> {
        Ok(axum::Router::new().route("/healthz", axum::routing::get(|| async { "ok" }))
          .route("/panic", axum::routing::get(|| async { if true { panic!("asked") } "x" }))
          .route("/slow", axum::routing::get(|| async { tokio::time::sleep(std::time::Duration::from_secs(3)).await; "slow" })))
    }
    pub(super) fn end(self) {}
}
