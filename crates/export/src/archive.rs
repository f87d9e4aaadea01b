//! The zip around a result. Its entries' bytes are made by their writers, already deflated; here lie only the
//! headers, patched when an entry's length is known, and the reading back: nothing is published unread.
//!
//! Times are the snapshot's, so that two archives of one snapshot are equal byte for byte. No zip64: an archive
//! beyond 4 GiB (about 45 million rows) is refused.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use blob::Staged;

pub(crate) mod entry;

use crate::hashing::Hashing;
use entry::{DEFLATED, Entry, LOCAL_LEN, STORED, Stamp, directory, dos};

/// Why an archive could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk.
    #[error("the archive's disk failed: {0}")]
    Io(#[from] io::Error),
    /// Beyond what a zip without zip64 can hold.
    #[error("the result would be larger than 4 GiB")]
    TooLarge,
    /// What was read back is not what was written.
    #[error("{0} does not read back as it was written")]
    Damaged(String),
}

/// A zip being written into a staged file.
pub struct Archive {
    staged: Staged,
    entries: Vec<Entry>,
    /// Of every entry.
    stamp: Stamp,
}

impl Archive {
    /// Begins an archive whose entries are as old as `changed_ms`.
    pub fn new(staged: Staged, changed_ms: i64) -> Self {
        Self { staged, entries: Vec::new(), stamp: dos(changed_ms) }
    }

    /// The age of its entries.
    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Begins an entry whose writer deflates by itself, straight into the file that is answered. Until
    /// [`Archive::end`], the archive is not to be touched.
    pub fn begin(&mut self, name: &str) -> Result<File, Error> {
        self.begin_as(name, DEFLATED)
    }

    /// Begins an entry that is packed already in its own way, and so is stored as it is.
    pub(crate) fn begin_stored(&mut self, name: &str) -> Result<File, Error> {
        self.begin_as(name, STORED)
    }

    fn begin_as(&mut self, name: &str, method: u16) -> Result<File, Error> {
        let entry = Entry::at(self.staged.file().stream_position()?, name, method)?;
        self.staged.file().write_all(&entry.local_header(self.stamp))?;
        self.entries.push(entry);
        Ok(self.staged.file().try_clone()?)
    }

    /// Ends the entry that was begun last, reads it back, and answers its SHA-256.
    pub fn end(&mut self, crc32: u32, len: u64, raw_len: u64) -> Result<String, Error> {
        let Some(entry) = self.entries.last_mut() else { return Err(Error::TooLarge) };
        entry.measure(crc32, len, raw_len)?;
        let header = entry.local_header(self.stamp);
        let (offset, body) =
            (u64::from(entry.offset), u64::from(entry.offset) + LOCAL_LEN + entry.name.len() as u64);
        let file = self.staged.file();
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(&header)?;
        file.seek(SeekFrom::Start(body))?;
        let bytes = Read::take(&mut *file, len);
        let sha256 = match entry.method {
            STORED => read_back(bytes, crc32, raw_len),
            _ => read_back(xls::Inflated::new(bytes), crc32, raw_len),
        };
        file.seek(SeekFrom::Start(body + len))?;
        sha256?.ok_or_else(|| Error::Damaged(entry.name.clone()))
    }

    /// Adds a small entry as it is.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut entry = Entry::at(self.staged.file().stream_position()?, name, STORED)?;
        let len = bytes.len() as u64;
        entry.measure(crc32fast::hash(bytes), len, len)?;
        self.staged.file().write_all(&entry.local_header(self.stamp))?;
        self.staged.file().write_all(bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Ends the archive.
    pub fn finish(mut self) -> Result<Staged, Error> {
        let start = self.staged.file().stream_position()?;
        self.staged.file().write_all(&directory(&self.entries, self.stamp, start)?)?;
        Ok(self.staged)
    }
}

/// The SHA-256 of an entry's content, if its length and CRC are what its writer says.
fn read_back(mut raw: impl Read, crc32: u32, raw_len: u64) -> Result<Option<String>, Error> {
    let (mut hash, mut crc, mut len, mut piece) =
        (Hashing::new(), crc32fast::Hasher::new(), 0, vec![0; 64 << 10]);
    loop {
        let read = raw.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        crc.update(&piece[..read]);
        len += read as u64;
    }
    let sound = len == raw_len && crc.finalize() == crc32;
    Ok(sound.then(|| hash.finish()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn archive(dir: &tempfile::TempDir) -> Archive {
        Archive::new(blob::Blobs::open(dir.path()).unwrap().stage().unwrap(), 1_597_234_332_333)
    }

    fn deflated(text: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn another_library_reads_every_entry() {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = archive(&dir);
        let text = "结果 ".repeat(5000);
        let packed = deflated(text.as_bytes());
        archive.begin("任务.xls").unwrap().write_all(&packed).unwrap();
        archive.end(crc32fast::hash(text.as_bytes()), packed.len() as u64, text.len() as u64).unwrap();
        archive.add("manifest.json", b"{}").unwrap();
        let mut staged = archive.finish().unwrap();
        let mut zip = zip::ZipArchive::new(staged.file()).unwrap();
        assert_eq!(std::io::read_to_string(zip.by_name("任务.xls").unwrap()).unwrap(), text);
        assert_eq!(std::io::read_to_string(zip.by_name("manifest.json").unwrap()).unwrap(), "{}");
        let when = zip.by_index(0).unwrap().last_modified().unwrap();
        assert_eq!((when.year(), when.month(), when.day(), when.hour()), (2020, 8, 12, 12));
    }

    #[test]
    fn what_does_not_read_back_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut archive = archive(&dir);
        let packed = deflated(b"as written");
        archive.begin("a.xls").unwrap().write_all(&packed).unwrap();
        let ended = archive.end(crc32fast::hash(b"as intended"), packed.len() as u64, 10);
        assert!(matches!(ended, Err(Error::Damaged(name)) if name == "a.xls"));
    }
}
