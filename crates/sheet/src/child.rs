//! The child process: limits itself, reads one file, writes frames to its standard output.
//!
//! The binary runs this for `parse-upload <file> [limits]`. It opens no other file and no connection.

use crate::frame::{End, Frame};
use crate::{Error, Limits, read};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

/// The subcommand under which [`crate::Upload`] starts the binary.
pub const SUBCOMMAND: &str = "parse-upload";

/// The whole life of the child.
///
/// Succeeds if it could say what it had to, which may well be an error of the file.
pub fn main(path: &Path, limits: &Limits) -> ExitCode {
    let said = confine(limits).and_then(|()| say(path, limits, BufWriter::new(io::stdout().lock())));
    match said {
        Ok(()) => ExitCode::SUCCESS,
        // The parent is gone, or the limits could not be set; a file is not read without them.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Gives up what this process does not need, for good: the hard limits go down too.
fn confine(limits: &Limits) -> io::Result<()> {
    let limit = |resource, value| setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) });
    limit(Resource::As, limits.memory_bytes)?;
    limit(Resource::Cpu, limits.cpu_seconds)?;
    // A core dump would put an uploaded file on the disk.
    limit(Resource::Core, 0)?;
    // The parent's watchdog dies with the parent.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

fn say(path: &Path, limits: &Limits, mut out: impl Write) -> io::Result<()> {
    let mut header = true;
    let mut failure = None;
    let outcome = read(path, limits, |row, cells| {
        let frame = match std::mem::take(&mut header) {
            true => Frame::Header { header: cells },
            false => Frame::Row { row, cells },
        };
        match write(&mut out, &frame) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    write(&mut out, &last(outcome))?;
    out.flush()
}

fn last(outcome: Result<u64, Error>) -> Frame<&'static [String]> {
    match outcome {
        Ok(rows) => Frame::End { end: End { rows } },
        Err(error) => Frame::Error { error },
    }
}

fn write(out: &mut impl Write, frame: &Frame<&[String]>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, frame)?;
    out.write_all(b"\n")
}
