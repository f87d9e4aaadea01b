//! The parent's side: an uploaded file as an iterator over its rows.
//!
//! Blocking, for blocking threads. On Linux the child also dies with the *thread* that opened the upload, so the rows are
//! read on that thread.

use crate::child::SUBCOMMAND;
use crate::frame::{Frame, line_bytes_max};
use crate::watchdog::Watchdog;
use crate::{Error, Limits, Stop};
use std::io::{BufRead, BufReader, Read};
use std::iter::FusedIterator;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::time::Duration;

/// One row below the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number that a person sees beside the row; the first row of a sheet is 1.
    pub number: u32,
    /// The cells, trimmed; at least as many as the header has.
    pub cells: Vec<String>,
}

/// An uploaded file that is being read in a child process.
///
/// The iterator ends after the last row of the file, or after one error. Dropping it kills the child.
pub struct Upload {
    header: Vec<String>,
    frames: Frames,
    rows: u64,
    done: bool,
}

impl Upload {
    /// Starts `program parse-upload <file> <limits>` and reads the header.
    ///
    /// # Errors
    /// The child cannot be started, or it found out that the file has no header.
    pub fn open(program: &Path, file: &Path, limits: &Limits) -> Result<Self, Error> {
        let mut frames = Frames::start(program, file, limits)?;
        match frames.next()? {
            Frame::Header { header } => Ok(Self { header, frames, rows: 0, done: false }),
            Frame::Error { error } => Err(error),
            Frame::Row { .. } | Frame::End { .. } => Err(Error::Killed { stop: Stop::Garbled }),
        }
    }

    /// The first row of the sheet that is not blank.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    fn next_row(&mut self) -> Result<Option<Row>, Error> {
        match self.frames.next()? {
            Frame::Row { row, cells } => {
                self.rows += 1;
                Ok(Some(Row { number: row, cells }))
            }
            Frame::End { end } if end.rows == self.rows => self.frames.finish().map(|()| None),
            Frame::End { .. } => Err(Error::Killed { stop: Stop::Incomplete }),
            Frame::Error { error } => Err(error),
            Frame::Header { .. } => Err(Error::Killed { stop: Stop::Garbled }),
        }
    }
}

impl Iterator for Upload {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self.next_row().transpose();
        self.done = !matches!(row, Some(Ok(_)));
        row
    }
}

impl FusedIterator for Upload {}

/// The frames of one child.
struct Frames {
    watchdog: Watchdog,
    out: BufReader<ChildStdout>,
    line: Vec<u8>,
    line_bytes_max: u64,
}

impl Frames {
    fn start(program: &Path, file: &Path, limits: &Limits) -> Result<Self, Error> {
        let mut child = Command::new(program)
            .arg(SUBCOMMAND)
            .arg(file)
            .args(limits.arguments())
            // The environment may hold secrets, which a process that reads a stranger's file has no need for.
            .env_clear()
            // Ctrl-C at a terminal goes to a whole group: our process ends in good order, and its child goes with it.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Error::io(&error))?;
        let out = child.stdout.take();
        let watchdog = Watchdog::watch(child, Duration::from_millis(limits.wall_ms))
            .map_err(|error| Error::io(&error))?;
        let out = out.ok_or_else(|| Error::Io { reason: "the child has no standard output".into() })?;
        Ok(Self {
            watchdog,
            out: BufReader::new(out),
            line: Vec::new(),
            line_bytes_max: line_bytes_max(limits),
        })
    }

    fn next(&mut self) -> Result<Frame<Vec<String>>, Error> {
        self.line.clear();
        let mut bounded = self.out.by_ref().take(self.line_bytes_max);
        bounded.read_until(b'\n', &mut self.line).map_err(|error| Error::io(&error))?;
        if self.line.len() as u64 == self.line_bytes_max {
            return Err(Error::Killed { stop: Stop::Garbled });
        }
        // A line without its end is what a child leaves that was killed while it wrote.
        if self.line.pop() != Some(b'\n') {
            return Err(self.died());
        }
        serde_json::from_slice(&self.line).map_err(|_| Error::Killed { stop: Stop::Garbled })
    }

    /// The `end` frame was read: it must be the last word, and the child must agree by how it exits.
    fn finish(&mut self) -> Result<(), Error> {
        match self.out.fill_buf().map_err(|error| Error::io(&error))? {
            [] => self.exited(),
            _ => Err(Error::Killed { stop: Stop::Garbled }),
        }
    }

    /// The child ended, or closed its output, without a last word.
    fn died(&mut self) -> Error {
        self.exited().err().unwrap_or(Error::Killed { stop: Stop::Incomplete })
    }

    fn exited(&mut self) -> Result<(), Error> {
        let stop = match self.watchdog.wait().map_err(|error| Error::io(&error))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => match status.code() {
                Some(code) => Stop::Exit(code),
                None => Stop::Signal(status.signal().unwrap_or_default()),
            },
            None => Stop::TimeUp,
        };
        Err(Error::Killed { stop })
    }
}
