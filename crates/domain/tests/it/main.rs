//! Policies from the outside: documents in, decisions out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod decisions;
mod documents;
mod group_rules;
mod naive;
mod operators;
mod policies_md;
mod properties;
mod refusals;
