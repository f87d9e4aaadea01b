//! The bytes of an object as they come. A body that breaks off is taken up again where it ended, as long as the
//! object is the same; a reader is never told that it has all of one that it has not.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use object_store::{GetOptions, ObjectStore, path::Path as Key};

use super::Bucket;
use crate::Error;

/// How often in a row a body may break off without a byte.
const BREAKS_MAX: u32 = 5;
/// How long to wait after the first of them.
const PAUSE: Duration = Duration::from_millis(100);

/// What is still to come of an object.
struct Coming {
    bucket: Bucket,
    key: String,
    location: Key,
    range: Range<u64>,
    tag: Option<String>,
    body: Option<BoxStream<'static, object_store::Result<Bytes>>>,
    breaks: u32,
}

impl Bucket {
    /// A part of an object, in pieces as they come; nothing is read that nobody asks for.
    pub(crate) async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let location = self.key(key)?;
        if range.is_empty() {
            // No request can ask for it.
            self.head(key).await?;
            return Ok(stream::empty().boxed());
        }
        let (bucket, key) = (self.clone(), key.to_owned());
        let mut coming = Coming { bucket, key, location, range, tag: None, body: None, breaks: 0 };
        coming.open().await?;
        Ok(stream::try_unfold(coming, |mut coming| async move {
            Ok(coming.next().await?.map(|piece| (piece, coming)))
        })
        .boxed())
    }

    /// How many bytes an object has.
    pub(crate) async fn size(&self, key: &str) -> Result<u64, Error> {
        Ok(self.head(key).await?.size)
    }
}

impl Coming {
    async fn open(&mut self) -> Result<(), Error> {
        let options = GetOptions {
            range: Some(self.range.clone().into()),
            if_match: self.tag.clone(),
            ..GetOptions::default()
        };
        let found = self.bucket.0.bodies.get_opts(&self.location, options).await;
        let found = self.bucket.told("get", &self.key, found)?;
        self.tag = found.meta.e_tag.clone();
        self.body = Some(found.into_stream());
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while !self.range.is_empty() {
            let left = self.range.end - self.range.start;
            let piece = match &mut self.body {
                Some(body) => body.next().await,
                None => None,
            };
            match piece {
                Some(Ok(piece)) if piece.len() as u64 <= left => {
                    self.range.start += piece.len() as u64;
                    self.breaks = 0;
                    return Ok(Some(piece));
                }
                Some(Ok(_)) => return Err(Error::Broken(self.key.clone(), left)),
                Some(Err(error)) => {
                    self.take_up_again(self.bucket.told("get", &self.key, Err(error))).await?;
                }
                None => self.take_up_again(Err(Error::Broken(self.key.clone(), left))).await?,
            }
        }
        Ok(None)
    }

    /// After a break: opens the rest, or ends with the reason when there were too many.
    async fn take_up_again(&mut self, broken: Result<(), Error>) -> Result<(), Error> {
        self.body = None;
        self.breaks += 1;
        if self.breaks > BREAKS_MAX {
            return broken;
        }
        tracing::info!(object = self.key, left = self.range.end - self.range.start, "a body broke off");
        tokio::time::sleep(PAUSE * 2u32.pow(self.breaks)).await;
        match self.open().await {
            // The next round counts it.
            Err(error) if !error.is_final() => Ok(()),
            opened => opened,
        }
    }
}
