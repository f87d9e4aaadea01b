//! The rounds: one run of each writer on one data set, again and again.

use std::{io::Write, process::Command};

use super::{
    check_apart,
    dataset::{Dataset, Place},
    product,
    results::{HEAD, Results},
    whole::Cost,
    writers::{self, Call, Equipment, OURS, Ours, PEERS, Peer},
};
use crate::{Outcome, child};

/// From here on the slow peers are measured once.
const LONG: i64 = 100_000;

/// What there is to run with, and what came of it.
pub(super) struct Bench {
    pub(super) equipment: Equipment,
    pub(super) results: Results,
}

impl Bench {
    /// Makes the data that every writer reads.
    pub(super) fn dataset(&self, place: &Place<'_>, rows: i64) -> Outcome<Dataset> {
        println!("making {rows} rows");
        let directory = place.0.to_string_lossy();
        let made = child(&["make-spreadsheets", &directory, &rows.to_string()])?;
        if let Some(tool) = self.equipment.tools.get("python") {
            child(&words(&writers::duckdb_load(tool, place)))?;
        }
        // Nobody is to pay for writing what was made before.
        nix::unistd::sync();
        Ok(serde_json::from_slice(&made)?)
    }

    /// Measures everybody so often, and answers the lines of the table.
    pub(super) fn rounds(
        &mut self,
        place: &Place<'_>,
        dataset: &Dataset,
        rounds: usize,
    ) -> Outcome<Vec<String>> {
        let rows = dataset.rows;
        let mut ours: Vec<_> = OURS.iter().filter(|one| self.takes(rows, one.key, one.build)).collect();
        let peers = PEERS.iter().filter(|peer| (peer.rows)(rows));
        let mut peers: Vec<_> = peers.filter(|peer| self.takes(rows, peer.key, peer.tool)).collect();
        for round in 0..rounds {
            let mut left = Vec::new();
            for one in ours {
                if self.ours(one, place, dataset, round == 0)? {
                    left.push(one);
                }
            }
            ours = left;
            peers.retain(|peer| self.peer(peer, place, rows, round == 0));
        }
        Ok(self.table(rows))
    }

    /// One server export, which must be right; says whether to go on with it.
    fn ours(&mut self, ours: &Ours, place: &Place<'_>, dataset: &Dataset, first: bool) -> Outcome<bool> {
        let program = &self.equipment.products[ours.build];
        match product::export(program, ours, place, &dataset.task_id, first)? {
            Some(cost) => {
                self.note(dataset.rows, ours.key, cost);
                Ok(true)
            }
            None => {
                self.skip(dataset.rows, ours.key, "this build of Unlade has no such format");
                Ok(false)
            }
        }
    }

    /// One run of a peer; says whether to go on with it. One that failed once is out, so that runs of the same number are
    /// of the same round.
    fn peer(&mut self, peer: &Peer, place: &Place<'_>, rows: i64, first: bool) -> bool {
        match self.write(peer, place, rows, first) {
            Ok(cost) => {
                self.note(rows, peer.key, cost);
                !(peer.slow && rows > LONG)
            }
            Err(why) => {
                self.skip(rows, peer.key, &why.to_string());
                false
            }
        }
    }

    /// Whether a writer can be measured and should be.
    fn takes(&mut self, rows: i64, key: &'static str, needs: &str) -> bool {
        let Equipment { products, tools, lacking, without } = &self.equipment;
        if without.iter().any(|name| name == key) {
            self.skip(rows, key, "left out by --without");
            return false;
        }
        if products.contains_key(needs) || tools.contains_key(needs) {
            return true;
        }
        let why = lacking.get(needs).cloned().unwrap_or_else(|| format!("no {needs} was given"));
        self.skip(rows, key, &why);
        false
    }

    /// The first file is read back.
    fn write(&mut self, peer: &Peer, place: &Place<'_>, rows: i64, first: bool) -> Outcome<Cost> {
        let out = place.0.join(format!("{}.{}", peer.key, peer.ending));
        let tool = &self.equipment.tools[peer.tool];
        let command = (peer.command)(&Call { tool, place, out: &out });
        let mut cost: Cost = serde_json::from_slice(&child(&words(&command))?)?;
        cost.bytes = out.metadata()?.len();
        if first {
            check_apart(place, &out)?;
            if peer.key.starts_with("poi") && !self.results.zipped.contains_key(&rows) {
                self.results.zipped.insert(rows, zip6(&out)?);
            }
        }
        std::fs::remove_file(&out)?;
        Ok(cost)
    }

    fn note(&mut self, rows: i64, key: &'static str, cost: Cost) {
        println!("  {rows} rows, {key}: {:.3} CPU s, {:.3} s", cost.cpu_seconds, cost.seconds);
        let _ = std::io::stdout().flush();
        self.results.add(rows, key, cost);
    }

    fn skip(&mut self, rows: i64, key: &str, why: &str) {
        let line = format!("{key}, {rows} rows: {}", why.trim());
        println!("  skipped {line}");
        self.results.skipped.push(line);
    }

    fn table(&self, rows: i64) -> Vec<String> {
        let ours = OURS.iter().map(|one| (one.key, one.label));
        let writers = ours.chain(PEERS.iter().map(|peer| (peer.key, peer.label)));
        let lines = writers.filter_map(|(key, label)| self.results.line(rows, key, label));
        [HEAD.to_owned()].into_iter().chain(lines).chain(self.results.zipped_line(rows)).collect()
    }

    /// What the peers are made of.
    pub(super) fn versions(&self) -> Vec<String> {
        let tools = self.equipment.tools.iter().map(|(name, place)| writers::versions(name, place));
        tools.filter_map(|command| told(&command)).collect()
    }
}

/// What a program printed, without the end of the line.
fn told(command: &[String]) -> Option<String> {
    let output = Command::new(command.first()?).args(&command[1..]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The size of `zip -6` of a file.
fn zip6(file: &std::path::Path) -> Outcome<u64> {
    let out = file.with_extension("zip6");
    let python = ["python3".to_owned(), writers::program("python/zip6.py")];
    let command = python.into_iter().chain([file, &out].map(|path| path.to_string_lossy().into_owned()));
    child(&words(&command.collect::<Vec<_>>()))?;
    let size = out.metadata()?.len();
    std::fs::remove_file(out)?;
    Ok(size)
}

/// Arguments of this program: to measure a command.
fn words(command: &[String]) -> Vec<&str> {
    ["whole", "--"].into_iter().chain(command.iter().map(String::as_str)).collect()
}
