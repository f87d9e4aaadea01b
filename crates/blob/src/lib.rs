//! The bytes of results and uploads. An object is staged under a name nobody looks for, synced, and then
//! published under its key by one rename: a reader sees all of it or none. What makes it count is the database
//! row that names it; an object without a row is swept.

pub mod disk;
mod error;
mod pins;
mod space;
mod stage;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};

pub use error::{Error, is_full};
pub use pins::Pins;
pub use space::Space;
pub use stage::Staged;

/// An object that is there.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was published, unix ms by the file system's clock.
    pub published_ms: i64,
}

/// Where the object `key` of the store below `root` lies, whether it is there or not.
pub fn object_path(root: &Path, key: &str) -> Result<PathBuf, Error> {
    Ok(root.join("objects").join(Key::parse(key)?.as_ref()))
}

/// The object store of one data directory; clones share it.
#[derive(Clone)]
pub struct Blobs {
    objects: Arc<LocalFileSystem>,
    root: PathBuf,
}

impl Blobs {
    /// Opens the store below `root` and throws away what an earlier process left in the staging area. Only
    /// the holder of the data directory's lock may do so.
    pub fn open(root: &Path) -> Result<Self, Error> {
        let blobs = |root: PathBuf| -> Result<Self, Error> {
            disk::make_private_dir(&root.join("objects"))?;
            disk::remove_dir(&root.join("staging"))?;
            disk::make_private_dir(&root.join("staging"))?;
            let objects = LocalFileSystem::new_with_prefix(root.join("objects"))?;
            Ok(Self { objects: Arc::new(objects.with_automatic_cleanup(true)), root })
        };
        blobs(root.to_owned())
    }

    /// A new file in the staging area; it is gone when dropped, unless it was published.
    pub fn stage(&self) -> Result<Staged, Error> {
        Staged::create(&self.root.join("staging"))
    }

    /// A file without a name, for what need not outlive its writer.
    pub fn scratch(&self) -> Result<std::fs::File, Error> {
        self.stage()?.into_nameless()
    }

    /// Makes a staged file the object `key`, durably.
    pub fn publish(&self, staged: Staged, key: &str) -> Result<(), Error> {
        staged.publish(&object_path(&self.root, key)?)
    }

    /// A part of an object, in pieces as they are read.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<>, Error> {
        let options = object_store::GetOptions { range: Some(range.into()), ..Default::default() };
        let found = self.objects.get_opts(&Key::parse(key)?, options).await?;
        Ok(found.into_stream().map_err(Error::from))
    }

    /// The path of an object, for a process that reads files.
    pub fn local_path(&self, key: &str) -> Result<PathBuf, Error> {
        object_path(&self.root, key)
    }

    /// Deletes an object; one that is not there is deleted already.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.objects.delete(&Key::parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every object.
    pub async fn list(&self) -> Result<Vec<Listed>, Error> {
        self.objects
            .list(None)
            .map(|found| {
                let found = found?;
                let published_ms = found.last_modified.timestamp_millis();
                Ok(Listed { key: found.location.to_string(), published_ms })
            })
            .try_collect()
            .await
    }
}
