//! What an HTTP/2 connection has in flight. Its client may hold it by asking nothing, or hold an answer by giving no
//! room for more of it, and of neither does the connection itself take notice: no read and no write is waited for.
//! (In HTTP/1 one of them always is; there hyper's own timer and [`super::stall`] do.)

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body as AnyBody;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::Instant;

use super::Manners;

/// Looks at a connection within one patience.
const LOOKS: u32 = 4;

/// The requests of one connection.
pub(super) struct Tally(Mutex<State>);

struct State {
    next: u64,
    /// Since when a piece of an answer waits to be taken; `None` while the next piece, or the answer, is our turn.
    flights: HashMap<u64, Option<Instant>>,
    /// Since when there has been no request, if there is none.
    idle: Instant,
}

/// A request in flight, from its header to the end of its answer's body.
pub(super) struct Flight {
    tally: Arc<Tally>,
    number: u64,
}

/// What is to be done about a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    GoOn,
    /// It gets no more requests, and ends once those in flight have.
    Finish,
    /// It was to finish and does not.
    End,
}

impl Tally {
    /// Of a new connection.
    pub(super) fn new() -> Arc<Self> {
        let state = State { next: 0, flights: HashMap::new(), idle: Instant::now() };
        Arc::new(Self(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request more.
    pub(super) fn begin(self: &Arc<Self>) -> Flight {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.flights.insert(number, None);
        Flight { tally: self.clone(), number }
    }

    /// What is to be done at `now`. An answer that is not taken ends its connection in two steps, so that others
    /// on it, which a proxy may have put there for other people, are given to the end.
    pub(super) fn verdict(&self, now: Instant, manners: &Manners) -> Verdict {
        let state = self.state();
        let idle = now.saturating_duration_since(state.idle);
        let stalled =
            state.flights.values().flatten().min().map(|since| now.saturating_duration_since(*since));
        let (waited, patience) = match (state.flights.is_empty(), stalled) {
            (true, _) => (idle, manners.header_timeout),
            (false, stalled) => (stalled.unwrap_or_default(), manners.stall_timeout),
        };
        // What was given last lies in our buffers without being in flight; a connection that is idle may still be
        // sending it.
        if waited >= patience.saturating_add(manners.stall_timeout) {
            Verdict::End
        } else if waited >= patience {
            Verdict::Finish
        } else {
            Verdict::GoOn
        }
    }
}

/// How often a connection is to be looked at.
pub(super) fn pace(manners: &Manners) -> Duration {
    let least = manners.header_timeout.min(manners.stall_timeout) / LOOKS;
    least.clamp(Duration::from_millis(20), Duration::from_secs(1))
}

impl Flight {
    fn waits(&self, since: Option<Instant>) {
        self.tally.state().flights.insert(self.number, since);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut state = self.tally.state();
        state.flights.remove(&self.number);
        if state.flights.is_empty() {
            state.idle = Instant::now();
        }
    }
}

/// The body of an answer.
pub(super) struct TalliedBody {
    body: AnyBody,
    flight: Flight,
}

impl TalliedBody {
    /// The end of a request in flight.
    pub(super) fn new(body: AnyBody, flight: Flight) -> Self {
        Self { body, flight }
    }
}

impl Body for TalliedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Asked for a piece, so the one before has been taken.
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.flight.waits(polled.is_ready().then(Instant::now));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn manners() -> Manners {
        Manners {
            connections_max: 1,
            connections_per_address: 0,
            header_timeout: 10 * SECOND,
            stall_timeout: 60 * SECOND,
        }
    }

    #[test]
    fn a_connection_without_a_request_is_told_to_end_and_then_ended() {
        let tally = Tally::new();
        let idle = tally.state().idle;
        let at = |seconds: u32| tally.verdict(idle + seconds * SECOND, &manners());
        assert_eq!([9, 10, 69, 70].map(at), [Verdict::GoOn, Verdict::Finish, Verdict::Finish, Verdict::End]);
    }

    #[test]
    fn what_we_are_slow_with_is_not_the_client_s_fault() {
        let tally = Tally::new();
        let _thinking = tally.begin();
        let begun = Instant::now();
        assert_eq!(tally.verdict(begun + 3600 * SECOND, &manners()), Verdict::GoOn);
    }

    #[test]
    fn one_answer_that_is_not_taken_is_enough() {
        let tally = Tally::new();
        let (stalled, _thinking) = (tally.begin(), tally.begin());
        let given = Instant::now();
        stalled.waits(Some(given));
        let at = |seconds: u32| tally.verdict(given + seconds * SECOND, &manners());
        assert_eq!(
            [59, 60, 119, 120].map(at),
            [Verdict::GoOn, Verdict::Finish, Verdict::Finish, Verdict::End]
        );
        stalled.waits(None);
        assert_eq!(tally.verdict(given + 3600 * SECOND, &manners()), Verdict::GoOn);
    }
}
