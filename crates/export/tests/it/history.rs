//! What can happen, and how it is told to whoever has to understand a failure.

use std::fmt;

use proptest::prelude::*;

/// One thing that happens. Tasks and hands are counted back from the newest; a count beyond the oldest starts
/// again at the newest, so that a shrunk history still says something.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    Create { user: usize, batch: usize, scope: Scope, chinese: bool },
    Delete { back: usize },
    Download { user: usize, back: usize },
    Claim,
    Attempt { hand: usize },
    Settle { hand: usize },
    Work,
    Beat { hand: usize },
    Fail { hand: usize },
    Rescue,
    Step { batch: usize },
    DeleteBatch { batch: usize },
    Kill,
    End,
    Prune,
    PutClock { by_ms: i64 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    Global,
    /// GLOBAL with an app named beside it.
    Beside(usize),
    App(usize),
}

pub(crate) const USERS: usize = 3;
/// The app of each batch task.
pub(crate) const BATCHES: [usize; 3] = [0, 0, 1];
pub(crate) const APPS: usize = 2;

impl fmt::Debug for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Create { user, batch, scope, chinese } => {
                let language = if *chinese { " in Chinese" } else { "" };
                write!(out, "user {user} exports batch task {batch}, scope {scope:?}{language}")
            }
            Event::Delete { back } => write!(out, "the {back} before the newest export task is deleted"),
            Event::Download { user, back } => {
                write!(out, "user {user} downloads the {back} before the newest export task")
            }
            Event::Claim => write!(out, "a worker claims"),
            Event::Attempt { hand } => write!(out, "worker {hand} writes its file"),
            Event::Settle { hand } => write!(out, "worker {hand} settles"),
            Event::Work => write!(out, "a worker claims, writes and settles"),
            Event::Beat { hand } => write!(out, "worker {hand} renews its claim"),
            Event::Fail { hand } => write!(out, "worker {hand} cannot go on and says when to try again"),
            Event::Rescue => write!(out, "the Rescuer looks"),
            Event::Step { batch } => write!(out, "one more device of batch task {batch} is done"),
            Event::DeleteBatch { batch } => write!(out, "batch task {batch} is deleted"),
            Event::Kill => write!(out, "the process is killed and starts again"),
            Event::End => write!(out, "the process ends and starts again"),
            Event::Prune => write!(out, "the Pruner looks"),
            Event::PutClock { by_ms } if *by_ms < 0 => write!(out, "the clock is put back {} ms", -by_ms),
            Event::PutClock { by_ms } => write!(out, "{by_ms} ms pass"),
        }
    }
}

/// Events in their order, one a line.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) kept: usize,
    pub(crate) unfinished: usize,
    pub(crate) events: Vec<Event>,
}

impl fmt::Debug for History {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "with {} kept and {} unfinished:", self.kept, self.unfinished)?;
        self.events.iter().zip(1..).try_for_each(|(event, number)| writeln!(out, "{number:4}. {event:?}"))
    }
}

/// Small numbers, so that every limit is met again and again, and mostly one user with one condition, because it
/// is there that tasks get in each other's way.
pub(crate) fn histories() -> impl Strategy<Value = History> {
    let events = prop::collection::vec(event(), 1..56);
    (1..6_usize, prop_oneof![1 => Just(1_usize), 4 => 2..5_usize], events)
        .prop_map(|(kept, unfinished, events)| History { kept, unfinished, events })
}

fn event() -> impl Strategy<Value = Event> {
    let back = || prop_oneof![3 => Just(0_usize), 2 => 0..8_usize];
    let mostly_first = |of: usize| prop_oneof![4 => Just(0), 1 => 0..of];
    let (user, batch, hand) = (mostly_first(USERS), mostly_first(BATCHES.len()), || 0..4_usize);
    prop_oneof![
        8 => (user.clone(), batch.clone(), scope(), any::<bool>())
            .prop_map(|(user, batch, scope, chinese)| Event::Create { user, batch, scope, chinese }),
        2 => back().prop_map(|back| Event::Delete { back }),
        4 => (user, back()).prop_map(|(user, back)| Event::Download { user, back }),
        5 => Just(Event::Claim),
        5 => hand().prop_map(|hand| Event::Attempt { hand }),
        5 => hand().prop_map(|hand| Event::Settle { hand }),
        4 => Just(Event::Work),
        1 => hand().prop_map(|hand| Event::Beat { hand }),
        2 => hand().prop_map(|hand| Event::Fail { hand }),
        2 => Just(Event::Rescue),
        3 => batch.clone().prop_map(|batch| Event::Step { batch }),
        1 => batch.prop_map(|batch| Event::DeleteBatch { batch }),
        1 => Just(Event::Kill),
        1 => Just(Event::End),
        2 => Just(Event::Prune),
        4 => clock().prop_map(|by_ms| Event::PutClock { by_ms }),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        6 => Just(Scope::Global),
        1 => (0..APPS).prop_map(Scope::Beside),
        1 => (0..APPS).prop_map(Scope::App),
    ]
}

/// Around every interval that the rules know, and days; both ways.
fn clock() -> impl Strategy<Value = i64> {
    let about_a_lease = prop_oneof![1 => Just(29_999), 1 => Just(30_000), 3 => Just(30_001)];
    let length = prop_oneof![1 => Just(1), 1 => Just(1_000), 5 => about_a_lease, 2 => Just(172_800_000)];
    (length, prop::bool::weighted(0.3)).prop_map(|(length, back)| if back { -length } else { length })
}
