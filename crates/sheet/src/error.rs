//! Why a file is not read, in words for the person who uploaded it.
//!
//! The child sends an [`Error`] to its parent as JSON; no code here decides on status codes.

use serde::{Deserialize, Serialize};
use std::fmt;
use types::Text;

mod text;

/// A cell, as a person names it: `C12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At {
    /// Counted from 1.
    pub row: u32,
    /// Counted from 1; `A` is 1.
    pub column: u32,
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut column = self.column;
        while column > 0 {
            column -= 1;
            letters.push(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(column % 26) as usize]);
            column /= 26;
        }
        letters.iter().rev().try_for_each(|letter| write!(formatter, "{}", char::from(*letter)))?;
        write!(formatter, "{}", self.row)
    }
}

/// Why a file is not read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Error {
    /// The file is larger than allowed.
    FileTooLarge {
        /// [`crate::Limits::file_bytes`]
        limit: u64,
    },
    /// Neither xlsx nor xls by its first bytes.
    UnknownFormat,
    /// An xls of a program older than Excel 5.
    TooOld,
    /// An xlsx or xls with a password, or an entry of the container is encrypted.
    Encrypted,
    /// More entries in the container than a workbook has, or one name twice, or entries that overlap.
    Container,
    /// The container inflates to more than allowed, or more strongly than a workbook does.
    Inflates,
    /// Broken inside.
    Damaged {
        /// From whoever looked: the library that reads it, in English, or what looks before it.
        reason: Text,
    },
    /// There is no visible worksheet.
    NoWorksheet,
    /// No cell of the first worksheet has a text, so there is no header.
    Blank,
    /// More rows than allowed.
    TooManyRows {
        /// [`crate::Limits::rows`]
        limit: u64,
    },
    /// A cell far to the right.
    TooManyColumns {
        /// The cell.
        at: At,
        /// [`crate::Limits::columns`]
        limit: u64,
    },
    /// A cell below the last row that a worksheet can have.
    BeyondLastRow {
        /// The cell.
        at: At,
    },
    /// A cell with a text longer than allowed.
    CellTooLong {
        /// The cell.
        at: At,
        /// [`crate::Limits::cell_bytes`]
        limit: u64,
    },
    /// A whole number of more than 15 digits. A spreadsheet has changed its last digits already, so it cannot be the id that
    /// somebody typed.
    DigitsLost {
        /// The cell.
        at: At,
    },
    /// A value in a column whose header is blank.
    NoTitle {
        /// The cell.
        at: At,
    },
    /// A cell that comes before the one that precedes it.
    OutOfOrder {
        /// The cell.
        at: At,
    },
    /// The file cannot be opened or the child cannot be started: not the fault of the file.
    Io {
        /// From the operating system.
        reason: String,
    },
    /// The child did not say that it reached the end of the file.
    Killed {
        /// What happened to it.
        stop: Stop,
    },
}

impl Error {
    /// Whether it is, or may well be, not the fault of the file: another attempt may read it.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Io { .. } => true,
            Self::Killed { stop } => stop.may_pass(),
            _ => false,
        }
    }

    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self::Io { reason: error.to_string() }
    }

    pub(crate) fn damaged(error: &impl fmt::Display) -> Self {
        Self::Damaged { reason: Text::same(error.to_string()) }
    }
}

/// How a child ended that did not reach the end of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It took longer than [`crate::Limits::wall_ms`].
    TimeUp,
    /// A signal: by default of running out of memory (6) or processor time (9, 24).
    Signal(i32),
    /// An exit with another code than 0.
    Exit(i32),
    /// It ended without an `end` frame, or with another count of rows than it sent.
    Incomplete,
    /// It wrote something that is no frame.
    Garbled,
}

impl Stop {
    /// What a process brings on itself by what it reads: SIGILL, SIGTRAP, SIGABRT, which is also out of memory, SIGBUS,
    /// SIGFPE, SIGSEGV, SIGXCPU and SIGSYS.
    const OWN_SIGNALS: &[i32] = &[4, 5, 6, 7, 8, 11, 24, 31];

    /// How a panic ends a program that unwinds.
    const PANIC: i32 = 101;

    /// SIGKILL may be processor time, or the system that has run out of memory, or an operator.
    fn may_pass(self) -> bool {
        match self {
            Self::TimeUp | Self::Incomplete => true,
            Self::Signal(signal) => !Self::OWN_SIGNALS.contains(&signal),
            Self::Exit(code) => code != Self::PANIC,
            Self::Garbled => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_people_name_them() {
        for (row, column, name) in [
            (1, 1, "A1"),
            (12, 26, "Z12"),
            (3, 27, "AA3"),
            (9, 702, "ZZ9"),
            (1_048_576, 16_384, "XFD1048576"),
        ] {
            assert_eq!(At { row, column }.to_string(), name);
        }
    }

    #[test]
    fn what_is_no_fault_of_the_file_may_pass() {
        let killed = |stop| Error::Killed { stop }.may_pass();
        assert!(Error::Io { reason: "too many open files".into() }.may_pass());
        for stop in [Stop::Signal(2), Stop::Signal(9), Stop::Signal(15), Stop::Exit(1), Stop::Incomplete] {
            assert!(killed(stop), "{stop:?}");
        }
        for stop in [Stop::Signal(6), Stop::Signal(11), Stop::Signal(24), Stop::Exit(101), Stop::Garbled] {
            assert!(!killed(stop), "{stop:?}");
        }
        assert!(!Error::Inflates.may_pass());
    }

    #[test]
    fn errors_survive_the_journey() {
        let error = Error::CellTooLong { at: At { row: 12, column: 3 }, limit: 4096 };
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"code":"cell_too_long","at":{"row":12,"column":3},"limit":4096}"#);
        assert_eq!(serde_json::from_str::<Error>(&json).unwrap(), error);
        assert_eq!(error.to_string(), "cell C12 is longer than 4096 bytes");
        let damaged = Error::Damaged { reason: types::text!("it has no directory", "缺少目录") };
        let json = serde_json::to_string(&damaged).unwrap();
        assert_eq!(serde_json::from_str::<Error>(&json).unwrap(), damaged);
        assert_eq!(damaged.text().in_language(types::Language::Chinese), "文件已损坏：缺少目录");
    }
}
