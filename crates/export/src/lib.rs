//! The export engine and its registries of sources and formats.
