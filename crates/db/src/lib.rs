//! A database as units of work: closures over a synchronous [`Tx`], atomic and re-runnable, so that a driver
//! may group their commits or run one again after a conflict. No business words, no SQL of the business.
//!
//! The SQL that passes through is the portable subset of SQLite and PostgreSQL: BIGINT, TEXT and BLOB only,
//! `?N` placeholders, times as unix milliseconds bound by the application, `ON CONFLICT`, `RETURNING`;
//! no triggers, sequences, advisory locks or data-modifying CTEs.

mod database;
mod error;
mod lock;
mod migrate;
mod postgres;
mod sqlite;
mod tx;
mod value;

pub use database::{Db, Sizes};
pub use error::Error;
pub use lock::DirLock;
pub use migrate::{Migration, migrate, must_be_current, schema};
pub use postgres::{Profile, Server};
pub use sqlite::{Options, copy, examine, look};
pub use tx::{Flow, Row, Tx};
pub use value::{Type, Value};
