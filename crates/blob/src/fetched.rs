//! An object as a file, for a process that reads files.

use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::TryStreamExt;

use crate::{Error, Staged, bucket::Bucket, disk::at};

/// How long a copy may take to come; it is a file that somebody uploaded in one request.
const COMES_WITHIN: Duration = Duration::from_secs(300);

/// A path that is good as long as this lives. A copy is gone with it; an object is not.
pub struct Fetched {
    path: PathBuf,
    _copy: Option<Staged>,
}

impl Fetched {
    /// The object itself.
    pub(crate) fn itself(path: PathBuf) -> Self {
        Self { path, _copy: None }
    }

    /// A copy out of a bucket. On a thread that may wait.
    pub(crate) fn copy(bucket: &Bucket, key: &str, mut to: Staged) -> Result<Self, Error> {
        let path = to.path().to_owned();
        let copied = async {
            let bytes = bucket.size(key).await?;
            let mut pieces = bucket.read(key, 0..bytes).await?;
            while let Some(piece) = pieces.try_next().await? {
                to.file().write_all(&piece).map_err(at(&path))?;
            }
            Ok::<_, Error>(())
        };
        let within = async { tokio::time::timeout(COMES_WITHIN, copied).await };
        bucket.wait(within).unwrap_or_else(|_| Err(Error::Slow(bucket.place(), key.to_owned())))?;
        Ok(Self { path, _copy: Some(to) })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
