//! One kind of rows that can be exported.
//!
//! To add one: a folder in `sources` with a type that implements [`Source`], and a line in `sources::SOURCES`.

use db::{Flow, Tx};
use serde_json::Value as Json;

use crate::row::{Cell, Column, Word};

/// A condition that a Source has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Canonical JSON: the Source's own keys in its own order, so that equal conditions are equal texts.
    pub condition: String,
    /// The batch task that it selects.
    pub task_id: String,
}

/// What an attempt exports.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The project.
    pub project_id: &'a str,
    /// The canonical condition.
    pub condition: &'a str,
    /// Only rows of this app.
    pub only_app: Option<&'a str>,
}

/// A line about the whole export, for its summary.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it tells.
    pub label: Word,
    /// What that is.
    pub value: String,
}

/// What is exported, seen whole, before its first row.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The name of the file.
    pub name: String,
    /// What a reader of the file wants to know first.
    pub facts: Vec<Fact>,
    /// How many rows there are.
    pub rows: i64,
    /// When the latest change in it was made: the snapshot's own time, the same in every attempt.
    pub changed_ms: i64,
}

/// The columns that a summary counts.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Where a row stands.
    pub status: usize,
    /// The code of its failure.
    pub error_code: usize,
    /// The text of its failure.
    pub error_msg: usize,
}

/// One kind of rows that can be exported.
pub trait Source: Sync {
    /// Its `resource_type`.
    fn resource_type(&self) -> &'static str;

    /// Accepts a condition as it came over the wire, or says what is wrong with it, naming the field.
    fn select(&self, condition: &Json) -> Result<Selected, String>;

    /// Its columns.
    fn columns(&self) -> &'static [Column];

    /// Which of them a summary counts.
    fn counted(&self) -> Counted;

    /// What a selection holds in this snapshot; `None` if it does not exist or is out of reach.
    fn subject(&self, tx: &mut dyn Tx, selection: Selection<'_>) -> Result<Option<Subject>, store::Error>;

    /// Every row in its own order, until `each` has had enough.
    fn rows(
        &self,
        tx: &mut dyn Tx,
        selection: Selection<'_>,
        each: &mut dyn FnMut(&[Cell<'_>]) -> Flow,
    ) -> Result<(), store::Error>;
}
