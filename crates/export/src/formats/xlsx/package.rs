//! The zip that an .xlsx is, itself an entry of the archive and stored there as it is. It is written in one go:
//! what an entry came to stands behind it, not before.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
};

use crc32fast::Hasher;
use xls::{Codec, Deflated, Finished};

use crate::{
    archive::entry::{DEFLATED, Entry, STORED, Stamp, directory},
    encode::Error,
};

/// The bytes of the .xlsx, counted on their way into the archive.
pub(super) struct Counted {
    file: File,
    len: u64,
    crc: Hasher,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.crc.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// An .xlsx being written.
pub(super) struct Package {
    /// Lent to the entry that is being written.
    out: Option<Counted>,
    entries: Vec<Entry>,
    stamp: Stamp,
}

impl Package {
    pub(super) fn new(file: File, stamp: Stamp) -> Self {
        Self { out: Some(Counted { file, len: 0, crc: Hasher::new() }), entries: Vec::new(), stamp }
    }

    /// Begins an entry, the only one until [`Package::end`].
    pub(super) fn begin(&mut self, name: &str) -> Result<Deflated<Counted>, Error> {
        let mut out = self.out.take().ok_or_else(lent)?;
        let mut entry = Entry::at(out.len, name, DEFLATED)?;
        entry.described = true;
        out.write_all(&entry.local_header(self.stamp))?;
        self.entries.push(entry);
        Ok(Deflated::new(out, Codec::DEFLATE)?)
    }

    /// Ends it.
    pub(super) fn end(&mut self, entry: Deflated<Counted>) -> Result<(), Error> {
        let mut finished = entry.finish()?;
        let entry = self.entries.last_mut().ok_or_else(lent)?;
        entry.measure(finished.crc32, finished.len, finished.raw_len)?;
        finished.out.write_all(&entry.descriptor())?;
        self.out = Some(finished.out);
        Ok(())
    }

    /// Adds a small entry as it is.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let len = bytes.len() as u64;
        self.put(name, STORED, [len, len], crc32fast::hash(bytes), bytes)
    }

    /// Adds an entry that was packed elsewhere meanwhile.
    pub(super) fn append(&mut self, name: &str, mut packed: Finished<File>) -> Result<(), Error> {
        packed.out.rewind()?;
        self.put(name, DEFLATED, [packed.len, packed.raw_len], packed.crc32, packed.out)
    }

    fn put(
        &mut self,
        name: &str,
        method: u16,
        [len, raw_len]: [u64; 2],
        crc32: u32,
        mut bytes: impl Read,
    ) -> Result<(), Error> {
        let out = self.out.as_mut().ok_or_else(lent)?;
        let mut entry = Entry::at(out.len, name, method)?;
        entry.measure(crc32, len, raw_len)?;
        out.write_all(&entry.local_header(self.stamp))?;
        io::copy(&mut bytes, out)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Ends the package; answers its CRC-32 and its length.
    pub(super) fn finish(mut self) -> Result<(u32, u64), Error> {
        let mut out = self.out.take().ok_or_else(lent)?;
        let directory = directory(&self.entries, self.stamp, out.len)?;
        out.write_all(&directory)?;
        Ok((out.crc.finalize(), out.len))
    }
}

/// Two entries at a time: a mistake of ours.
fn lent() -> Error {
    Error::Io(io::Error::other("an entry of the workbook is still being written"))
}
