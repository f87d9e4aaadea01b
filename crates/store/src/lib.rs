//! All business SQL, as units of work.
