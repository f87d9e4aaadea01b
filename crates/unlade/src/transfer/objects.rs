//! The objects' part: each that a row names is in the bucket, byte for byte, when it is over.

use std::path::Path;

use blob::{Blobs, BucketOptions};
use store::contents::Recorded;
use tokio::runtime::Runtime;

use super::bar::Bar;
use crate::{error::Error, keys};

/// The two places.
pub(super) struct Objects<'d> {
    data_dir: &'d Path,
    from: Blobs,
    to: Blobs,
    runtime: Runtime,
}

impl<'d> Objects<'d> {
    /// Opens both places, and takes the bucket for the installation.
    pub(super) fn open(data_dir: &'d Path, options: BucketOptions, instance_id: &str) -> Result<Self, Error> {
        let runtime = Runtime::new().map_err(Error::system("start the runtime"))?;
        let root = keys::blobs_path(data_dir);
        let from = Blobs::open(&root)?;
        let to = Blobs::in_bucket(&root, options, runtime.handle().clone())?;
        runtime.block_on(to.claim(instance_id))?;
        Ok(Self { data_dir, from, to, runtime })
    }

    /// Uploads what is not there; answers how many were.
    pub(super) fn copy(&self, recorded: &[Recorded]) -> Result<u64, Error> {
        let mut bar = Bar::new("copy objects", "objects", 0, recorded.len() as u64);
        let mut uploaded = 0;
        for object in recorded {
            if self.wrong(object)?.is_some() {
                self.upload(object)?;
                uploaded += 1;
            }
            bar.add(1);
        }
        Ok(uploaded)
    }

    /// Reads every object in the bucket, and names the first that is not what it must be.
    pub(super) fn check(&self, recorded: &[Recorded]) -> Result<(), Error> {
        let mut bar = Bar::new("check objects", "objects", 0, recorded.len() as u64);
        for object in recorded {
            if let Some(why) = self.wrong(object)? {
                return Err(Error::Refused(format!("{} {why} in the bucket", object.key)));
            }
            bar.add(1);
        }
        Ok(())
    }

    /// What is wrong with an object in the bucket: it must be what its row says or, where the row says nothing, what
    /// lies here. What lies nowhere else and has no word in its row was uploaded to the bucket since.
    fn wrong(&self, object: &Recorded) -> Result<Option<&'static str>, Error> {
        let Some(there) = self.runtime.block_on(self.to.digest(&object.key))? else {
            return Ok(Some("is not"));
        };
        let must_be = match &object.content {
            Some((bytes, sha256)) => Some((bytes.unsigned_abs(), sha256.clone())),
            None => self.runtime.block_on(self.from.digest(&object.key))?,
        };
        Ok(must_be.is_some_and(|must_be| must_be != there).then_some("is damaged"))
    }

    fn upload(&self, object: &Recorded) -> Result<(), Error> {
        let key = &object.key;
        let here = self.runtime.block_on(self.from.digest(key))?;
        let Some(here) = here else {
            return Err(Error::Refused(format!("{key} is recorded, but neither here nor in the bucket")));
        };
        if object
            .content
            .as_ref()
            .is_some_and(|(bytes, sha256)| (bytes.unsigned_abs(), sha256) != (here.0, &here.1))
        {
            return Err(Error::Refused(format!(
                "{key} is damaged at the source: delete the export task in its name and run the command again"
            )));
        }
        self.to.publish_copy(&blob::object_path(&keys::blobs_path(self.data_dir), key)?, key)?;
        match self.wrong(object)? {
            None => Ok(()),
            Some(why) => Err(Error::Refused(format!("{key} {why} in the bucket after its upload"))),
        }
    }
}
