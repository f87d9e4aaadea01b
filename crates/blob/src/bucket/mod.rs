//! Objects in a bucket of an S3-compatible store, which many nodes may share. What they are made of lies in the
//! staging area of the node that makes them.

mod download;
mod options;
mod owner;
mod upload;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::{StreamExt, stream::BoxStream};
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt,
    aws::AmazonS3,
    path::Path as Key,
    signer::{Method, SignedUrlOptions, Signer},
};
use tokio::runtime::Handle;

pub use options::{BucketOptions, Patience};

use crate::{Error, Listed, Signed};
use owner::Owner;

/// A bucket; clones share it.
#[derive(Clone)]
pub(crate) struct Bucket(Arc<Inner>);

struct Inner {
    options: BucketOptions,
    requests: AmazonS3,
    bodies: AmazonS3,
    prefix: Key,
    owner: Owner,
    /// Whether the last that was tried failed, though it may work later.
    doubtful: AtomicBool,
    runtime: Handle,
}

impl Bucket {
    /// Speaks to nobody yet.
    pub(crate) fn new(options: BucketOptions, runtime: Handle) -> Result<Self, Error> {
        let (requests, bodies) = (options.for_requests()?, options.for_bodies()?);
        let prefix = Key::parse(&options.prefix)?;
        let (owner, doubtful) = (Owner::default(), AtomicBool::default());
        Ok(Self(Arc::new(Inner { options, requests, bodies, prefix, owner, doubtful, runtime })))
    }

    /// Waits for an answer, on a thread that may.
    pub(crate) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.0.runtime.block_on(answer)
    }

    /// Where it is, for people.
    pub(crate) fn place(&self) -> String {
        self.0.options.place()
    }

    fn key(&self, key: &str) -> Result<Key, Error> {
        Ok(self.0.prefix.parts().chain(Key::parse(key)?.parts()).collect())
    }

    /// An answer, counted, and with what was tried in it if it is a refusal.
    fn told<T>(&self, tried: &'static str, key: &str, answer: object_store::Result<T>) -> Result<T, Error> {
        let answer = answer.map_err(|cause| Error::bucket(&self.place(), tried, key, &cause));
        let outcome = match &answer {
            Ok(_) => "ok",
            Err(error) if error.is_missing() => "missing",
            Err(error) => {
                self.0.doubtful.fetch_or(!error.is_final(), Ordering::Relaxed);
                "failed"
            }
        };
        meter::STORE_REQUESTS.add([tried, outcome], 1);
        answer
    }

    async fn head(&self, key: &str) -> Result<ObjectMeta, Error> {
        let found = self.0.requests.head(&self.key(key)?).await;
        self.told("head", key, found)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.told("delete", key, self.0.requests.delete(&self.key(key)?).await) {
            Err(error) if error.is_missing() => Ok(()),
            other => other,
        }
    }

    /// Every object, a page of the store at a time.
    pub(crate) fn list(&self) -> BoxStream<'static, Result<Listed, Error>> {
        let (bucket, inner) = (self.clone(), self.0.clone());
        let found = inner.requests.list(Some(&inner.prefix).filter(|prefix| !prefix.is_root()));
        let ours = found.filter_map(move |found| {
            let listed = bucket.told("list", "", found).map(|found| bucket.listed(&found)).transpose();
            std::future::ready(listed)
        });
        ours.boxed()
    }

    /// What is under our prefix; the owner's mark is no object.
    fn listed(&self, found: &ObjectMeta) -> Option<Listed> {
        let key: Key = found.location.prefix_match(&self.0.prefix)?.collect();
        let published_ms = found.last_modified.timestamp_millis();
        (key.as_ref() != owner::MARK).then(|| Listed { key: key.to_string(), published_ms })
    }

    /// A URL under which anybody may read the object for a while, if it is there with `bytes` bytes.
    pub(crate) async fn signed(&self, key: &str, bytes: u64, signed: Signed<'_>) -> Result<String, Error> {
        let found = self.head(key).await?;
        if found.size != bytes {
            return Err(Error::Incomplete(key.to_owned(), found.size, bytes));
        }
        let shown = [
            ("response-content-type", signed.content_type),
            ("response-content-disposition", signed.content_disposition),
        ];
        let options = SignedUrlOptions::new().with_query(shown);
        let location = self.key(key)?;
        let url = self.0.requests.signed_url_opts(Method::GET, &location, signed.lasts, &options).await;
        Ok(self.told("sign", key, url)?.into())
    }
}
