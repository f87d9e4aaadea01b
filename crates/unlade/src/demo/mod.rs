//! Demo.
pub(crate) fn run() -> Result<(), crate::error::Error> { Ok(()) }
