//! The simulation finds what is planted, and nothing where nothing is.

use clap::ValueEnum;

use crate::{fault::Fault, ground::Ground, play::play};

/// What is planted is found within so many schedules.
const WITHIN: u64 = 5_000;

#[test]
fn each_planted_fault_is_found() {
    let ground = Ground::open().unwrap();
    for fault in Fault::value_variants().iter().filter(|fault| **fault != Fault::None) {
        let found = (0..WITHIN).find_map(|seed| play(&ground, seed, *fault).err());
        let found = found.unwrap_or_else(|| panic!("{fault:?} was not found within {WITHIN} schedules"));
        println!("{fault:?}, seed {}, {} lines: {}", found.seed, found.trace.len(), found.rule);
    }
}

#[test]
fn some_schedules_keep_every_rule_and_are_the_same_again() {
    let ground = Ground::open().unwrap();
    for seed in 0..200 {
        play(&ground, seed, Fault::None).unwrap_or_else(|broken| panic!("{broken:#?}"));
    }
}
