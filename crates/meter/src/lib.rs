//! What Unlade counts. Every metric stands in one table, `table.rs`; whoever does something records it there, and
//! [`text`] writes all of it as Prometheus reads it.
//!
//! A label's value is a `&'static str`, one of our own words: no text of a caller can become one, so that the
//! number of series, and the memory they take, is bounded by the program and not by who calls it.

mod metric;
mod page;
mod table;
mod value;

pub use metric::{Counter, Described, Gauge, Held, Histogram, Metric};
pub use page::page;
pub use table::*;

/// What `Content-Type` says of [`text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Every metric with its values of now.
pub fn text() -> String {
    let mut out = String::new();
    for metric in ALL {
        metric.write(&mut out);
    }
    out
}
