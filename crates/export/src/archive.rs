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
use sha2::{Digest, Sha256};
use types::time;

const LOCAL_LEN: u64 = 30;
const UTF8_NAME: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

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

struct Entry {
    name: String,
    method: u16,
    offset: u32,
    crc32: u32,
    len: u32,
    raw_len: u32,
}

/// A zip being written into a staged file.
pub struct Archive {
    staged: Staged,
    entries: Vec<Entry>,
    /// Date and time of every entry, as DOS counts them.
    stamp: [u16; 2],
}

impl Archive {
    /// Begins an archive whose entries are as old as `changed_ms`.
    pub fn new(staged: Staged, changed_ms: i64) -> Self {
        Self { staged, entries: Vec::new(), stamp: dos(changed_ms) }
    }

    /// Begins an entry whose writer deflates by itself, straight into the file that is answered. Until
    /// [`Archive::end`], the archive is not to be touched.
    pub fn begin(&mut self, name: &str) -> Result<File, Error> {
        let offset = u32::try_from(self.staged.file().stream_position()?).map_err(|_| Error::TooLarge)?;
        let name = name.to_owned();
        let entry = Entry { name, method: DEFLATED, offset, crc32: 0, len: 0, raw_len: 0 };
        let header = local_header(&entry, self.stamp);
        self.staged.file().write_all(&header)?;
        self.entries.push(entry);
        Ok(self.staged.file().try_clone()?)
    }

    /// Ends the entry that was begun last, reads it back, and answers its SHA-256.
    pub fn end(&mut self, crc32: u32, len: u64, raw_len: u64) -> Result<String, Error> {
        let Some(entry) = self.entries.last_mut() else { return Err(Error::TooLarge) };
        entry.crc32 = crc32;
        entry.len = u32::try_from(len).map_err(|_| Error::TooLarge)?;
        entry.raw_len = u32::try_from(raw_len).map_err(|_| Error::TooLarge)?;
        let header = local_header(entry, self.stamp);
        let (offset, body) =
            (u64::from(entry.offset), u64::from(entry.offset) + LOCAL_LEN + entry.name.len() as u64);
        let file = self.staged.file();
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(&header)?;
        file.seek(SeekFrom::Start(body))?;
        let sha256 = read_back(Read::take(&mut *file, len), crc32, raw_len);
        file.seek(SeekFrom::Start(body + len))?;
        sha256?.ok_or_else(|| Error::Damaged(entry.name.clone()))
    }

    /// Adds a small entry as it is.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let offset = u32::try_from(self.staged.file().stream_position()?).map_err(|_| Error::TooLarge)?;
        let len = u32::try_from(bytes.len()).map_err(|_| Error::TooLarge)?;
        let crc32 = crc32fast::hash(bytes);
        let entry = Entry { name: name.to_owned(), method: STORED, offset, crc32, len, raw_len: len };
        let header = local_header(&entry, self.stamp);
        self.staged.file().write_all(&header)?;
        self.staged.file().write_all(bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Ends the archive.
    pub fn finish(mut self) -> Result<Staged, Error> {
        let start = self.staged.file().stream_position()?;
        let mut directory = Vec::new();
        for entry in &self.entries {
            directory.extend(central_header(entry, self.stamp));
        }
        let count = u16::try_from(self.entries.len()).map_err(|_| Error::TooLarge)?;
        let size = u32::try_from(directory.len()).map_err(|_| Error::TooLarge)?;
        let start = u32::try_from(start).map_err(|_| Error::TooLarge)?;
        directory.extend(b"PK\x05\x06\0\0\0\0");
        directory.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        directory.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
        directory.extend([0, 0]);
        self.staged.file().write_all(&directory)?;
        Ok(self.staged)
    }
}

/// The SHA-256 of a deflated entry's content, if its length and CRC are what its writer says.
fn read_back(packed: impl Read, crc32: u32, raw_len: u64) -> Result<Option<String>, Error> {
    let mut raw = xls::Inflated::new(packed);
    let (mut hash, mut crc, mut len, mut piece) =
        (Sha256::new(), crc32fast::Hasher::new(), 0, vec![0; 64 << 10]);
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
    Ok(sound.then(|| hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// What the local and the central header share, from the version needed to the lengths.
fn common(entry: &Entry, [date, time]: [u16; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    for short in [20, UTF8_NAME, entry.method, time, date] {
        out.extend(short.to_le_bytes());
    }
    for long in [entry.crc32, entry.len, entry.raw_len] {
        out.extend(long.to_le_bytes());
    }
    out.extend((entry.name.len() as u16).to_le_bytes());
    out.extend([0, 0]);
    out
}

fn local_header(entry: &Entry, stamp: [u16; 2]) -> Vec<u8> {
    [b"PK\x03\x04", common(entry, stamp).as_slice(), entry.name.as_bytes()].concat()
}

fn central_header(entry: &Entry, stamp: [u16; 2]) -> Vec<u8> {
    // Made by: version 2.0 on Unix; no comment, disk 0, no internal attributes; a file that all may read.
    let behind: [&[u8]; 4] =
        [&[0; 6], &(0o100_644u32 << 16).to_le_bytes(), &entry.offset.to_le_bytes(), entry.name.as_bytes()];
    [b"PK\x01\x02\x14\x03", common(entry, stamp).as_slice(), behind.concat().as_slice()].concat()
}

/// A time as DOS counts it: two seconds fine, from 1980 on.
fn dos(unix_ms: i64) -> [u16; 2] {
    let text = time::compact(unix_ms.max(315_532_800_000));
    let number = |from: usize, to: usize| text[from..to].parse::<u16>().unwrap_or(0);
    let date = (number(0, 4) - 1980) << 9 | number(4, 6) << 5 | number(6, 8);
    [date, number(9, 11) << 11 | number(11, 13) << 5 | (number(13, 15) / 2)]
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
