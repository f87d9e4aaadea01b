//! A file that is being written.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use crate::{
    Error,
    disk::{self, at},
};

/// Names in the staging area: its directory belongs to one process, so counting is enough.
static STAGED: AtomicU64 = AtomicU64::new(0);

/// A file in the staging area. Dropped unpublished, it is gone.
#[derive(Debug)]
pub struct Staged {
    file: File,
    path: PathBuf,
    published: bool,
}

impl Staged {
    pub(crate) fn create(directory: &Path) -> Result<Self, Error> {
        let path =
            directory.join(format!("{}-{}", std::process::id(), STAGED.fetch_add(1, Ordering::Relaxed)));
        Ok(Self { file: disk::create_private(&path)?, path, published: false })
    }

    /// Where it lies, for a process that reads files.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes, to be written and read.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Its length and SHA-256, read back from its first byte to its last.
    pub fn digest(&mut self) -> Result<(u64, String), Error> {
        self.file.seek(SeekFrom::Start(0)).map_err(at(&self.path))?;
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 256 << 10]);
        loop {
            let read = self.file.read(&mut piece).map_err(at(&self.path))?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
            bytes += read as u64;
        }
        Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    pub(crate) fn publish(mut self, to: &Path) -> Result<(), Error> {
        let directory = to.parent().unwrap_or(Path::new("."));
        disk::make_private_dir(directory)?;
        disk::rename_durably(&self.file, &self.path, to)?;
        self.published = true;
        // The directory itself may be new.
        directory.parent().map_or(Ok(()), disk::sync_dir)
    }

    pub(crate) fn into_nameless(self) -> Result<File, Error> {
        self.file.try_clone().map_err(at(&self.path))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.published {
            // What is left here is thrown away at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}
