//! One schedule's world: nodes over one database and one set of objects, and a step of chance after the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{Clock, clock::ManualClock};
use store::{Error, Store, jobs::Claim};

use crate::{
    dice::Dice,
    fault::{self, Fault},
    ground::{Ground, START_MS, said},
    judge::{Deed, Judge, Verb},
    node::Node,
    view::View,
};

/// How long a claim lasts.
pub(crate) const TERM_MS: i64 = 30_000;
/// How old an object must be to be swept.
pub(crate) const SWEEP_AGE_MS: i64 = 3_600_000;
/// Dice of nodes and of the end, which no step throws.
const NODES: u64 = 1 << 32;

/// How often what was done, and whether it was taken or refused.
pub(crate) type Seen = BTreeMap<(Verb, bool), u64>;

/// What broke a rule, or nothing.
pub(crate) type Verdict<T = ()> = Result<T, String>;

/// What became of a write, as its worker sees it.
#[derive(Debug)]
pub(crate) enum Went<T> {
    Done(T),
    Lost,
    /// No answer came, whatever was committed.
    Unanswered,
    /// The process is dead.
    Crashed,
}

pub(crate) struct World<'g> {
    pub(crate) ground: &'g Ground,
    pub(crate) nodes: Vec<Node>,
    /// What lies in the object store, and since when.
    pub(crate) objects: BTreeMap<String, i64>,
    pub(crate) true_ms: i64,
    pub(crate) judge: Judge,
    pub(crate) fault: Fault,
    /// Tasks that kill whoever works on them.
    pub(crate) deadly: BTreeSet<String>,
    /// Tasks that fail for good.
    pub(crate) hopeless: BTreeSet<String>,
    /// When a user's last download was admitted, on the clock that admitted it.
    pub(crate) downloads: BTreeMap<String, i64>,
    /// Nothing goes wrong any more.
    pub(crate) calm: bool,
    /// What was judged.
    pub(crate) seen: Seen,
    seed: u64,
    starts: u64,
    trace: Option<Vec<String>>,
}

impl<'g> World<'g> {
    pub(crate) fn new(ground: &'g Ground, seed: u64, fault: Fault, traced: bool) -> Verdict<Self> {
        ground.clear()?;
        let mut dice = Dice::of(seed, NODES);
        let nodes = (0..dice.between(2, 5)).map(|_| {
            let skew_ms = dice.between(-4_000, 4_000);
            let clock = Arc::new(ManualClock::at(START_MS + skew_ms));
            Node::new(clock, skew_ms, dice.between(1, 2) as usize)
        });
        let mut world = Self {
            ground,
            nodes: nodes.collect(),
            objects: BTreeMap::new(),
            true_ms: START_MS,
            judge: Judge::default(),
            fault,
            deadly: BTreeSet::new(),
            hopeless: BTreeSet::new(),
            downloads: BTreeMap::new(),
            calm: false,
            seen: Seen::new(),
            seed,
            starts: 0,
            trace: traced.then(Vec::new),
        };
        (0..world.nodes.len()).try_for_each(|node| world.start(node))?;
        // Without a batch task there is nothing to export.
        world.order_batch(&mut dice)?;
        Ok(world)
    }

    /// What happened, if it was written down.
    pub(crate) fn told(self) -> Vec<String> {
        self.trace.unwrap_or_default()
    }

    pub(crate) fn tell(&mut self, what: impl FnOnce() -> String) {
        let since = self.true_ms - START_MS;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9.3} s  {}", since as f64 / 1000.0, what()));
        }
    }

    pub(crate) fn start(&mut self, node: usize) -> Verdict {
        self.starts += 1;
        let dice = Dice::of(self.seed, NODES + self.starts);
        let store = self.ground.store(self.nodes[node].clock.clone(), dice)?;
        self.nodes[node].store = Some(store);
        Ok(())
    }

    pub(crate) fn crash(&mut self, node: usize) {
        self.tell(|| format!("node {node} crashes"));
        self.nodes[node].crash();
    }

    pub(crate) fn pass(&mut self, ms: i64) {
        self.true_ms += ms;
        for node in &self.nodes {
            node.clock.advance(ms);
        }
    }

    pub(crate) fn store(&self, node: usize) -> Verdict<Store> {
        self.nodes[node].store.clone().ok_or_else(|| format!("node {node} is dead and was asked"))
    }

    pub(crate) fn now_ms(&self, node: usize) -> i64 {
        self.nodes[node].clock.now_ms()
    }

    /// Looks at what was done.
    pub(crate) fn look(&mut self, deed: Deed<'_>) -> Verdict {
        if self.fault == Fault::GarbageForgotten
            && matches!(deed.verb, Verb::Delete | Verb::Order | Verb::Publish)
        {
            fault::forget(&self.ground.db, "DELETE FROM object_garbage").map_err(said)?;
        }
        *self.seen.entry((deed.verb, deed.done)).or_default() += 1;
        let of_exports =
            matches!(deed.verb, Verb::Beat | Verb::Publish | Verb::Fail | Verb::Claim | Verb::Download);
        let known = of_exports.then_some(&self.judge.view.batches);
        let after = View::of(&self.ground.db, known).map_err(said)?;
        self.judge.look(deed, after, &self.objects)
    }

    /// A write of a worker under its claim. Before it or after it the process may die, and its answer may get lost.
    pub(crate) fn write<T>(
        &mut self,
        dice: &mut Dice,
        node: usize,
        claim: &Claim,
        (verb, object): (Verb, Option<&str>),
        unit: impl FnOnce(&Store) -> Result<T, Error>,
    ) -> Verdict<Went<T>> {
        let fate = if self.calm { usize::MAX } else { dice.below(60) };
        if fate == 0 {
            self.crash(node);
            return Ok(Went::Crashed);
        }
        if fate == 1 {
            self.tell(|| format!("node {node}: {verb:?} does not reach the database"));
            return Ok(Went::Unanswered);
        }
        let store = self.store(node)?;
        let answer = unit(&store);
        let (done, now_ms) = (answer.is_ok(), self.now_ms(node));
        self.tell(|| {
            let (job, epoch, outcome) = (&claim.job_id, claim.epoch, if done { "done" } else { "refused" });
            format!("node {node}: {verb:?} of {job} epoch {epoch}: {outcome}")
        });
        self.look(Deed { verb, claim: Some(claim), done, now_ms, object })?;
        if fate == 2 {
            self.crash(node);
            return Ok(Went::Crashed);
        }
        if fate == 3 {
            self.tell(|| format!("node {node} never hears of it"));
            return Ok(Went::Unanswered);
        }
        match answer {
            Ok(done) => Ok(Went::Done(done)),
            Err(Error::LostClaim) => Ok(Went::Lost),
            Err(other) => Err(format!("{verb:?}: {other}")),
        }
    }
}
