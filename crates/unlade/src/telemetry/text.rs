//! How values are written for people: on one line, whatever is in them.

use std::fmt::{self, Write};

use tracing_subscriber::{
    field::MakeExt,
    fmt::{FormatFields, format::debug_fn},
};

/// Writes `name=value`, and a message as it is; in both, what would end the line or move a cursor is escaped.
pub(super) fn one_line() -> impl for<'w> FormatFields<'w> + Send + Sync + 'static {
    debug_fn(|writer, field, value| match field.name() {
        "message" => write!(OneLine(writer), "{value:?}"),
        name => write!(OneLine(writer), "{name}={value:?}"),
    })
    .delimited(" ")
}

struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_control() {
                write!(self.0, "{}", character.escape_default())?;
            } else {
                self.0.write_char(character)?;
            }
        }
        Ok(())
    }
}
