//! `cargo xtask tidy`: what the compiler cannot check about the shape of the house. Which crate may use which, what
//! must never be outside its room, that every module says what it is and is in use, and that the documents name
//! only what exists.
//!
//! A rule is a function from the [`Tree`] to its findings; to add one, add a file and a line to [`RULES`].

mod documents;
mod layers;
mod modules;
mod registries;
mod rooms;
mod secrets;
mod settings;
mod translations;
mod tree;

use std::time::Instant;

use crate::place::root;
use crate::suite::{Outcome, Tally};
use crate::summary::Summary;
use tree::{Finding, Tree};

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[(&str, Rule)] = &[
    ("a crate uses lower ones only", layers::check),
    ("nothing is outside its room", rooms::check),
    ("no Debug shows a secret", secrets::check),
    ("modules say what they are, are short and in use", modules::check),
    ("what lies in a registry's folder is registered", registries::check),
    ("documents name what exists", documents::check),
    ("settings and their tables agree", settings::check),
    ("translations say the same", translations::check),
];

pub(crate) fn run(summary: &mut Summary) {
    let started = Instant::now();
    println!("\n== tidy");
    let (tally, note) = match Tree::of(&root()) {
        Ok(tree) => (judge(&tree), None),
        Err(why) => (Tally { failed: 1, ..Tally::default() }, Some(why)),
    };
    summary.add(Outcome { name: "tidy", tally, seconds: started.elapsed().as_secs(), note });
}

fn judge(tree: &Tree) -> Tally {
    let mut tally = Tally::default();
    for (what, rule) in RULES {
        let findings = rule(tree);
        println!("{what}: {}", if findings.is_empty() { "yes" } else { "no" });
        for finding in &findings {
            println!("  {finding}");
        }
        if findings.is_empty() { tally.passed += 1 } else { tally.failed += 1 }
    }
    tally
}
