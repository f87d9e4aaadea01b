//! What all suites of a command came to: a table, the plain last line, and the exit code.

use std::process::ExitCode;

use crate::suite::{Outcome, Tally};

/// The outcomes so far.
pub(crate) struct Summary {
    outcomes: Vec<Outcome>,
    skipping_fails: bool,
}

impl Summary {
    pub(crate) fn new() -> Self {
        Self { outcomes: Vec::new(), skipping_fails: false }
    }

    /// From now on a skipped test is a failed test.
    pub(crate) fn skip_nothing(&mut self) {
        self.skipping_fails = true;
    }

    /// Adds an outcome; says whether it was good, for those who cannot go on without it.
    pub(crate) fn add(&mut self, outcome: Outcome) -> bool {
        let good = self.judged(outcome.tally).failed == 0;
        self.outcomes.push(outcome);
        good
    }

    /// Prints a line for each suite, and last the totals, alone on their line: CI reads it.
    pub(crate) fn print(&self) {
        println!("\n{:<20} {:>7} {:>7} {:>7} {:>8}", "suite", "passed", "failed", "skipped", "seconds");
        for outcome in &self.outcomes {
            println!("{}", line(outcome));
        }
        if self.skipping_fails && self.outcomes.iter().any(|outcome| outcome.tally.skipped > 0) {
            println!("\nNothing may be skipped here: what was skipped counts as failed.");
        }
        let total = self.total();
        println!("\n{} passed, {} failed", total.passed, total.failed);
    }

    /// Failure when anything failed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.total().failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn total(&self) -> Tally {
        let tallies = self.outcomes.iter().map(|outcome| self.judged(outcome.tally));
        tallies.fold(Tally::default(), |sum, tally| Tally {
            passed: sum.passed + tally.passed,
            failed: sum.failed + tally.failed,
            skipped: sum.skipped + tally.skipped,
        })
    }

    fn judged(&self, tally: Tally) -> Tally {
        if self.skipping_fails { Tally { failed: tally.failed + tally.skipped, ..tally } } else { tally }
    }
}

fn line(outcome: &Outcome) -> String {
    let Tally { passed, failed, skipped } = outcome.tally;
    let counts = format!("{:<20} {passed:>7} {failed:>7} {skipped:>7} {:>8}", outcome.name, outcome.seconds);
    match &outcome.note {
        Some(note) => format!("{counts}  {note}"),
        None => counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(passed: u64, failed: u64, skipped: u64) -> Outcome {
        Outcome { name: "sample", tally: Tally { passed, failed, skipped }, seconds: 0, note: None }
    }

    #[test]
    fn a_skipped_suite_is_fine_at_a_desk_and_a_failure_in_ci() {
        let mut summary = Summary::new();
        assert!(summary.add(outcome(0, 0, 1)));
        summary.skip_nothing();
        assert_eq!(summary.total().failed, 1);
    }

    #[test]
    fn totals_add_up() {
        let mut summary = Summary::new();
        summary.add(outcome(3, 0, 1));
        assert!(!summary.add(outcome(4, 2, 0)));
        assert_eq!(summary.total(), Tally { passed: 7, failed: 2, skipped: 1 });
    }
}
