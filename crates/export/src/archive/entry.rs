//! What a zip says of its entries: the headers before each and the directory behind all. No zip64.

use types::time;

use super::Error;

pub(crate) const STORED: u16 = 0;
pub(crate) const DEFLATED: u16 = 8;
const UTF8_NAME: u16 = 1 << 11;
/// Checksum and lengths follow the entry instead of standing before it.
const DESCRIPTOR: u16 = 1 << 3;

/// Bytes of a local header, but for the name.
pub(super) const LOCAL_LEN: u64 = 30;

/// Date and time as DOS counts them.
pub(crate) type Stamp = [u16; 2];

/// One entry.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) method: u16,
    pub(crate) offset: u32,
    pub(crate) crc32: u32,
    pub(crate) len: u32,
    pub(crate) raw_len: u32,
    /// Whether a descriptor follows it, so that its beginning need not be patched.
    pub(crate) described: bool,
}

impl Entry {
    /// An entry at `offset` of which nothing is known yet.
    pub(crate) fn at(offset: u64, name: &str, method: u16) -> Result<Self, Error> {
        let offset = u32::try_from(offset).map_err(|_| Error::TooLarge)?;
        let name = name.to_owned();
        Ok(Self { name, method, offset, crc32: 0, len: 0, raw_len: 0, described: false })
    }

    /// Takes what is known at its end.
    pub(crate) fn measure(&mut self, crc32: u32, len: u64, raw_len: u64) -> Result<(), Error> {
        self.crc32 = crc32;
        self.len = u32::try_from(len).map_err(|_| Error::TooLarge)?;
        self.raw_len = u32::try_from(raw_len).map_err(|_| Error::TooLarge)?;
        Ok(())
    }

    /// What stands before its bytes.
    pub(crate) fn local_header(&self, stamp: Stamp) -> Vec<u8> {
        [b"PK\x03\x04", self.common(stamp).as_slice(), self.name.as_bytes()].concat()
    }

    /// What follows its bytes if it is described.
    pub(crate) fn descriptor(&self) -> Vec<u8> {
        let numbers = [self.crc32, self.len, self.raw_len].map(u32::to_le_bytes);
        [b"PK\x07\x08", numbers.concat().as_slice()].concat()
    }

    fn central_header(&self, stamp: Stamp) -> Vec<u8> {
        // Made by: version 2.0 on Unix; no comment, disk 0, no internal attributes; a file that all may read.
        let behind: [&[u8]; 4] =
            [&[0; 6], &(0o100_644u32 << 16).to_le_bytes(), &self.offset.to_le_bytes(), self.name.as_bytes()];
        [b"PK\x01\x02\x14\x03", self.common(stamp).as_slice(), behind.concat().as_slice()].concat()
    }

    /// What both headers share, from the version needed to the lengths.
    fn common(&self, [date, time]: Stamp) -> Vec<u8> {
        let mut out = Vec::with_capacity(96);
        let flags = UTF8_NAME | if self.described { DESCRIPTOR } else { 0 };
        for short in [20, flags, self.method, time, date] {
            out.extend(short.to_le_bytes());
        }
        for long in [self.crc32, self.len, self.raw_len] {
            out.extend(long.to_le_bytes());
        }
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend([0, 0]);
        out
    }
}

/// The directory of a zip that has it at `start`.
pub(crate) fn directory(entries: &[Entry], stamp: Stamp, start: u64) -> Result<Vec<u8>, Error> {
    let mut directory: Vec<u8> = entries.iter().flat_map(|entry| entry.central_header(stamp)).collect();
    let count = u16::try_from(entries.len()).map_err(|_| Error::TooLarge)?;
    let size = u32::try_from(directory.len()).map_err(|_| Error::TooLarge)?;
    let start = u32::try_from(start).map_err(|_| Error::TooLarge)?;
    directory.extend(b"PK\x05\x06\0\0\0\0");
    directory.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    directory.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    directory.extend([0, 0]);
    Ok(directory)
}

/// A time as DOS counts it: two seconds fine, from 1980 on.
pub(super) fn dos(unix_ms: i64) -> Stamp {
    let text = time::compact(unix_ms.max(315_532_800_000));
    let number = |from: usize, to: usize| text[from..to].parse::<u16>().unwrap_or(0);
    let date = (number(0, 4) - 1980) << 9 | number(4, 6) << 5 | number(6, 8);
    [date, number(9, 11) << 11 | number(11, 13) << 5 | (number(13, 15) / 2)]
}
