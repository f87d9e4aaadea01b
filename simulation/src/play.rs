//! Plays a schedule: so many steps of chance, then calm until nothing is left to do. One that breaks a rule is
//! shrunk to the steps that it takes.

use crate::{
    dice::Dice,
    fault::Fault,
    ground::Ground,
    node::Worker,
    world::{SWEEP_AGE_MS, Seen, Verdict, World},
};

/// The dice of the calm at the end.
const CALM: u64 = 1 << 33;
/// By then everything has ended, whatever pauses and leases there were.
const CALM_ROUNDS: usize = 300;

/// A schedule that breaks a rule.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) seed: u64,
    /// The rule, and what broke it.
    pub(crate) rule: String,
    /// What happened, of the fewest steps that were found to break a rule.
    pub(crate) trace: Vec<String>,
}

/// Plays the schedule of a seed.
pub(crate) fn play(ground: &Ground, seed: u64, fault: Fault) -> Result<Seen, Box<Broken>> {
    let steps: Vec<u64> = (0..length(seed)).collect();
    if let Ok(seen) = run(ground, seed, fault, &steps, false).0 {
        return Ok(seen);
    }
    let steps = shrunk(steps, |steps| run(ground, seed, fault, steps, false).0.is_err());
    let (verdict, trace) = run(ground, seed, fault, &steps, true);
    let rule =
        verdict.err().unwrap_or_else(|| "it breaks a rule, and then it does not: chance is left".to_owned());
    Err(Box::new(Broken { seed, rule, trace }))
}

fn length(seed: u64) -> u64 {
    Dice::of(seed, CALM).between(20, 80) as u64
}

fn run(
    ground: &Ground,
    seed: u64,
    fault: Fault,
    steps: &[u64],
    traced: bool,
) -> (Verdict<Seen>, Vec<String>) {
    match World::new(ground, seed, fault, traced) {
        Ok(mut world) => {
            let stepped = steps.iter().try_for_each(|step| world.step(&mut Dice::of(seed, *step)));
            let verdict = stepped.and_then(|()| world.rest(&mut Dice::of(seed, CALM)));
            (verdict.map(|()| std::mem::take(&mut world.seen)), world.told())
        }
        Err(broken) => (Err(broken), Vec::new()),
    }
}

/// Leaves out what is not needed: halves first, then less, at last one by one.
fn shrunk(mut steps: Vec<u64>, mut breaks: impl FnMut(&[u64]) -> bool) -> Vec<u64> {
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + size).min(steps.len()));
            if breaks(&fewer) {
                steps = fewer;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
    steps
}

impl World<'_> {
    /// One thing happens.
    fn step(&mut self, dice: &mut Dice) -> Verdict {
        let node = dice.below(self.nodes.len());
        match dice.below(100) {
            0..8 => self.order_export(dice),
            8..10 => self.order_batch(dice),
            10..12 => self.delete_export(dice),
            12 => self.delete_batch(dice),
            13..20 => self.download(dice),
            20..68 => self.some_work(dice, node),
            68..80 => {
                self.some_time(dice);
                Ok(())
            }
            80..84 => self.rescue(dice, node).map(|_| ()),
            84..88 => self.prune(node),
            88..94 => self.sweep(node),
            94..98 => self.start_what_is_dead(),
            98 => {
                self.crash(node);
                Ok(())
            }
            _ => {
                self.put_clock(dice, node);
                Ok(())
            }
        }
    }

    fn some_work(&mut self, dice: &mut Dice, node: usize) -> Verdict {
        let worker = dice.below(self.nodes[node].workers.len());
        // A few steps at once, as a worker does that nobody holds up.
        (0..dice.between(1, 3)).try_for_each(|_| self.work(dice, node, worker))
    }

    fn some_time(&mut self, dice: &mut Dice) {
        let ms = match dice.below(12) {
            0..5 => dice.between(1, 2_000),
            5..8 => dice.between(5_000, 25_000),
            8..10 => dice.between(25_000, 70_000),
            _ => dice.between(SWEEP_AGE_MS, 2 * SWEEP_AGE_MS),
        };
        self.pass(ms);
    }

    fn start_what_is_dead(&mut self) -> Verdict {
        for node in 0..self.nodes.len() {
            if self.nodes[node].store.is_none() {
                self.tell(|| format!("node {node} starts"));
                self.start(node)?;
            }
        }
        Ok(())
    }

    fn put_clock(&mut self, dice: &mut Dice, node: usize) {
        let by_ms =
            if dice.one_in(2) { dice.between(-40_000, 40_000) } else { dice.between(-700_000, 700_000) };
        self.tell(|| format!("the clock of node {node} is put by {by_ms} ms"));
        self.nodes[node].clock.advance(by_ms);
        self.nodes[node].skew_ms += by_ms;
    }

    /// Nothing goes wrong any more; all that was accepted ends.
    fn rest(&mut self, dice: &mut Dice) -> Verdict {
        self.tell(|| "from here on nothing goes wrong".to_owned());
        self.calm = true;
        let mut idle = 0;
        for _ in 0..CALM_ROUNDS {
            self.start_what_is_dead()?;
            let before = self.judge.view.jobs.len();
            for node in 0..self.nodes.len() {
                for worker in 0..self.nodes[node].workers.len() {
                    self.work_to_the_end(dice, node, worker)?;
                }
                while self.rescue(dice, node)? {}
            }
            if self.judge.view.jobs.is_empty() && !self.nodes.iter().any(crate::node::Node::is_busy) {
                break;
            }
            idle = if self.judge.view.jobs.len() < before { 0 } else { idle + 1 };
            self.pass((1_000 << idle.min(7)).min(100_000));
        }
        self.tidy_up()?;
        self.judge.at_rest(&self.objects)
    }

    /// A worker claims and works as long as it finds something.
    fn work_to_the_end(&mut self, dice: &mut Dice, node: usize, worker: usize) -> Verdict {
        // Twice idle: it has looked for both kinds, more or less.
        let mut idle = 0;
        while idle < 2 && self.nodes[node].store.is_some() {
            self.work(dice, node, worker)?;
            idle = if matches!(self.nodes[node].workers[worker], Worker::Idle) { idle + 1 } else { 0 };
        }
        Ok(())
    }

    fn tidy_up(&mut self) -> Verdict {
        self.start_what_is_dead()?;
        self.pass(2 * SWEEP_AGE_MS);
        // Each looks first, then deletes one by one, then forgets.
        for _ in 0..3 {
            self.sweep(0)?;
            while !self.nodes[0].sweeping.is_empty() {
                self.sweep(0)?;
            }
            self.prune(0)?;
            while !self.nodes[0].pruning.is_empty() || !self.nodes[0].pruned.is_empty() {
                self.prune(0)?;
            }
        }
        let mut slices = 0;
        while self.leftovers()? > 0 {
            slices += 1;
            if slices > 20 {
                return Err("subtasks of deleted tasks never go".to_owned());
            }
            self.prune(0)?;
        }
        Ok(())
    }
}
