//! What the binary does for its hidden subcommand `parse-upload <file> [limits]`. The tests start it as their child.

use std::path::Path;
use std::process::ExitCode;
use unlade_sheet::{Limits, child};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [subcommand, file, limits @ ..] if subcommand == child::SUBCOMMAND => {
            match Limits::from_arguments(limits) {
                Ok(limits) => child::main(Path::new(file), &limits),
                Err(_) => ExitCode::FAILURE,
            }
        }
        _ => ExitCode::FAILURE,
    }
}
