//! Wakes workers when there is something to do, or when the process is to end. A ring is a hint: workers also
//! look by themselves, so a lost ring costs a moment and never a job.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

#[derive(Default)]
struct State {
    rings: u64,
    closing: bool,
    ended: bool,
}

/// The bell; clones share it.
#[derive(Clone, Default)]
pub struct Bell(Arc<(Mutex<State>, Condvar)>);

impl Bell {
    /// There is something to do.
    pub fn ring(&self) {
        self.change(|state| state.rings += 1);
    }

    /// The process is to end soon: nothing new is begun.
    pub fn close(&self) {
        self.change(|state| state.closing = true);
    }

    /// Whether nothing new is to be begun.
    pub fn is_closing(&self) -> bool {
        let state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.closing || state.ended
    }

    /// The process is to end.
    pub fn end(&self) {
        self.change(|state| state.ended = true);
    }

    /// Whether the process is to end.
    pub fn has_ended(&self) -> bool {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).ended
    }

    /// How often it has rung; taken before a look, so that no ring between look and wait is missed.
    pub fn rings(&self) -> u64 {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).rings
    }

    /// Waits until it has rung more than `heard` times, nothing new is to be begun, or `most` has passed.
    pub fn wait(&self, heard: u64, most: Duration) {
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = changed
            .wait_timeout_while(state, most, |state| state.rings == heard && !state.closing && !state.ended);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_all();
    }
}
