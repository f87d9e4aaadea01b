//! Python environments of the tests, in the build directory, each made once for what its list of requirements says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::place::{root, target};

/// A command that starts the environment's Python; or why there is none.
pub(crate) fn python() -> Result<Command, String> {
    made("venv", "sdk-tests/python/requirements.txt")
}

/// The same for an environment of its own, with what a file of the repository lists.
pub(crate) fn made(name: &str, requirements: &str) -> Result<Command, String> {
    let (directory, requirements) = (target().join(name), root().join(requirements));
    let wanted = fs::read_to_string(&requirements)
        .map_err(|error| format!("no {}: {error}", requirements.display()))?;
    let stamp = directory.join("requirements.txt");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
        make(&directory, &requirements)?;
        // The stamp comes last: an environment that was not finished has none and is made again.
        fs::write(&stamp, &wanted).map_err(|error| format!("the stamp cannot be written: {error}"))?;
    }
    Ok(Command::new(program(&directory)))
}

/// Makes an environment anew.
pub(crate) fn make(directory: &Path, requirements: &Path) -> Result<(), String> {
    println!("\n== making the Python environment");
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("the old environment stays: {error}"));
        }
        _ => {}
    }
    let mut create = Command::new("python3");
    succeed("python3 -m venv", create.args(["-m", "venv"]).arg(directory))?;
    let mut install = Command::new(program(directory));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements);
    succeed("pip install", &mut install)
}

fn program(directory: &Path) -> PathBuf {
    directory.join("bin/python")
}

fn succeed(name: &str, command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} ended with {status}")),
        Err(error) => Err(format!("{name} could not be started: {error}")),
    }
}
