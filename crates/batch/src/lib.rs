//! The batch engine and its registry of kinds.
