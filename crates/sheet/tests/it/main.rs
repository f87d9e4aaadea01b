//! The tests of this crate from outside, in one program, so that they share the workbooks they make.

mod hostile;
mod read;
mod upload;
mod workbook;
