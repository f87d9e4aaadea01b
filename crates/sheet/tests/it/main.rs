//! The tests of this crate from outside, in one program, so that they share the workbooks they make.

mod biff;
mod hostile;
mod hostile_xls;
mod read;
mod upload;
mod workbook;
mod xls_files;
