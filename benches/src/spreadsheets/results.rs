//! What has been measured so far, and its tables.

use std::collections::BTreeMap;

use super::whole::Cost;

/// The head of the table of [`Results::line`].
pub(super) const HEAD: &str = "\
| writer 程序 | rows 行数 | CPU s | rows per CPU s 每 CPU 秒行数 | wall s 用时 | peak MiB 峰值 | added MiB 增加 | MB out 文件 |
|---|--:|--:|--:|--:|--:|--:|--:|";

/// The costs by row count and key, one for each round.
#[derive(Default)]
pub(super) struct Results {
    measured: BTreeMap<(i64, &'static str), Vec<Cost>>,
    /// Why something was not, in the words of the table.
    pub(super) skipped: Vec<String>,
    /// The size of `zip -6` of POI's file.
    pub(super) zipped: BTreeMap<i64, u64>,
}

/// Where numbers of several rounds lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let (below, above) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { least, median: f64::midpoint(below, above), most })
    }
}

impl Results {
    pub(super) fn add(&mut self, rows: i64, key: &'static str, cost: Cost) {
        self.measured.entry((rows, key)).or_default().push(cost);
    }

    pub(super) fn costs(&self, rows: i64, key: &'static str) -> &[Cost] {
        self.measured.get(&(rows, key)).map_or(&[], Vec::as_slice)
    }

    /// The median of what `of` tells of each run.
    pub(super) fn median(&self, rows: i64, key: &'static str, of: fn(&Cost) -> f64) -> Option<f64> {
        Spread::of(self.costs(rows, key).iter().map(of).collect()).map(|spread| spread.median)
    }

    /// `of(one) / of(other)` of the rounds that have both.
    pub(super) fn ratio(
        &self,
        rows: i64,
        [one, other]: [&'static str; 2],
        of: fn(&Cost) -> f64,
    ) -> Option<Spread> {
        let pairs = self.costs(rows, one).iter().zip(self.costs(rows, other));
        Spread::of(pairs.map(|(one, other)| of(one) / of(other)).collect())
    }

    /// A writer's line, if it was measured.
    pub(super) fn line(&self, rows: i64, key: &'static str, label: &str) -> Option<String> {
        let median = |of| self.median(rows, key, of);
        let cpu_seconds = median(|cost| cost.cpu_seconds)?;
        let added = self.costs(rows, key).iter().filter_map(|cost| cost.added_mib).collect();
        let added = Spread::of(added).map_or("-".to_owned(), |added| format!("{:.1}", added.median));
        Some(format!(
            "| {label} | {rows} | {cpu_seconds:.3} | {:.0} | {:.3} | {:.0} | {added} | {:.2} |",
            rows as f64 / cpu_seconds,
            median(|cost| cost.seconds)?,
            median(|cost| cost.peak_mib)?,
            median(|cost| cost.bytes as f64)? / 1e6,
        ))
    }

    /// The line of what `zip -6` makes of POI's file: only its size is compared.
    pub(super) fn zipped_line(&self, rows: i64) -> Option<String> {
        let bytes = *self.zipped.get(&rows)? as f64 / 1e6;
        Some(format!("| zip -6 of POI's .xls | {rows} | - | - | - | - | - | {bytes:.2} |"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(cpu_seconds: f64) -> Cost {
        Cost { seconds: cpu_seconds, cpu_seconds, peak_mib: 10.0, added_mib: None, bytes: 5_000_000 }
    }

    #[test]
    fn a_ratio_is_the_median_of_pairs_of_the_same_round() {
        let mut results = Results::default();
        for (slow, fast) in [(8.0, 1.0), (30.0, 3.0), (9.0, 3.0)] {
            results.add(100, "slow", cost(slow));
            results.add(100, "fast", cost(fast));
        }
        let spread = Spread { least: 3.0, median: 8.0, most: 10.0 };
        assert_eq!(results.ratio(100, ["slow", "fast"], |cost| cost.cpu_seconds), Some(spread));
        assert_eq!(results.ratio(100, ["slow", "gone"], |cost| cost.cpu_seconds), None);
    }

    #[test]
    fn a_line_tells_medians() {
        let mut results = Results::default();
        results.add(100, "one", cost(2.0));
        results.add(100, "one", cost(4.0));
        let line = "| One | 100 | 3.000 | 33 | 3.000 | 10 | - | 5.00 |";
        assert_eq!(results.line(100, "one", "One").as_deref(), Some(line));
        assert_eq!(results.line(100, "other", "Other"), None);
    }
}
