//! The records of a workbook's stream, as they lie: a kind, a length, so many bytes.

use super::{damaged, u16_at};
use crate::Error;
use types::text;

/// The kinds of records that matter here.
pub(super) mod kind {
    pub(in super::super) const FORMULA: u16 = 0x0006;
    pub(in super::super) const EOF: u16 = 0x000A;
    pub(in super::super) const DATE_MODE: u16 = 0x0022;
    pub(in super::super) const FILE_PASS: u16 = 0x002F;
    pub(in super::super) const CONTINUE: u16 = 0x003C;
    pub(in super::super) const CODE_PAGE: u16 = 0x0042;
    pub(in super::super) const BOUND_SHEET: u16 = 0x0085;
    pub(in super::super) const MUL_RK: u16 = 0x00BD;
    pub(in super::super) const R_STRING: u16 = 0x00D6;
    pub(in super::super) const XF: u16 = 0x00E0;
    pub(in super::super) const SST: u16 = 0x00FC;
    pub(in super::super) const LABEL_SST: u16 = 0x00FD;
    pub(in super::super) const NUMBER: u16 = 0x0203;
    pub(in super::super) const LABEL: u16 = 0x0204;
    pub(in super::super) const BOOL_ERR: u16 = 0x0205;
    pub(in super::super) const STRING: u16 = 0x0207;
    pub(in super::super) const RK: u16 = 0x027E;
    pub(in super::super) const FORMAT: u16 = 0x041E;
    pub(in super::super) const BOF: u16 = 0x0809;
}

/// One record.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

impl Record<'_> {
    /// Copies it to the end of a stream.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&(self.data.len() as u16).to_le_bytes());
        out.extend_from_slice(self.data);
    }
}

/// The records from one place of a stream on. They are asked for until [`kind::EOF`]; a stream that ends before is
/// damaged.
pub(super) struct Records<'a>(pub(super) &'a [u8]);

impl<'a> Records<'a> {
    pub(super) fn next(&mut self) -> Result<Record<'a>, Error> {
        let breaks_off = || damaged(text!("the workbook breaks off", "工作簿不完整"));
        let (head, rest) = self.0.split_at_checked(4).ok_or_else(breaks_off)?;
        let (data, rest) = rest.split_at_checked(usize::from(u16_at(head, 2))).ok_or_else(breaks_off)?;
        self.0 = rest;
        Ok(Record { kind: u16_at(head, 0), data })
    }

    /// The data of the records that continue the one before.
    pub(super) fn continued(&mut self) -> Result<Vec<&'a [u8]>, Error> {
        let mut pieces = Vec::new();
        while u16_at(self.0, 0) == kind::CONTINUE {
            pieces.push(self.next()?.data);
        }
        Ok(pieces)
    }
}
