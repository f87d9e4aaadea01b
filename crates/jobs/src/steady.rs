//! Whether the clock can be believed. Age is told by the wall clock, which may jump ahead for a moment and back,
//! and what went for its age does not come back. So nothing goes for its age until the wall clock has kept step
//! with the monotonic one for an hour.

use std::time::{Duration, Instant};

/// How long the clock must have kept step.
pub(crate) const SETTLED: Duration = Duration::from_secs(3600);
/// What is no jump: a busy machine, a clock that is being slewed.
const OUT_OF_STEP_MS: i64 = 60_000;

/// A watch over the wall clock.
#[derive(Default)]
pub(crate) struct Steady {
    /// Where both clocks stood when the wall clock was last out of step, or first seen.
    since: Option<(i64, Instant)>,
    /// Whether it was seen to jump then.
    has_jumped: bool,
}

impl Steady {
    /// To be asked often. Answers `now_ms` if it can be believed.
    pub(crate) fn look(&mut self, now_ms: i64, at: Instant) -> Option<i64> {
        let (then_ms, then) = *self.since.get_or_insert((now_ms, at));
        let passed = at.saturating_duration_since(then);
        let passed_ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        let jumped_ms = now_ms.saturating_sub(then_ms).saturating_sub(passed_ms);
        if jumped_ms.abs() > OUT_OF_STEP_MS {
            tracing::warn!(
                jumped_ms,
                "the clock was changed: nothing goes for its age until it has been steady for an hour"
            );
            (self.since, self.has_jumped) = (Some((now_ms, at)), true);
            return None;
        }
        if passed < SETTLED {
            return None;
        }
        self.has_jumped = false;
        Some(now_ms)
    }

    /// Whether it was seen to jump and has not been steady since. What may go minutes after it came does not wait for an
    /// hour after each start, but for that it does.
    pub(crate) fn has_jumped(&self) -> bool {
        self.has_jumped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;
    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_clock_that_jumps_a_year_ahead_and_back_is_not_believed_for_an_hour() {
        let (mut steady, start, wall) = (Steady::default(), Instant::now(), 1_700_000_000_000);
        let mut look = |after_ms: i64, jump_ms: i64| {
            steady.look(wall + after_ms + jump_ms, start + Duration::from_millis(after_ms as u64))
        };
        assert_eq!(look(0, 0), None, "nothing is known of it");
        assert_eq!(look(HOUR_MS - 1, 0), None);
        assert_eq!(look(HOUR_MS, 30_000), Some(wall + HOUR_MS + 30_000), "slewed, not changed");
        assert!(!steady.has_jumped());
        let mut look = |after_ms: i64, jump_ms: i64| {
            steady.look(wall + after_ms + jump_ms, start + Duration::from_millis(after_ms as u64))
        };
        assert_eq!(look(HOUR_MS + 1, 365 * DAY_MS), None, "ahead");
        assert_eq!(look(HOUR_MS + 2, 0), None, "and back");
        assert_eq!(look(2 * HOUR_MS, 0), None);
        assert!(steady.has_jumped());
        let at = start + Duration::from_millis((2 * HOUR_MS + 2) as u64);
        assert_eq!(steady.look(wall + 2 * HOUR_MS + 2, at), Some(wall + 2 * HOUR_MS + 2));
        assert!(!steady.has_jumped());
    }

    #[test]
    fn a_clock_that_stays_where_it_was_put_is_believed_in_the_end() {
        let (mut steady, start) = (Steady::default(), Instant::now());
        assert_eq!(steady.look(0, start), None);
        assert_eq!(steady.look(-DAY_MS, start + SETTLED), None);
        assert_eq!(steady.look(HOUR_MS - DAY_MS, start + 2 * SETTLED), Some(HOUR_MS - DAY_MS));
    }
}
