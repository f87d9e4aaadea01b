//! One kind of rows that can be exported.
//!
//! To add one: a folder in `sources` with a type that implements [`Source`], and a line in `sources::SOURCES`.

#[cfg(test)]
pub(crate) mod bad;

use db::{Flow, Tx};
use domain::order::Fields;

pub use store::export_tasks::{Selected, Selection};
use types::Word;

use crate::row::{Cell, Column};

/// A line about the whole export, for its summary.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it tells.
    pub label: Word,
    /// What that is.
    pub value: String,
}

/// What is exported, seen whole, before its first row.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// What a reader of the file wants to know first.
    pub facts: Vec<Fact>,
    /// How many rows there are.
    pub rows: i64,
    /// What its own counters say of them, if it counts: a file that says something else is not published.
    pub counters: Option<Counters>,
    /// When the latest change in it was made: the snapshot's own time, the same in every attempt.
    pub changed_ms: i64,
}

/// How many rows something says it has, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counters {
    /// All of them.
    pub rows: i64,
    /// How many stand where; a status that is not here has none.
    pub statuses: Vec<(&'static str, i64)>,
}

/// The columns that a summary counts, as far as the rows have such.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    /// Where a row stands.
    pub status: Option<usize>,
    /// The code of its failure.
    pub error_code: Option<usize>,
    /// The text of its failure.
    pub error_msg: Option<usize>,
}

/// One kind of rows that can be exported.
pub trait Source: Sync {
    /// Its `resource_type`.
    fn resource_type(&self) -> &'static str;

    /// Reads a condition as it came over the wire. Answers it as canonical JSON: the Source's own keys in its own order,
    /// so that equal conditions are equal texts.
    fn select(&self, condition: &mut Fields<'_>) -> String;

    /// What a selection finds; `None` if what it names does not exist or is out of reach. Asked when the export is
    /// ordered, in the transaction that takes the order, so it does not count rows.
    fn selected(&self, tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Selected>, store::Error>;

    /// Its columns.
    fn columns(&self) -> &'static [Column];

    /// Which of them a summary counts.
    fn counted(&self) -> Counted;

    /// What a selection holds in this snapshot; `None` as for [`Source::selected`].
    fn subject(&self, tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Subject>, store::Error>;

    /// Every row in its own order, until `each` has had enough.
    fn rows(
        &self,
        tx: &mut dyn Tx,
        selection: Selection<'_>,
        each: &mut dyn FnMut(&[Cell<'_>]) -> Flow,
    ) -> Result<(), store::Error>;
}
