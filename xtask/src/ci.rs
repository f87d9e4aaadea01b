//! `cargo xtask ci`: everything there is. A machine that lacks a tool fails.

use crate::summary::Summary;
use crate::{bench, check, demo, fuzz, instructions, simulate, test, tidy};

pub(crate) fn run(summary: &mut Summary) {
    summary.skip_nothing();
    tidy::run(summary);
    check::run(summary);
    test::run(&test::Options::default(), summary);
    fuzz::run(&fuzz::Options::default(), summary);
    simulate::run(&simulate::Options::default(), summary);
    demo::run(summary);
    bench::run(&bench::Options { quick: true, ..bench::Options::default() }, summary);
    bench::spreadsheets::run(&bench::spreadsheets::Options::quick(), summary);
    bench::scale::run(&bench::scale::Options::quick(), summary);
    bench::fleet::run(&bench::fleet::Options::quick(), summary);
    instructions::run(summary);
}
