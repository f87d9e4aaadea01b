//! What others take for the same rows, if they are installed.

use std::{path::Path, process::Command};

use crate::{Outcome, figure::Figure};

const SCRIPT: &str = include_str!("peer.py");
/// Where a Python with xlwt may be.
const PYTHONS: [&str; 2] = ["target/venv/bin/python", "python3"];

/// Exports with xlwt; `None` if no Python has it.
pub(crate) fn export(directory: &Path) -> Outcome<Option<Figure>> {
    let Some(python) = PYTHONS.into_iter().find(|python| has_xlwt(python)) else { return Ok(None) };
    let out = directory.join("peer.xls");
    let ran = Command::new(python).args(["-c", SCRIPT]).args([directory, &out]).output()?;
    if !ran.status.success() {
        return Err(format!("xlwt: {}", String::from_utf8_lossy(&ran.stderr)).into());
    }
    Figure::read(&ran.stdout).map(Some)
}

fn has_xlwt(python: &str) -> bool {
    Command::new(python).args(["-c", "import xlwt"]).output().is_ok_and(|ran| ran.status.success())
}
