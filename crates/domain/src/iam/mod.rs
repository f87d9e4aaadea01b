//! What a user may do, said by policies: documents are parsed once, evaluated often, and explained on demand. Pure.
//!
//! The language is that of the service's own access control: policies of version 1.1 and identity policies of version
//! 5.0. `docs/policies.md` describes it as it is understood here. Sources: the IAM user guide's "Policy syntax"
//! (`usermanual-iam/iam_01_0019`: fields, operators, global keys) and "JSON element reference"
//! (`usermanual-iam5/iam_01_1289`), and "Global condition keys" (`usermanual-iam5/iam_01_1287`).

mod condition;
mod decide;
mod document;
mod explain;
mod facts;
mod json;
pub mod names;
mod operator;
mod pattern;
mod resource;
pub mod roles;
mod statement;
mod value;

pub use decide::{Decider, Decision, Grants, Question};
pub use document::{DOCUMENT_BYTES, Policy, STATEMENTS};
pub use explain::{Explanation, Looked, Missed};
pub use facts::{Facts, keys};
pub use json::said_once;
pub use resource::{RESOURCE_CHARS, Resource};
pub use statement::{ACTION_CHARS, ACTIONS, CONDITIONS, Effect, RESOURCES, SID_CHARS};
