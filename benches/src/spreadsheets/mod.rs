//! `unlade-bench spreadsheets`: server exports of Unlade and the writers of others, in turn, on the same rows.
//!
//! A round is one run of each; a ratio is taken within a round, so that what disturbs the machine disturbs both. Every
//! writer's first file is read back, and who wrote something else than the rows is not measured.

mod check;
mod client;
mod dataset;
mod page;
mod product;
mod results;
mod server;
mod targets;
mod whole;
mod writers;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

pub(crate) use check::check;
pub(crate) use dataset::make;
pub(crate) use whole::run as whole;

use crate::{Outcome, child};
use dataset::{Dataset, Place};
use results::{HEAD, Results};
use whole::Cost;
use writers::{Call, Equipment, OURS, PEERS, Peer, program};

/// Up to so many rows a run is so short that five are needed.
const SHORT: i64 = 60_000;
/// From here on the slow peers are measured once.
const LONG: i64 = 100_000;
const ROWS: [i64; 3] = [60_000, 100_000, 1_000_000];
const ROWS_QUICK: i64 = 2_000;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Few rows, once: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Row counts, instead of 60000,100000,1000000
    #[arg(long, value_delimiter = ',')]
    rows: Vec<i64>,
    /// Rounds, instead of 5 at 60,000 rows and 3 at more
    #[arg(long)]
    runs: Option<usize>,
    /// Writers to leave out, such as openpyxl,xlsxwriter
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// A build of Unlade, as NAME=PROGRAM
    #[arg(long, value_parser = pair)]
    product: Vec<(String, String)>,
    /// What a peer runs on, as NAME=PLACE
    #[arg(long, value_parser = pair)]
    tool: Vec<(String, String)>,
    /// Why a build or a tool is not there, as NAME=REASON
    #[arg(long, value_parser = pair)]
    lacking: Vec<(String, String)>,
    /// Write the tables to a section of this document
    #[arg(long, conflicts_with = "quick")]
    record: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("there is no =")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Options {
    fn rows(&self) -> Vec<i64> {
        match (&*self.rows, self.quick) {
            ([], true) => vec![ROWS_QUICK],
            ([], false) => ROWS.to_vec(),
            (rows, _) => rows.to_vec(),
        }
    }

    fn rounds(&self, rows: i64) -> usize {
        match (self.runs, self.quick) {
            (Some(runs), _) => runs.max(1),
            (None, true) => 1,
            (None, false) if rows <= SHORT => 5,
            (None, false) => 3,
        }
    }

    fn equipment(&self) -> Equipment {
        let places = |pairs: &[(String, String)]| {
            pairs.iter().map(|(name, place)| (name.clone(), PathBuf::from(place))).collect()
        };
        Equipment {
            products: places(&self.product),
            tools: places(&self.tool),
            lacking: self.lacking.iter().cloned().collect(),
            without: self.without.clone(),
        }
    }
}

pub(crate) fn run(options: &Options) -> Outcome<()> {
    let mut bench = Bench { equipment: options.equipment(), results: Results::default() };
    let (mut tables, mut data) = (Vec::new(), Vec::new());
    let sizes = options.rows();
    for &rows in &sizes {
        let directory = tempfile::tempdir()?;
        let place = Place(directory.path());
        println!("making {rows} rows");
        let dataset = bench.dataset(&place, rows)?;
        bench.rounds(&place, &dataset, options.rounds(rows))?;
        let table = bench.table(rows);
        println!("\n{}\n", table.join("\n"));
        tables.push(table);
        data.push(dataset);
    }
    let (few, many) = (sizes.iter().min().copied(), sizes.iter().max().copied());
    let lines = targets::lines(&bench.results, few.unwrap_or_default(), many.unwrap_or_default());
    let targets = [&[targets::HEAD.to_owned()], &*lines].concat();
    println!("{}\n", targets.join("\n"));
    match &options.record {
        None => Ok(()),
        Some(path) => {
            let page = page::Page { tables, targets, data, skipped: bench.results.skipped.clone() };
            page.record(path, &bench.versions())
        }
    }
}

struct Bench {
    equipment: Equipment,
    results: Results,
}

impl Bench {
    fn dataset(&mut self, place: &Place<'_>, rows: i64) -> Outcome<Dataset> {
        let directory = place.0.to_string_lossy();
        let made = child(&["make-spreadsheets", &directory, &rows.to_string()])?;
        if let Some(tool) = self.equipment.tools.get("python") {
            child(&words("whole", &writers::duckdb_load(tool, place)))?;
        }
        Ok(serde_json::from_slice(&made)?)
    }

    fn rounds(&mut self, place: &Place<'_>, dataset: &Dataset, rounds: usize) -> Outcome<()> {
        let rows = dataset.rows;
        let mut ours: Vec<_> = OURS.iter().filter(|one| self.takes(rows, one.key, one.build)).collect();
        let peers = PEERS.iter().filter(|peer| (peer.rows)(rows));
        let mut peers: Vec<_> = peers.filter(|peer| self.takes(rows, peer.key, peer.tool)).collect();
        for round in 0..rounds {
            let first = round == 0;
            let mut dropped = Vec::new();
            for one in &ours {
                let program = &self.equipment.products[one.build];
                match product::export(program, one, place, &dataset.task_id, first)? {
                    Some(cost) => self.note(rows, one.key, cost),
                    None => {
                        self.skip(rows, one.key, "this build of Unlade has no such format");
                        dropped.push(one.key);
                    }
                }
            }
            ours.retain(|one| !dropped.contains(&one.key));
            peers.retain(|peer| {
                if round > 0 && peer.slow && rows > LONG {
                    return true;
                }
                match self.peer(peer, place, rows, first) {
                    Ok(cost) => self.note(rows, peer.key, cost),
                    Err(why) => self.skip(rows, peer.key, &why.to_string()),
                }
                !self.results.costs(rows, peer.key).is_empty()
            });
        }
        Ok(())
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

    /// One run of a peer; the first file is read back.
    fn peer(&mut self, peer: &Peer, place: &Place<'_>, rows: i64, first: bool) -> Outcome<Cost> {
        let out = place.0.join(format!("{}.{}", peer.key, peer.ending));
        let tool = &self.equipment.tools[peer.tool];
        let command = (peer.command)(&Call { tool, place, out: &out });
        let mut cost: Cost = serde_json::from_slice(&child(&words("whole", &command))?)?;
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
        [HEAD.to_owned()].into_iter().chain(lines).collect()
    }

    fn versions(&self) -> Vec<String> {
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

/// Reads a file back in a process of its own, whose memory goes with it.
fn check_apart(place: &Place<'_>, file: &Path) -> Outcome<()> {
    child(&["check-spreadsheet", &place.0.to_string_lossy(), &file.to_string_lossy()]).map(drop)
}

/// The size of `zip -6` of a file.
fn zip6(file: &Path) -> Outcome<u64> {
    let out = file.with_extension("zip6");
    let python = ["python3".to_owned(), program("python/zip6.py")];
    let command = python.into_iter().chain([file, &out].map(|path| path.to_string_lossy().into_owned()));
    child(&words("whole", &command.collect::<Vec<_>>()))?;
    let size = out.metadata()?.len();
    std::fs::remove_file(out)?;
    Ok(size)
}

/// Arguments of this program: to measure a command.
fn words<'w>(what: &'w str, command: &'w [String]) -> Vec<&'w str> {
    [what, "--"].into_iter().chain(command.iter().map(String::as_str)).collect()
}
