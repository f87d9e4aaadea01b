//! One suite: a command, the seconds it may take, and how to read from its output what passed.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::leash::Leash;

/// What a suite is, before it has run.
pub(crate) struct Suite {
    /// Its name in the summary.
    pub(crate) name: &'static str,
    /// How long it may take before it is killed.
    pub(crate) budget_seconds: u64,
    /// How its results are counted.
    pub(crate) count: Count,
}

/// How passed and failed are told.
pub(crate) enum Count {
    /// The command is one test: its exit code says all.
    ExitCode,
    /// The `test result:` lines of cargo test, which are many: one for each crate.
    CargoTest,
    /// The junit file that pytest writes.
    Junit(std::path::PathBuf),
}

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

/// What a suite came to.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) seconds: u64,
    /// Why it was skipped or killed, for people.
    pub(crate) note: Option<String>,
}

/// How the command ended.
enum End {
    Exited(ExitStatus),
    OverBudget,
    NotStarted(String),
}

impl Suite {
    /// Runs `command` to its end or to the end of the budget, with its output shown as it comes.
    pub(crate) fn run(self, command: &mut Command) -> Outcome {
        println!("\n== {} (at most {} s): {}", self.name, self.budget_seconds, words(command));
        let started = Instant::now();
        let (end, output) = run_on_leash(command, Duration::from_secs(self.budget_seconds));
        let seconds = started.elapsed().as_secs();
        let note = self.note(&end);
        if let Some(note) = &note {
            println!("== {}: {note}", self.name);
        }
        Outcome { name: self.name, tally: self.tally(&end, &output), seconds, note }
    }

    fn tally(&self, end: &End, output: &[String]) -> Tally {
        let counted = match &self.count {
            Count::ExitCode => Tally::default(),
            Count::CargoTest => count_cargo_test(output),
            Count::Junit(path) => {
                std::fs::read_to_string(path).map(|xml| count_junit(&xml)).unwrap_or_default()
            }
        };
        match end {
            End::Exited(status) if status.success() => match self.count {
                Count::ExitCode => Tally { passed: 1, ..counted },
                _ => counted,
            },
            // A suite that did not end well has failed, also when no test of it says so.
            _ => Tally { failed: counted.failed.max(1), ..counted },
        }
    }

    fn note(&self, end: &End) -> Option<String> {
        match end {
            End::Exited(_) => None,
            End::OverBudget => Some(format!("killed: over its budget of {} s", self.budget_seconds)),
            End::NotStarted(why) => Some(format!("could not be started: {why}")),
        }
    }
}

/// A suite that this machine cannot run.
pub(crate) fn skipped(name: &'static str, why: String) -> Outcome {
    println!("\n== {name}: skipped, {why}");
    Outcome { name, tally: Tally { skipped: 1, ..Tally::default() }, seconds: 0, note: Some(why) }
}

/// A suite that nobody can expect this copy of the repository to run: told, and neither passed nor failed.
pub(crate) fn untried(name: &'static str, why: &str) -> Outcome {
    println!("\n== {name}: NOT TRIED, {why}");
    Outcome { name, tally: Tally::default(), seconds: 0, note: Some(format!("NOT TRIED: {why}")) }
}

fn run_on_leash(command: &mut Command, budget: Duration) -> (End, Vec<String>) {
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return (End::NotStarted(error.to_string()), Vec::new()),
    };
    let leash = match Leash::on(child.id()) {
        Ok(leash) => leash,
        Err(error) => {
            let _ = child.kill();
            return (End::NotStarted(error.to_string()), Vec::new());
        }
    };
    let shown = child.stdout.take().map(show);
    let end = match ended(child).recv_timeout(budget) {
        Ok(Ok(status)) => End::Exited(status),
        Ok(Err(error)) => End::NotStarted(error.to_string()),
        Err(_) => End::OverBudget,
    };
    // Letting go closes the pipe under the reader too, whoever still held it.
    drop(leash);
    let output = shown.and_then(|reader| reader.join().ok()).unwrap_or_default();
    (end, output)
}

