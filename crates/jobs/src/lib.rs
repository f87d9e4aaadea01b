//! Durable background work: claim, heartbeat, settle. A worker holds a lease with an epoch; when it cannot
//! prove that it still holds it, it stops and publishes nothing.
//!
//! To add a kind of job: implement [`Job`], start [`Workers`] for it, ring the [`Bell`] where it is enqueued.

mod agents;
mod bell;
mod lease;
mod steady;
mod workers;

pub use agents::{Agents, Rescue};
pub use bell::Bell;
pub use lease::{Lease, Stop, Term};
pub use workers::{Job, Workers};
