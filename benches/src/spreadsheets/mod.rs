//! `unlade-bench spreadsheets`: server exports of Unlade and the writers of others, in turn, on the same rows.
//!
//! A round is one run of each; a ratio is taken within a round, so that what disturbs the machine disturbs both. Every
//! writer's first file is read back, and who wrote something else than the rows is not measured.

mod check;
mod dataset;
mod page;
mod product;
mod results;
mod rounds;
mod targets;
mod whole;
mod writers;

use std::path::{Path, PathBuf};

pub(crate) use check::check;
pub(crate) use dataset::make;
pub(crate) use results::Spread;
pub(crate) use whole::run as whole;

use crate::{Outcome, child};
use dataset::Place;
use results::Results;
use rounds::Bench;
use writers::Equipment;

/// Up to so many rows a run is so short that five are needed.
const SHORT: i64 = 60_000;
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
        let dataset = bench.dataset(&place, rows)?;
        let table = bench.rounds(&place, &dataset, options.rounds(rows))?;
        println!("\n{}\n", table.join("\n"));
        tables.push(table);
        data.push(dataset);
    }
    let [few, many] = [sizes.iter().min(), sizes.iter().max()].map(|rows| rows.copied().unwrap_or_default());
    let targets = targets::table(&bench.results, few, many);
    println!("{}\n", targets.join("\n"));
    let Some(path) = &options.record else { return Ok(()) };
    let versions = bench.versions();
    page::Page { tables, targets, data, skipped: bench.results.skipped }.record(path, &versions)
}

/// Reads a file back in a process of its own, whose memory goes with it.
fn check_apart(place: &Place<'_>, file: &Path) -> Outcome<()> {
    child(&["check-spreadsheet", &place.0.to_string_lossy(), &file.to_string_lossy()]).map(drop)
}
