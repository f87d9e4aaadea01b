//! The bytes of results and uploads. An object is staged on the local disk under a name nobody looks for, and then
//! published under its key: a reader sees all of it or none. Objects lie below the data directory, where
//! publishing is a sync and a rename, or in a bucket that nodes share. What makes an object count is the database
//! row that names it; an object without a row is swept.

mod bucket;
mod copy;
pub mod disk;
mod error;
mod fetched;
mod local;
mod pins;
mod space;
mod stage;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::path::Path as Key;
use tokio::runtime::Handle;

use bucket::Bucket;
pub use bucket::{BucketOptions, Patience};
pub use error::{Error, Refusal, is_full};
pub use fetched::Fetched;
use local::Local;
pub use pins::Pins;
pub use space::Space;
pub use stage::Staged;

/// An object that is there.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// When it was published, unix ms by the clock of where it lies; in a bucket, when its upload began.
    pub published_ms: i64,
}

/// What a signed URL shows, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'s> {
    /// The Content-Type that the store answers.
    pub content_type: &'s str,
    /// The Content-Disposition that it answers.
    pub content_disposition: &'s str,
    /// How long the URL may be followed.
    pub lasts: Duration,
}

/// Where the object `key` of the store below `root` lies, whether it is there or not.
pub fn object_path(root: &Path, key: &str) -> Result<PathBuf, Error> {
    Ok(root.join("objects").join(Key::parse(key)?.as_ref()))
}

/// The objects of an installation, and the staging area of this process; clones share both.
#[derive(Clone)]
pub struct Blobs {
    place: Place,
    staging: PathBuf,
}

#[derive(Clone)]
enum Place {
    Local(Local),
    Bucket(Bucket),
}

impl Blobs {
    /// Opens the store below `root` and throws away what an earlier process left in the staging area. Only
    /// the holder of the data directory's lock may do so.
    pub fn open(root: &Path) -> Result<Self, Error> {
        Self::staged_in(root, Place::Local(Local::open(root.to_owned())?))
    }

    /// Objects in a bucket, staged below `root`, of which the same is true. Nobody is spoken to yet; what has to wait
    /// for the store without being async waits on `runtime`.
    pub fn in_bucket(root: &Path, options: BucketOptions, runtime: Handle) -> Result<Self, Error> {
        Self::staged_in(root, Place::Bucket(Bucket::new(options, runtime)?))
    }

    fn staged_in(root: &Path, place: Place) -> Result<Self, Error> {
        let staging = root.join("staging");
        disk::remove_dir(&staging)?;
        disk::make_private_dir(&staging)?;
        Ok(Self { place, staging })
    }

    /// Makes sure that the objects are those of the installation `name` and of no other, which would sweep them.
    pub async fn claim(&self, name: &str) -> Result<(), Error> {
        match &self.place {
            Place::Local(_) => Ok(()),
            Place::Bucket(bucket) => bucket.claim(name).await,
        }
    }

    /// Why no object can be kept or given now, if so.
    pub async fn health(&self) -> Result<(), String> {
        match &self.place {
            Place::Local(_) => Ok(()),
            Place::Bucket(bucket) => bucket.health().await,
        }
    }

    /// Why no object can be kept or given, as far as is known; asked anew only if the last that was tried failed. On a
    /// thread that may wait.
    pub fn hindrance(&self) -> Option<String> {
        match &self.place {
            Place::Local(_) => None,
            Place::Bucket(bucket) => bucket.hindrance(),
        }
    }

    /// Whether nobody but this process publishes here.
    pub fn is_private(&self) -> bool {
        matches!(self.place, Place::Local(_))
    }

    /// What time it is where the objects lie, if that is told by another clock than ours; a bucket that is not
    /// ours tells none.
    pub async fn now_ms(&self) -> Result<Option<i64>, Error> {
        match &self.place {
            Place::Local(_) => Ok(None),
            Place::Bucket(bucket) => bucket.now_ms().await.map(Some),
        }
    }

    /// A new file in the staging area; it is gone when dropped, unless it was published.
    pub fn stage(&self) -> Result<Staged, Error> {
        Staged::create(&self.staging)
    }

    /// A file without a name, for what need not outlive its writer.
    pub fn scratch(&self) -> Result<std::fs::File, Error> {
        self.stage()?.into_nameless()
    }

    /// Makes a staged file the object `key`, durably. On a thread that may wait.
    pub fn publish(&self, staged: Staged, key: &str) -> Result<(), Error> {
        self.publish_while(staged, key, &|| Ok(()))
    }

    /// The same, given up as soon as `go_on`, asked again and again, says so.
    pub fn publish_while<E: From<Error>>(
        &self,
        mut staged: Staged,
        key: &str,
        go_on: &dyn Fn() -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.place {
            Place::Local(local) => Ok(local.publish(staged, key)?),
            Place::Bucket(bucket) => {
                let path = staged.path().to_owned();
                bucket.publish((staged.file(), &path), key, go_on)
            }
        }
    }

    /// A part of an object, in pieces as they are read.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        match &self.place {
            Place::Local(local) => local.read(key, range).await,
            Place::Bucket(bucket) => bucket.read(key, range).await,
        }
    }

    /// An object as a file, for a process that reads files. On a thread that may wait.
    pub fn fetch(&self, key: &str) -> Result<Fetched, Error> {
        match &self.place {
            Place::Local(local) => Ok(Fetched::itself(local.path(key)?)),
            Place::Bucket(bucket) => Fetched::copy(bucket, key, self.stage()?),
        }
    }

    /// A URL at which the store itself gives an object, to anybody for a while; `None` where there is none. An object
    /// that is not there with `bytes` bytes gets no URL.
    pub async fn signed_url(
        &self,
        key: &str,
        bytes: u64,
        signed: Signed<'_>,
    ) -> Result<Option<String>, Error> {
        match &self.place {
            Place::Local(_) => Ok(None),
            Place::Bucket(bucket) => bucket.signed(key, bytes, signed).await.map(Some),
        }
    }

    /// Deletes an object; one that is not there is deleted already.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match &self.place {
            Place::Local(local) => local.delete(key).await,
            Place::Bucket(bucket) => bucket.delete(key).await,
        }
    }

    /// Every object, as they are found.
    pub fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        match &self.place {
            Place::Local(local) => local.list(),
            Place::Bucket(bucket) => bucket.list(),
        }
    }
}
