//! `unlade-bench fleet`: what batch tasks do in a second, beside bare inserts of the same rows into the same tables, and
//! how long a page takes at any place of what has become long.

mod bare;
mod beside;
mod deed;
mod pages;
mod section;

use std::path::PathBuf;

use crate::{Outcome, child, figure::Figure};
use section::Section;

pub(crate) use bare::bare;
pub(crate) use beside::beside;
pub(crate) use deed::{deed, order, order_by_group};
pub(crate) use pages::pages;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Few rows: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Devices, and subtasks of each task
    #[arg(long)]
    rows: Option<i64>,
    /// Write the tables to a section of this document
    #[arg(long, conflicts_with = "quick")]
    record: Option<PathBuf>,
}

/// The tables of bare inserts.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Rows {
    Devices,
    Subtasks,
}

pub(crate) fn run(options: &Options) -> Outcome<()> {
    let rows = options.rows.unwrap_or(if options.quick { 10_000 } else { 1_000_000 }).to_string();
    let mut section = Section::begin();
    let bare = |of: &str| -> Outcome<Figure> {
        let place = tempfile::tempdir()?;
        measured(&["fleet-bare", &place.path().to_string_lossy(), of, &rows])
    };
    let place = tempfile::tempdir()?;
    let directory = place.path().to_string_lossy();

    let inserted = bare("devices")?;
    section.figure("bare inserts of devices", &inserted, &inserted);
    child(&["seed-devices", &directory, &rows])?;
    section.figure("createDevices", &measured(&["create-devices", &directory])?, &inserted);
    let inserted = bare("subtasks")?;
    section.figure("bare inserts of subtasks", &inserted, &inserted);
    let deed = |kind: &str| measured(&["fleet-deed", &directory, kind]);
    let by_ids = |kind: &str| {
        child(&["fleet-order", &directory, kind, &rows])?;
        deed(kind)
    };
    for kind in ["freezeDevices", "unfreezeDevices"] {
        section.figure(kind, &by_ids(kind)?, &inserted);
    }
    child(&["fleet-order-by-group", &directory, "freezeDevices"])?;
    section.figure("freezeDevices by a group", &deed("freezeDevices")?, &inserted);
    child(&["fleet-order", &directory, "unfreezeDevices", &rows])?;
    let beside = child(&["fleet-beside", &directory])?;
    let pages = child(&["fleet-pages", &directory])?;
    section.figure("deleteDevices", &by_ids("deleteDevices")?, &inserted);
    section.times("a task of 10, created to over", &serde_json::from_slice::<Vec<_>>(&beside)?);
    section.times("page of 50", &serde_json::from_slice::<Vec<_>>(&pages)?);
    match &options.record {
        Some(path) => section.record(path),
        None => Ok(()),
    }
}

fn measured(arguments: &[&str]) -> Outcome<Figure> {
    Figure::read(&child(arguments)?)
}