/// Waits in a thread, because a wait with a deadline is what the standard library does not have.
fn ended(mut child: Child) -> Receiver<std::io::Result<ExitStatus>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait()));
    receiver
}

fn show(output: ChildStdout) -> JoinHandle<Vec<String>> {
    thread::spawn(move || {
        let mut lines = Vec::new();
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            lines.push(line);
        }
        lines
    })
}

fn words(command: &Command) -> String {
    let name = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    let all: Vec<_> = std::iter::once(name.to_string_lossy()).chain(arguments).collect();
    all.join(" ")
}

/// Adds up lines such as `test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`.
fn count_cargo_test(output: &[String]) -> Tally {
    let results = output.iter().filter_map(|line| line.strip_prefix("test result: "));
    results.fold(Tally::default(), |sum, result| Tally {
        passed: sum.passed + number_before(result, " passed"),
        failed: sum.failed + number_before(result, " failed"),
        skipped: sum.skipped + number_before(result, " ignored"),
    })
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().unwrap_or_default();
    let digits = before.rsplit(' ').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// Reads the totals from the attributes of the first `<testsuite ...>`.
fn count_junit(xml: &str) -> Tally {
    let element = xml.split("<testsuite ").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
    let failed = attribute(element, "errors") + attribute(element, "failures");
    let skipped = attribute(element, "skipped");
    let passed = attribute(element, "tests").saturating_sub(failed + skipped);
    Tally { passed, failed, skipped }
}

fn attribute(element: &str, name: &str) -> u64 {
    let value = element.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn suite(budget_seconds: u64, count: Count) -> Suite {
        Suite { name: "sample", budget_seconds, count }
    }

    #[test]
    fn every_result_line_of_cargo_test_counts() {
        let result = "echo 'test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured'; \
                      echo 'test result: FAILED. 2 passed; 3 failed; 0 ignored'; exit 101";
        let outcome = suite(60, Count::CargoTest).run(&mut shell(result));
        assert_eq!(outcome.tally, Tally { passed: 7, failed: 3, skipped: 1 });
    }

    #[test]
    fn a_suite_that_dies_without_a_result_has_failed() {
        let outcome = suite(60, Count::CargoTest).run(&mut shell("exit 101"));
        assert_eq!(outcome.tally, Tally { passed: 0, failed: 1, skipped: 0 });
    }

    #[test]
    fn a_suite_over_its_budget_is_killed_with_what_it_started() {
        let started = Instant::now();
        let outcome = suite(1, Count::ExitCode).run(&mut shell("sleep 300 & sleep 300"));
        assert_eq!(outcome.tally.failed, 1);
        assert_eq!(outcome.note.as_deref(), Some("killed: over its budget of 1 s"));
        assert!(started.elapsed() < Duration::from_secs(60), "the grandchild kept the pipe open");
    }

    #[test]
    fn what_a_suite_leaves_behind_does_not_hold_us_up() {
        let started = Instant::now();
        let outcome = suite(300, Count::ExitCode).run(&mut shell("sleep 300 & exit 0"));
        assert_eq!(outcome.tally.passed, 1);
        assert!(started.elapsed() < Duration::from_secs(60), "the leftover was not killed");
    }

    #[test]
    fn a_program_that_is_not_there_is_a_failure_with_a_reason() {
        let outcome = suite(1, Count::ExitCode).run(&mut Command::new("no-such-program"));
        assert_eq!(outcome.tally.failed, 1);
        assert!(outcome.note.is_some_and(|note| note.starts_with("could not be started")));
    }

    #[test]
    fn junit_totals_are_read() {
        let xml = r#"<testsuites name="t"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.0">"#;
        assert_eq!(count_junit(xml), Tally { passed: 4, failed: 3, skipped: 3 });
    }
}
