//! The audit: one line for each call that changes something, for each download, and for each of these that was refused
//! to somebody who is known. Strangers are counted in the metrics and leave no line, so that none of them can fill a
//! disk.
//!
//! What a line says comes from where it is known: who it was from `call`, what was asked from `Call::authorize`, what was
//! made from `respond::created`. They note it for the request whose task they run in.

mod command;
mod entry;
mod file;
mod line;
mod trail;

pub use command::{Command, OPERATOR};
pub(crate) use entry::{Entry, agency, asked, device, made, named, noting, proven};
pub use trail::Audit;
