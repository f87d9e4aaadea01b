//! What a metric holds for one combination of labels, and how that is written.

use std::fmt::{Display, Write};

/// Upper bounds of a histogram's buckets, in seconds: from a lookup to a body that is read slowly.
const BOUNDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// The value of a [`Counter`].
#[derive(Default)]
pub struct Count(pub(crate) u64);

/// The value of a [`Gauge`].
#[derive(Default)]
pub struct Level(pub(crate) i64);

/// The value of a [`Histogram`].
#[derive(Default)]
pub struct Spread {
    /// How many were within each bound and not within the one before.
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

/// What a metric holds for one combination of labels.
pub trait Value: Default {
    /// The metric's type on the wire.
    const KIND: &'static str;
    /// Whether a metric without labels is there before anything was recorded: nothing has happened so far is
    /// a count, nothing was measured so far is not.
    const FROM_ZERO: bool;

    /// Writes its samples; `labels` is what stands between the braces.
    fn write(&self, out: &mut String, name: &str, labels: &str);
}

impl Spread {
    /// One more.
    pub(crate) fn add(&mut self, seconds: f64) {
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.buckets[bucket] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

impl Value for Count {
    const KIND: &'static str = "counter";
    const FROM_ZERO: bool = true;

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        sample(out, name, labels, self.0);
    }
}

impl Value for Level {
    const KIND: &'static str = "gauge";
    const FROM_ZERO: bool = false;

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        sample(out, name, labels, self.0);
    }
}

impl Value for Spread {
    const KIND: &'static str = "histogram";
    const FROM_ZERO: bool = true;

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut within = 0;
        for (bound, bucket) in BOUNDS.iter().zip(self.buckets) {
            within += bucket;
            sample(out, &format!("{name}_bucket"), &format!("{labels}{comma}le=\"{bound}\""), within);
        }
        sample(out, &format!("{name}_bucket"), &format!("{labels}{comma}le=\"+Inf\""), self.count);
        sample(out, &format!("{name}_sum"), labels, self.sum);
        sample(out, &format!("{name}_count"), labels, self.count);
    }
}

fn sample(out: &mut String, name: &str, labels: &str, value: impl Display) {
    let _ = match labels {
        "" => writeln!(out, "{name} {value}"),
        labels => writeln!(out, "{name}{{{labels}}} {value}"),
    };
}
