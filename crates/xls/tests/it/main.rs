//! The writer judged by outsiders: calamine reads the cells, cfb the container, flate2 the deflate stream.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as the test may")]

mod audit;
mod container;
mod deflated;
mod files;
mod limits;
mod output;
mod random;
mod sheets;
mod styles;
mod texts;
mod written;
