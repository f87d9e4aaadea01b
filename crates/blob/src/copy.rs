//! Objects that move from one place to another, as they are.

use std::{fs::File, io, path::Path};

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use crate::{Blobs, Error, Place, disk::at};

impl Blobs {
    /// The length and SHA-256 of an object, read from its first byte to its last; `None` if it is not there.
    pub async fn digest(&self, key: &str) -> Result<Option<(u64, String)>, Error> {
        let bytes = match self.size(key).await {
            Err(error) if error.is_missing() => return Ok(None),
            bytes => bytes?,
        };
        let mut hash = Sha256::new();
        let mut pieces = self.read(key, 0..bytes).await?;
        while let Some(piece) = pieces.try_next().await? {
            hash.update(&piece);
        }
        Ok(Some((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())))
    }

    /// Makes a copy of a file the object `key`, durably. On a thread that may wait.
    pub fn publish_copy(&self, path: &Path, key: &str) -> Result<(), Error> {
        let mut file = File::open(path).map_err(at(path))?;
        match &self.place {
            Place::Bucket(bucket) => bucket.publish((&file, path), key, &|| Ok(())),
            Place::Local(local) => {
                let mut staged = self.stage()?;
                io::copy(&mut file, staged.file()).map_err(at(path))?;
                local.publish(staged, key)
            }
        }
    }

    async fn size(&self, key: &str) -> Result<u64, Error> {
        match &self.place {
            Place::Local(local) => local.size(key).await,
            Place::Bucket(bucket) => bucket.size(key).await,
        }
    }
}
