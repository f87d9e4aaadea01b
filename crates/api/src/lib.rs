//! The HTTP API: one endpoint a file.
