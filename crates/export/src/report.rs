//! What a reader of the file wants to know first, counted while the rows pass by: counts by status, the most
//! frequent failures, and a hash over the rows.

use std::collections::HashMap;

use crate::{
    hashing::Hashing,
    row::Cell,
    source::{Counted, Fact, Subject},
};

/// Failures that a report names.
const FAILURES_MAX: usize = 10;
/// Different values that are counted; beyond it the rest is counted as one, so that memory stays bounded.
const VALUES_MAX: usize = 1000;
const OTHERS: &str = "...";

/// A counted failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its code.
    pub code: String,
    /// The text of the first row that failed so.
    pub example: String,
    /// How many rows failed so.
    pub count: i64,
}

/// The whole of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is exported.
    pub facts: Vec<Fact>,
    /// When the latest change in it was made.
    pub changed_ms: i64,
    /// Its rows.
    pub rows: i64,
    /// How many the snapshot has.
    pub counted: i64,
    /// How many its own counters tell, if it counts.
    pub counters: Option<i64>,
    /// How many rows stand where, in the order in which they came up.
    pub statuses: Vec<(String, i64)>,
    /// The most frequent failures, the most frequent first.
    pub failures: Vec<Failure>,
    /// SHA-256 over the rows' cells, each behind its length.
    pub rows_sha256: String,
}

/// A report that is being counted.
pub struct Tally {
    counted: Counted,
    rows: i64,
    statuses: Vec<(String, i64)>,
    failures: HashMap<String, (String, i64)>,
    hash: Hashing,
}

impl Tally {
    /// Nothing is counted yet.
    pub fn new(counted: Counted) -> Self {
        Self { counted, rows: 0, statuses: Vec::new(), failures: HashMap::new(), hash: Hashing::new() }
    }

    /// Rows so far.
    pub fn rows(&self) -> i64 {
        self.rows
    }

    /// Counts a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        self.rows += 1;
        for cell in cells {
            let text = cell.text().unwrap_or_default();
            self.hash.update(&(text.len() as u64).to_le_bytes());
            self.hash.update(text.as_bytes());
        }
        let at = |column: Option<usize>| cells.get(column?)?.text();
        if let Some(status) = at(self.counted.status) {
            self.count_status(status);
        }
        if let Some(code) = at(self.counted.error_code) {
            self.count_failure(code, at(self.counted.error_msg).unwrap_or_default());
        }
    }

    fn count_status(&mut self, status: &str) {
        let known = self.statuses.iter().position(|(known, _)| known == status);
        match known {
            Some(at) => self.statuses[at].1 += 1,
            None if self.statuses.len() < VALUES_MAX || status == OTHERS => {
                self.statuses.push((status.to_owned(), 1));
            }
            None => self.count_status(OTHERS),
        }
    }

    fn count_failure(&mut self, code: &str, example: &str) {
        if let Some((_, count)) = self.failures.get_mut(code) {
            *count += 1;
        } else if self.failures.len() < VALUES_MAX {
            self.failures.insert(code.to_owned(), (example.to_owned(), 1));
        } else {
            self.failures.entry(OTHERS.to_owned()).or_default().1 += 1;
        }
    }

    /// The report about `subject`, all rows counted.
    pub fn report(self, subject: &Subject) -> Report {
        let mut failures: Vec<Failure> = self
            .failures
            .into_iter()
            .map(|(code, (example, count))| Failure { code, example, count })
            .collect();
        failures.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        failures.truncate(FAILURES_MAX);
        Report {
            facts: subject.facts.clone(),
            changed_ms: subject.changed_ms,
            rows: self.rows,
            counted: subject.rows,
            counters: subject.counters.as_ref().map(|counters| counters.rows),
            statuses: self.statuses,
            failures,
            rows_sha256: self.hash.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTED: Counted = Counted { status: Some(0), error_code: Some(1), error_msg: Some(2) };

    #[test]
    fn the_most_frequent_failure_stands_first() {
        let mut tally = Tally::new(COUNTED);
        for (status, code) in
            [("Success", None), ("Fail", Some("B")), ("Fail", Some("A")), ("Fail", Some("A"))]
        {
            tally.row(&[Cell::Text(status), code.into(), code.map(|_| "why").into()]);
        }
        let report = tally.report(&Subject::default());
        assert_eq!(report.statuses, [("Success".to_owned(), 1), ("Fail".to_owned(), 3)]);
        let failure = |code: &str, count| Failure { code: code.into(), example: "why".into(), count };
        assert_eq!(report.failures, [failure("A", 2), failure("B", 1)]);
    }

    #[test]
    fn a_cell_that_moves_changes_the_hash() {
        let hash = |cells: &[Cell<'_>]| {
            let mut tally = Tally::new(COUNTED);
            tally.row(cells);
            tally.report(&Subject::default()).rows_sha256
        };
        assert_ne!(hash(&[Cell::Text("ab"), Cell::Text("c")]), hash(&[Cell::Text("a"), Cell::Text("bc")]));
    }

    #[test]
    fn a_thousand_different_codes_and_no_more_memory() {
        let mut tally = Tally::new(COUNTED);
        for n in 0..5000 {
            tally.row(&[Cell::Text("Fail"), Cell::Text(&n.to_string())]);
        }
        assert_eq!(tally.failures.len(), VALUES_MAX + 1);
        assert_eq!(tally.report(&Subject::default()).failures[0].count, 4000);
    }
}
