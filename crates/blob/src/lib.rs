//! Result and upload files: staging, fsync, SHA-256, sweep.
