//! A streaming writer of real .xls (BIFF8) workbooks in constant memory.
