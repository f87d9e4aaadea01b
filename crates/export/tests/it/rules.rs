//! Random histories of orders, downloads, workers, kills and clock jumps, played to the real parts and to the
//! model of the rules; after every event both must say the same.

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::{
    both::Both,
    history::{History, histories},
};

/// Histories that are played, unless `UNLADE_HISTORIES` says how many.
const HISTORIES: u32 = 200;

#[test]
fn whatever_happens_the_documented_rules_hold() {
    let cases = std::env::var("UNLADE_HISTORIES").map_or(HISTORIES, |number| number.parse().unwrap());
    // A history that fails is to become a test with a name, not a seed in a file.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4096, ..Config::default() };
    let played = TestRunner::new(config).run(&histories(), |history| {
        play(&history).map_err(|difference| TestCaseError::fail(format!("\n{difference}")))
    });
    if let Err(failure) = played {
        panic!("{failure}");
    }
}

/// Plays a history; the error says after which event the server and the rules came apart, and how.
pub(crate) fn play(history: &History) -> Result<(), String> {
    let mut both = Both::new(history);
    for (event, number) in history.events.iter().zip(1..) {
        both.play(*event)
            .and_then(|()| both.compare())
            .map_err(|difference| format!("after event {number} ({event:?}):\n  {difference}"))?;
    }
    Ok(())
}
