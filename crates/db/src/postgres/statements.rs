//! Statements that a connection has prepared, by their text and the types of their arguments: an argument without a
//! value has no type, so one text may have several.

use std::collections::HashMap;

use tokio_postgres::{Client, Statement, types::Type};

use super::{dialect::Dialect, value::declared};
use crate::Value;

/// Statements kept a connection; the business has fewer.
const STATEMENTS_MAX: usize = 512;

#[derive(Default)]
pub(super) struct Statements {
    known: HashMap<String, Vec<(Vec<Type>, Statement)>>,
    count: usize,
}

impl Statements {
    pub(super) fn find(&self, sql: &str, args: &[Value<'_>]) -> Option<Statement> {
        let same = |types: &[Type]| types.iter().zip(args).all(|(ty, value)| *ty == declared(value));
        let prepared = self.known.get(sql)?;
        prepared
            .iter()
            .find(|(types, _)| types.len() == args.len() && same(types))
            .map(|(_, found)| found.clone())
    }

    pub(super) fn keep(&mut self, sql: &str, args: &[Value<'_>], statement: &Statement) {
        if self.count >= STATEMENTS_MAX {
            *self = Self::default();
        }
        let types = args.iter().map(declared).collect();
        self.known.entry(sql.to_owned()).or_default().push((types, statement.clone()));
        self.count += 1;
    }
}

/// Has the server prepare a statement.
pub(super) async fn prepare(
    client: &Client,
    dialect: Dialect,
    sql: &str,
    args: &[Value<'_>],
) -> Result<Statement, tokio_postgres::Error> {
    let types: Vec<Type> = args.iter().map(declared).collect();
    client.prepare_typed(&dialect.statement(sql), &types).await
}
