//! Db and Tx over SQLite, and the migrations engine; no business words.
