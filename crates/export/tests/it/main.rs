//! The export engine judged from outside. Over a real store and real objects: whatever happens, in whatever order,
//! the documented rules hold. And what any registered Format writes, libraries read that did not write it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod both;
mod calls;
mod complete;
mod events;
mod formats;
mod history;
mod house;
mod model;
mod overflow;
mod reading;
mod rules;
mod sheets;
mod symptoms;
mod written;
