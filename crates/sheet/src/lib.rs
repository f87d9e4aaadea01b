//! Reads uploaded spreadsheets safely.
