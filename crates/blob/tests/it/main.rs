//! One suite over every place that objects can lie in, and what is true of one of them alone. The S3-compatible store
//! is another process, at the URL in `UNLADE_TEST_S3`; without it what needs it says that it was skipped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "what was skipped is said")]

mod faults;
mod house;
mod local;
mod places;
mod troubles;
