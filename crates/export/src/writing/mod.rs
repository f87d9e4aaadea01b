//! What several Formats write alike.

pub(crate) mod lines;
pub(crate) mod overflow;
pub(crate) mod summary;
pub(crate) mod text;
