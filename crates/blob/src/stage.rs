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

/// How often a file is moved into a directory that somebody else removes each time.
const PUBLISH_TRIES: usize = 100;

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

    /// A file that will be published as `path`, which need not lie in an object store; until then it lies beside
    /// it under a name that tells it apart.
    pub fn beside(path: &Path) -> Result<Self, Error> {
        let number = STAGED.fetch_add(1, Ordering::Relaxed);
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}-{number}.part", std::process::id()));
        let path = path.with_file_name(name);
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

    /// Makes it the file `to` of a directory that is there, durably.
    pub fn place(mut self, to: &Path) -> Result<(), Error> {
        disk::rename_durably(&self.file, &self.path, to)?;
        self.published = true;
        Ok(())
    }

    /// Makes it the file `to`, and its directory if need be. Who deletes the last object of a directory removes that, too,
    /// and may do so at any moment until our file lies there.
    pub(crate) fn publish(mut self, to: &Path) -> Result<(), Error> {
        let directory = to.parent().unwrap_or(Path::new("."));
        let mut tries = 0;
        while let Err(error) =
            disk::make_private_dir(directory).and_then(|()| disk::rename_durably(&self.file, &self.path, to))
        {
            tries += 1;
            if tries == PUBLISH_TRIES || !error.is_of_a_removed_dir() {
                return Err(error);
            }
        }
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
