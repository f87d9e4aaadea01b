//! A Source as bad as a test wants it.

use db::{Flow, Tx};
use domain::order::Fields;

use super::{Counted, Counters, Selected, Selection, Source, Subject};
use crate::row::{Cell, Column};

/// A Source of so many rows and columns that may break off.
#[derive(Clone, Copy)]
pub(crate) struct Bad {
    pub(crate) rows: i64,
    pub(crate) columns: usize,
    pub(crate) fails_after: Option<i64>,
    pub(crate) counters: Option<i64>,
}

/// One in which nothing is bad.
pub(crate) const SOUND: Bad = Bad { rows: 70_000, columns: 3, fails_after: None, counters: None };

impl Source for Bad {
    fn resource_type(&self) -> &'static str {
        "Bad"
    }
    fn select(&self, condition: &mut Fields<'_>) -> String {
        condition.only(&[]);
        String::new()
    }
    fn selected(&self, _: &mut dyn Tx, _: Selection<'_>) -> Result<Option<Selected>, store::Error> {
        Ok(None)
    }
    fn columns(&self) -> &'static [Column] {
        const { &[Column::new("text", "文本", 9); 20_000] }.split_at(self.columns).0
    }
    fn counted(&self) -> Counted {
        Counted::default()
    }
    fn subject(&self, _: &mut dyn Tx, _: Selection<'_>) -> Result<Option<Subject>, store::Error> {
        let counters = self.counters.map(|rows| Counters { rows, statuses: Vec::new() });
        Ok(Some(Subject { rows: self.rows, counters, ..Subject::default() }))
    }
    fn rows(
        &self,
        _: &mut dyn Tx,
        _: Selection<'_>,
        each: &mut dyn FnMut(&[Cell<'_>]) -> Flow,
    ) -> Result<(), store::Error> {
        let row = vec![Cell::Text("设备 0042"); self.columns];
        for number in 0..self.rows {
            if self.fails_after == Some(number) {
                return Err(store::Error::Db(db::Error::Type(1, "TEXT")));
            }
            if each(&row) == Flow::Stop {
                break;
            }
        }
        Ok(())
    }
}
