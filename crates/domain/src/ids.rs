//! Makes record ids that grow with time, also when the clock jumps back: inside a process by itself, beyond it
//! because a process is told the newest id that an earlier one has made.

use std::sync::{Arc, Mutex, PoisonError};

use types::RecordId;

use crate::{Clock, Rng};

/// The maker of record ids.
pub struct Ids {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    last: Mutex<(i64, u32)>,
}

impl Ids {
    /// A maker that reads `clock` and `rng`.
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { clock, rng, last: Mutex::new((0, 0)) }
    }

    /// Makes only ids that are greater than `newest`.
    pub fn go_on_from(&self, newest: RecordId) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = newest.made().max(*last);
    }

    /// The next id: greater than all that this maker has made or was told of.
    pub fn next(&self) -> RecordId {
        let now = self.clock.now_ms();
        let random = self.rng.u32();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that stands or jumps back must not reorder lists: stay in the last millisecond, or, once
        // that is full, borrow from the next.
        *last = if now > last.0 {
            (now, 0)
        } else if last.1 < RecordId::SEQUENCE_MAX {
            (last.0, last.1 + 1)
        } else {
            (last.0 + 1, 0)
        };
        RecordId::new(last.0, last.1, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SystemRng, clock::ManualClock};

    #[test]
    fn a_clock_that_jumps_back_does_not_reorder() {
        let clock = Arc::new(ManualClock::at(1_000_000));
        let ids = Ids::new(clock.clone(), Arc::new(SystemRng));
        let first = ids.next();
        clock.advance(-500_000);
        let second = ids.next();
        clock.advance(1_000_000);
        assert!(first < second && second < ids.next());
    }

    #[test]
    fn what_an_earlier_process_made_is_older_though_the_clock_was_put_back() {
        let clock = Arc::new(ManualClock::at(1_000_000));
        let earlier = Ids::new(clock.clone(), Arc::new(SystemRng)).next();
        clock.advance(-500_000);
        let ids = Ids::new(clock, Arc::new(SystemRng));
        ids.go_on_from(earlier);
        assert!(earlier < ids.next());
    }
}
