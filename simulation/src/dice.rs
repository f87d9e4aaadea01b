//! Chance that can be had again: everything that a schedule leaves to chance follows from its seed. Each step throws
//! dice of its own, so that leaving one step out does not change what the others choose.

use std::sync::{Mutex, PoisonError};

use domain::Rng;

/// A sequence of numbers that looks random (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of one step of a schedule.
    pub(crate) fn of(seed: u64, step: u64) -> Self {
        let mut dice = Self(seed);
        let mixed = dice.throw() ^ step.wrapping_mul(0xd1b5_4a32_d192_ed03);
        Self(mixed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, less than `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.throw() % most.max(1) as u64) as usize
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1) as usize) as i64
    }

    /// Whether what happens once in `times` happens now.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// The randomness of a simulated node.
pub(crate) struct SeededRng(Mutex<Dice>);

impl SeededRng {
    pub(crate) fn of(dice: Dice) -> Self {
        Self(Mutex::new(dice))
    }
}

impl Rng for SeededRng {
    fn fill(&self, out: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in out {
            *byte = dice.throw() as u8;
        }
    }
}
