//! The programs as they are released, built together: cargo settles the features of what they share once for a selection
//! of packages, so that another selection would compile much of it again.

use crate::place::cargo;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

/// All that anything here runs as a release.
const PACKAGES: [&str; 6] = ["-p", "unlade", "-p", "unlade-bench", "-p", "unlade-simulation"];

/// Whether they are built now.
pub(crate) fn build(summary: &mut Summary) -> bool {
    let suite = Suite { name: "release build", budget_seconds: 3600, count: Count::ExitCode };
    summary.add(suite.run(cargo(&["build", "--release"]).args(PACKAGES)))
}
