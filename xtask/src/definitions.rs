//! The published definitions of the API, as judges of the binary: found where Cargo has put them, asked of by pytest.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::place::{cargo, target};
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;
use crate::test::pytest;

/// The package whose files they are. It is a dependency for no target, so it is fetched and never compiled.
const PACKAGE: &str = "huawei-cloud-api-definitions-IoTDA";
const NAME: &str = "definitions";
/// Some eight thousand requests, one after the other.
const BUDGET_SECONDS: u64 = 180;

/// Whether all of it ran and passed.
pub(crate) fn suite(arguments: &[String], summary: &mut Summary) -> bool {
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        return false;
    }
    let directory = match directory() {
        Ok(directory) => directory,
        Err(why) => {
            summary.add(skipped(NAME, why));
            return false;
        }
    };
    let more = [("UNLADE_DEFINITIONS", directory), ("UNLADE_DEFINITIONS_RESULTS", results())];
    let passed = summary.add(pytest(NAME, "sdk-tests/definitions", BUDGET_SECONDS, arguments, &more));
    passed && arguments.is_empty()
}

/// Where a line for each operation is left.
pub(crate) fn results() -> PathBuf {
    target().join("definitions.jsonl")
}

fn directory() -> Result<PathBuf, String> {
    let told = cargo(&["metadata", "--format-version", "1", "--locked"]).output();
    let told = told.map_err(|error| error.to_string())?;
    let metadata: Value = serde_json::from_slice(&told.stdout).map_err(|_| {
        let complaint = String::from_utf8_lossy(&told.stderr);
        format!("cargo metadata: {}", complaint.lines().last().unwrap_or_default())
    })?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let manifest = packages
        .find(|package| package["name"] == PACKAGE)
        .and_then(|package| Path::new(package["manifest_path"].as_str()?).parent());
    manifest.map(|directory| directory.join("src")).ok_or_else(|| format!("cargo knows no {PACKAGE}"))
}
