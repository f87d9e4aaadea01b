//! The file of a backup: a zip, so that every system can look into it. Written and read in pieces, each entry
//! hashed as it passes; nothing is believed that was not hashed.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::manifest::{self, Entry, Manifest};
use crate::error::Error;

/// A manifest is smaller; a damaged one must not fill the memory.
const MANIFEST_BYTES_MAX: u64 = 256 << 20;

/// An archive being written.
pub(super) struct Writer {
    zip: ZipWriter<File>,
    entries: Vec<Entry>,
}

impl Writer {
    /// Begins an archive in an empty file.
    pub(super) fn new(file: File) -> Self {
        Self { zip: ZipWriter::new(file), entries: Vec::new() }
    }

    /// Adds an entry; answers what it turned out to be. Objects are packed already, so they are only stored.
    pub(super) fn add(&mut self, name: &str, content: impl Read, packed: bool) -> Result<&Entry, Error> {
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let entry = put(&mut self.zip, name, content, method).map_err(failed(name))?;
        self.entries.push(entry);
        self.entries.last().ok_or_else(|| Error::Refused(name.to_owned()))
    }

    /// Ends the archive with the manifest that is made of its entries.
    pub(super) fn finish(mut self, manifest: impl FnOnce(Vec<Entry>) -> Manifest) -> Result<(), Error> {
        let manifest = manifest(self.entries);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|error| Error::Refused(error.to_string()))?;
        put(&mut self.zip, manifest::NAME, text.as_slice(), CompressionMethod::Deflated)
            .map_err(failed(manifest::NAME))?;
        self.zip.finish().map_err(|error| failed(manifest::NAME)(error.into()))?;
        Ok(())
    }
}

fn failed(name: &str) -> impl FnOnce(io::Error) -> Error {
    Error::system(format!("write {name} into the backup"))
}

fn put(
    zip: &mut ZipWriter<File>,
    name: &str,
    content: impl Read,
    method: CompressionMethod,
) -> io::Result<Entry> {
    let options = SimpleFileOptions::default()
        .compression_method(method)
        // The database shrinks to a fraction, and a higher level gains little more.
        .compression_level((method == CompressionMethod::Deflated).then_some(1))
        .large_file(true)
        .unix_permissions(0o600);
    zip.start_file(name, options)?;
    let (bytes, sha256) = pour(content, zip)?;
    Ok(Entry { name: name.to_owned(), bytes, sha256 })
}

/// An archive being read.
pub(super) struct Reader {
    zip: ZipArchive<File>,
    /// What its entries must be.
    pub(super) manifest: Manifest,
}

impl Reader {
    /// Opens an archive.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::system(format!("open {}", path.display())))?;
        let whole = |error: &dyn std::fmt::Display| {
            Error::Refused(format!("{}: is not a whole backup: {error}", path.display()))
        };
        let mut zip = ZipArchive::new(file).map_err(|error| whole(&error))?;
        let mut text = Vec::new();
        let entry = zip.by_name(manifest::NAME).map_err(|error| whole(&error))?;
        entry.take(MANIFEST_BYTES_MAX).read_to_end(&mut text).map_err(|error| {
            Error::Refused(format!("{}: {} is damaged: {error}", path.display(), manifest::NAME))
        })?;
        // A file that was cut off can end in an object that is an archive itself, with a manifest of its own.
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| whole(&error))?;
        manifest.must_be_known()?;
        if zip.len() != manifest.entries.len() + 1 {
            return Err(whole(&"it does not hold the entries that its manifest names"));
        }
        Ok(Self { zip, manifest })
    }

    /// Copies an entry, and refuses it unless it is what the manifest says.
    pub(super) fn extract(&mut self, entry: &Entry, to: &mut impl Write) -> Result<(), Error> {
        let damaged = |why: String| Error::Refused(format!("{} is damaged: {why}", entry.name));
        let content = self.zip.by_name(&entry.name).map_err(|error| damaged(error.to_string()))?;
        // One byte more than it may have is enough to tell that it has too many.
        let read = pour(content.take(entry.bytes + 1), to).map_err(|error| damaged(error.to_string()))?;
        if read != (entry.bytes, entry.sha256.clone()) {
            return Err(damaged("its length or its SHA-256 is not what the manifest says".to_owned()));
        }
        Ok(())
    }

    /// Reads every entry.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        for entry in self.manifest.entries.clone() {
            self.extract(&entry, &mut io::sink())?;
        }
        Ok(())
    }
}

/// Copies everything; answers its length and SHA-256.
fn pour(mut from: impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 256 << 10]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        bytes += read as u64;
    }
    Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}
