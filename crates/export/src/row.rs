//! Rows on their way from a Source to a Format: borrowed cells under described columns.

use types::Word;

/// A column of a Source's rows.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its header.
    pub title: Word,
    /// How wide it is shown, in characters.
    pub width: u16,
    /// Whether its texts repeat, as a status does.
    pub few_valued: bool,
}

impl Column {
    /// A column of free texts.
    pub const fn new(en: &'static str, zh: &'static str, width: u16) -> Self {
        Self { title: Word::new(en, zh), width, few_valued: false }
    }

    /// A column whose texts repeat.
    pub const fn few_valued(en: &'static str, zh: &'static str, width: u16) -> Self {
        Self { title: Word::new(en, zh), width, few_valued: true }
    }
}

/// One cell, borrowed from the database's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text; ids and times are texts too, so that no program rounds or shifts them.
    Text(&'a str),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Empty, Cell::Text)
    }
}

impl<'a> Cell<'a> {
    /// The text, if there is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Cell::Empty => None,
            Cell::Text(text) => Some(text),
        }
    }
}
