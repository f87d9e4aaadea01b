//! A metric: what it is about, and a value for each combination of labels that has occurred.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::value::{Count, Level, Spread, Value};

/// What a metric is about.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name on the wire.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What one of it is.
    pub unit: &'static str,
    /// What it says, in English.
    pub english: &'static str,
    /// What it says, in Chinese.
    pub chinese: &'static str,
}

/// A metric with `N` labels.
pub struct Metric<const N: usize, V> {
    described: Described,
    values: Mutex<BTreeMap<[&'static str; N], V>>,
}

/// Only grows.
pub type Counter<const N: usize> = Metric<N, Count>;
/// Goes up and down.
pub type Gauge<const N: usize> = Metric<N, Level>;
/// How long things took.
pub type Histogram<const N: usize> = Metric<N, Spread>;

/// A metric of any kind.
pub(crate) trait Written: Sync {
    /// What it is about.
    fn described(&self) -> Described;
    /// Appends its text.
    fn write(&self, out: &mut String);
}

impl<const N: usize, V: Value> Metric<N, V> {
    pub(crate) const fn new(
        name: &'static str,
        labels: &'static [&'static str; N],
        unit: &'static str,
        english: &'static str,
        chinese: &'static str,
    ) -> Self {
        let described = Described { name, kind: V::KIND, labels, unit, english, chinese };
        Self { described, values: Mutex::new(BTreeMap::new()) }
    }

    fn change(&self, labels: [&'static str; N], change: impl FnOnce(&mut V)) {
        change(self.values.lock().unwrap_or_else(PoisonError::into_inner).entry(labels).or_default());
    }
}

impl<const N: usize> Counter<N> {
    /// `by` more. With 0 the series is there from now on, so that its first increase is seen as one.
    pub fn add(&self, labels: [&'static str; N], by: u64) {
        self.change(labels, |count| count.0 += by);
    }
}

impl<const N: usize> Gauge<N> {
    /// It is `level` now, or nobody knows what it is.
    pub fn set(&self, labels: [&'static str; N], level: impl Into<Option<i64>>) {
        match level.into() {
            Some(level) => self.change(labels, |value| value.0 = level),
            None => drop(self.values.lock().unwrap_or_else(PoisonError::into_inner).remove(&labels)),
        }
    }

    /// One more until the answer is dropped.
    pub fn hold(&'static self, labels: [&'static str; N]) -> Held<N> {
        self.change(labels, |value| value.0 += 1);
        Held { gauge: self, labels }
    }
}

/// One of what a gauge counts.
pub struct Held<const N: usize> {
    gauge: &'static Gauge<N>,
    labels: [&'static str; N],
}

impl<const N: usize> Drop for Held<N> {
    fn drop(&mut self) {
        self.gauge.change(self.labels, |value| value.0 -= 1);
    }
}

impl<const N: usize> Histogram<N> {
    /// One more, which took `duration`.
    pub fn observe(&self, labels: [&'static str; N], duration: Duration) {
        self.change(labels, |spread| spread.add(duration.as_secs_f64()));
    }
}

impl<const N: usize, V: Value + Send> Written for Metric<N, V> {
    fn described(&self) -> Described {
        self.described
    }

    fn write(&self, out: &mut String) {
        let Described { name, kind, labels: names, english, .. } = self.described;
        let _ = write!(out, "# HELP {name} {english}\n# TYPE {name} {kind}\n");
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        for (labels, value) in &*values {
            let pairs = names.iter().zip(labels).map(|(label, text)| format!("{label}={text:?}"));
            value.write(out, name, &pairs.collect::<Vec<_>>().join(","));
        }
        if N == 0 && V::FROM_ZERO && values.is_empty() {
            V::default().write(out, name, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metric: &dyn Written) -> String {
        let mut out = String::new();
        metric.write(&mut out);
        out.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_count_of_nothing_is_zero_and_a_level_that_nobody_knows_is_absent() {
        let count: Counter<0> = Metric::new("count", &[], "things", "Things.", "");
        let level: Gauge<0> = Metric::new("level", &[], "things", "Things.", "");
        assert_eq!((written(&count).as_str(), written(&level).as_str()), ("count 0", ""));
        level.set([], -3);
        assert_eq!(written(&level), "level -3");
        level.set([], None);
        assert_eq!(written(&level), "");
    }

    #[test]
    fn what_is_held_is_counted_until_it_is_dropped() {
        static OPEN: Gauge<1> = Metric::new("open", &["door"], "doors", "Doors.", "");
        let held = (OPEN.hold(["front"]), OPEN.hold(["front"]));
        assert_eq!(written(&OPEN), "open{door=\"front\"} 2");
        drop(held);
        assert_eq!(written(&OPEN), "open{door=\"front\"} 0");
    }

    #[test]
    fn a_bucket_counts_what_is_within_its_bound_and_what_is_beyond_all_counts_too() {
        let spread: Histogram<1> = Metric::new("took", &["of"], "seconds", "Time.", "");
        for millis in [1, 2, 400, 100_000] {
            spread.observe(["a"], Duration::from_millis(millis));
        }
        let text = written(&spread);
        for line in [
            "took_bucket{of=\"a\",le=\"0.001\"} 1",
            "took_bucket{of=\"a\",le=\"0.25\"} 2",
            "took_bucket{of=\"a\",le=\"60\"} 3",
            "took_bucket{of=\"a\",le=\"+Inf\"} 4",
            "took_sum{of=\"a\"} 100.403",
            "took_count{of=\"a\"} 4",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
