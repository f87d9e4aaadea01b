//! A simulated scheduler: nodes over one database, each on a clock of its own, play schedules of orders, claims,
//! pauses and crashes that follow from a seed, over the real units of work of `store`. After every write the rules
//! are checked, and once more when everything has come to rest.
#![expect(clippy::print_stdout, reason = "its answer is for a person at a terminal")]

mod agents;
mod dice;
mod fault;
mod ground;
mod judge;
mod node;
mod orders;
mod play;
#[cfg(test)]
mod tests;
mod view;
mod work;
mod world;

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};

use clap::Parser;

use crate::{
    fault::Fault,
    ground::Ground,
    judge::Verb,
    play::{Broken, play},
    world::Seen,
};

/// Plays schedules of claims, pauses and crashes.
#[derive(Parser)]
struct Arguments {
    /// How many schedules are played
    #[arg(long, default_value_t = 100_000)]
    schedules: u64,
    /// The seed of the first; the others follow
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many are played side by side; as many as there are processors, if not said
    #[arg(long)]
    threads: Option<usize>,
    /// A fault that the nodes are given, to see it found
    #[arg(long, value_enum, default_value_t = Fault::None)]
    plant: Fault,
}

/// Broken schedules that are shown.
const SHOWN: usize = 3;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let threads = arguments
        .threads
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get));
    let begun = Instant::now();
    match side_by_side(&arguments, threads) {
        Ok(played) => {
            played.broken.iter().take(SHOWN).for_each(show);
            let tally = |((verb, done), times): (&(Verb, bool), &u64)| {
                format!("{verb:?}{} {times}", if *done { "" } else { " refused" })
            };
            println!("judged: {}", played.seen.iter().map(tally).collect::<Vec<_>>().join(", "));
            println!("in {:.1} s on {threads} threads", begun.elapsed().as_secs_f64());
            let word = if played.broken.is_empty() { "ok" } else { "FAILED" };
            // As the tests say it, so that whoever counts those can count these.
            println!("test result: {word}. {} passed; {} failed", played.passed, played.broken.len());
            ExitCode::from(u8::from(!played.broken.is_empty()))
        }
        Err(why) => {
            println!("cannot simulate: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What schedules have come to.
#[derive(Default)]
struct Played {
    passed: u64,
    broken: Vec<Broken>,
    seen: Seen,
}

impl Played {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.broken.extend(other.broken);
        for (what, times) in other.seen {
            *self.seen.entry(what).or_default() += times;
        }
    }
}

fn side_by_side(arguments: &Arguments, threads: usize) -> Result<Played, String> {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let running: Vec<_> =
            (0..threads.max(1)).map(|_| scope.spawn(|| one_by_one(arguments, &next))).collect();
        let mut all = Played::default();
        for thread in running {
            all.add(thread.join().map_err(|_| "a thread has panicked".to_owned())??);
        }
        Ok(all)
    })
}

/// Plays what no other thread has taken, until enough are broken.
fn one_by_one(arguments: &Arguments, next: &AtomicU64) -> Result<Played, String> {
    let ground = Ground::open()?;
    let mut played = Played::default();
    while played.broken.len() < SHOWN {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= arguments.schedules {
            break;
        }
        match play(&ground, arguments.seed.wrapping_add(number), arguments.plant) {
            Ok(seen) => played.add(Played { passed: 1, seen, ..Played::default() }),
            Err(broken) => played.broken.push(*broken),
        }
    }
    Ok(played)
}

fn show(broken: &Broken) {
    println!("\nthe schedule of seed {} breaks a rule: {}", broken.seed, broken.rule);
    println!("again: cargo xtask simulate --schedules 1 --seed {}", broken.seed);
    println!("the fewest steps that break it:");
    for line in &broken.trace {
        println!("  {line}");
    }
}
