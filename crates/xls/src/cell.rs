//! What callers describe a sheet and its rows with. Everything is borrowed or small; nothing here is a formula,
//! because nothing this crate writes ever is.

/// One cell of a row. Borrowed, so that a row costs no allocation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Nothing is written. An empty text is the same.
    Empty,
    /// A text, of number format `@`, so that ids and leading zeros stay as they are.
    Text(&'a str),
    /// The same in bold, for titles and labels.
    Bold(&'a str),
    /// A whole number; beyond 15 digits, which is where Excel rounds, it is written as text.
    Int(i64),
    /// A number. What is not finite is written as `#NUM!` and counted as cleaned.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
}

/// What happened to the texts of one row on their way into the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Cells whose text was cut at 32,767 UTF-16 units. [`crate::fit`] tells what was left over.
    pub cut: u32,
    /// Cells in which a character that no file may hold became U+FFFD, or a number became `#NUM!`.
    pub cleaned: u32,
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(crate) title: String,
    pub(crate) width: u16,
    pub(crate) few_valued: bool,
}

impl Column {
    /// A column of 16 characters' width. A sheet without header ignores the title.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), width: 16, few_valued: false }
    }

    /// Sets the width in characters, up to 255.
    #[must_use]
    pub fn width(mut self, characters: u16) -> Self {
        self.width = characters.min(crate::limits::WIDTH_MAX);
        self
    }

    /// Says that its texts repeat, as a status does: each is then looked for before it is written again.
    #[must_use]
    pub fn few_valued(mut self) -> Self {
        self.few_valued = true;
        self
    }
}
