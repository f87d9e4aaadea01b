//! The export engine over a real store and real objects: whatever happens, in whatever order, the documented
//! rules hold.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod both;
mod calls;
mod events;
mod history;
mod house;
mod model;
mod rules;
mod symptoms;
