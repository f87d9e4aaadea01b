//! Lines of a csv and the guard before what would be a formula.

use std::io::{self, Write};

use csv::{ErrorKind, Terminator, Writer, WriterBuilder};

use super::summary::Line;
use crate::encode::Error;

/// Without it programs take the text for one of the system's own encoding.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Lines on their way to `W`.
pub(crate) struct Lines<W: Write> {
    writer: Writer<W>,
    /// A guarded text.
    guarded: String,
}

impl<W: Write> Lines<W> {
    pub(crate) fn new(mut out: W) -> Result<Self, Error> {
        out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        let writer = WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(out);
        Ok(Self { writer, guarded: String::new() })
    }

    /// Writes a line; answers how many of its texts were guarded.
    pub(crate) fn line<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Result<i64, Error> {
        let mut count = 0;
        for text in texts {
            if is_formula(text) {
                self.guarded.clear();
                self.guarded.extend(["'", text]);
                self.writer.write_field(&self.guarded).map_err(io_error)?;
                count += 1;
            } else {
                self.writer.write_field(text).map_err(io_error)?;
            }
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)?;
        Ok(count)
    }

    /// Writes a line of a summary, of three texts.
    pub(crate) fn summary(&mut self, line: Line<'_>) -> Result<(), Error> {
        let number;
        let texts = match line {
            Line::Blank => ["", "", ""],
            Line::Heading(text) => [text, "", ""],
            Line::Text(label, text) => [label, text, ""],
            Line::Count(label, count, remark) => {
                number = count.to_string();
                [label, &number, remark]
            }
        };
        self.line(texts.into_iter())?;
        Ok(())
    }

    /// Gives the output back, with every line in it.
    pub(crate) fn finish(self) -> Result<W, Error> {
        self.writer.into_inner().map_err(|error| Error::Io(error.into_error()))
    }
}

/// Whether a spreadsheet program would compute `text` instead of showing it. Besides the characters that begin a
/// formula, those are guarded that are stripped before a program looks.
fn is_formula(text: &str) -> bool {
    xls::looks_like_formula(text) || text.starts_with(['\t', '\r', '\0'])
}

/// What the disk said, so that a full one is known as one.
fn io_error(error: csv::Error) -> Error {
    Error::Io(match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk without room.
    struct Full;

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if bytes == BYTE_ORDER_MARK.as_bytes() {
                Ok(bytes.len())
            } else {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_known_as_one() {
        let mut lines = Lines::new(Full).unwrap();
        let long = "x".repeat(100_000);
        let error = lines.line([&*long].into_iter()).unwrap_err();
        assert!(error.is_full(), "{error}");
    }

    #[test]
    fn only_what_would_be_computed_is_guarded() {
        for text in ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\0=1"] {
            assert!(is_formula(text), "{text:?}");
        }
        for text in ["", "1-1", "a=b", " =1", "'=1", "＝1", "\n"] {
            assert!(!is_formula(text), "{text:?}");
        }
    }
}
