//! Objects below the data directory of the one process that holds its lock.

use std::{ops::Range, path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};

use crate::{Error, Listed, Staged, disk, object_path};

/// A directory of objects; clones share it.
#[derive(Clone)]
pub(crate) struct Local {
    objects: Arc<LocalFileSystem>,
    root: PathBuf,
}

impl Local {
    pub(crate) fn open(root: PathBuf) -> Result<Self, Error> {
        disk::make_private_dir(&root.join("objects"))?;
        let objects = LocalFileSystem::new_with_prefix(root.join("objects"))?;
        Ok(Self { objects: Arc::new(objects.with_automatic_cleanup(true)), root })
    }

    pub(crate) fn path(&self, key: &str) -> Result<PathBuf, Error> {
        object_path(&self.root, key)
    }

    pub(crate) fn publish(&self, staged: Staged, key: &str) -> Result<(), Error> {
        staged.publish(&self.path(key)?)
    }

    pub(crate) async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let found = self.objects.get_opts(&Key::parse(key)?, options).await?;
        Ok(found.into_stream().map_err(Error::from).boxed())
    }

    pub(crate) async fn size(&self, key: &str) -> Result<u64, Error> {
        Ok(self.objects.head(&Key::parse(key)?).await?.size)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.objects.delete(&Key::parse(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        let listed = self.objects.list(None).map(|found| {
            let found = found?;
            let published_ms = found.last_modified.timestamp_millis();
            Ok(Listed { key: found.location.to_string(), published_ms })
        });
        listed.boxed()
    }
}
