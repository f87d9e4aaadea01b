//! What Unlade decides, without I/O: who may do what, the limits and their reasons, conditions, and the clock
//! and randomness that everybody else is given.

pub mod action;
pub mod clock;
pub mod condition;
pub mod group_rule;
pub mod iam;
pub mod ids;
pub mod limits;
pub mod model;
pub mod order;
pub mod permit;
pub mod retention;
pub mod rng;

pub use action::Action;
pub use clock::{Clock, SystemClock};
pub use condition::Condition;
pub use group_rule::GroupRule;
pub use ids::Ids;
pub use limits::Limits;
pub use model::Model;
pub use permit::{ACCOUNT, Access, AppOf, Apps, Caller, Permit, Rights, Scope, authorize, authorize_about};
pub use retention::Retention;
pub use rng::{Rng, SystemRng};
