//! From a staged file to an object: a small one in one request, a large one in pieces of which a few are under
//! way at a time, so that memory does not grow with the file. An object appears when its last request is
//! answered, whole; pieces of an upload that failed are taken back.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use object_store::{MultipartUpload, ObjectStoreExt, path::Path as Key};

use super::Bucket;
use crate::{Error, disk::at};

/// A store takes no smaller ones than 5 MiB.
const PIECE: u64 = 8 << 20;
/// A store takes 10,000; a larger file has larger ones.
const PIECES_MAX: u64 = 9_000;
/// Pieces under way.
const UNDER_WAY: usize = 4;
/// How often whoever waits is asked whether it still does.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How long the pieces of a failed upload may take to go.
const ABORT_MAX: Duration = Duration::from_secs(10);

impl Bucket {
    /// Makes `file` the object `key`, as long as `go_on` answers so. On a thread that may wait.
    pub(crate) fn publish<E: From<Error>>(
        &self,
        (file, path): (&File, &Path),
        key: &str,
        go_on: &dyn Fn() -> Result<(), E>,
    ) -> Result<(), E> {
        let bytes = file.metadata().map_err(at(path)).map_err(E::from)?.len();
        let location = self.key(key).map_err(E::from)?;
        let upload = async {
            let put = if bytes <= PIECE {
                self.put(&location, piece(file, path, 0, bytes)?, key).await
            } else {
                self.put_in_pieces((file, path), bytes, &location, key).await
            };
            put?;
            let found = self.head(key).await?.size;
            if found == bytes { Ok(()) } else { Err(Error::Incomplete(key.to_owned(), found, bytes)) }
        };
        self.wait(self.asking(upload, key, go_on))
    }

    /// Waits for an upload, or for the end of all interest in it.
    async fn asking<E: From<Error>>(
        &self,
        upload: impl Future<Output = Result<(), Error>>,
        key: &str,
        go_on: &dyn Fn() -> Result<(), E>,
    ) -> Result<(), E> {
        let begun = Instant::now();
        let mut upload = std::pin::pin!(upload);
        loop {
            if let Ok(ended) = tokio::time::timeout(ASK_EVERY, upload.as_mut()).await {
                return Ok(ended?);
            }
            go_on()?;
            if self.0.options.upload_max.is_some_and(|most| begun.elapsed() > most) {
                return Err(Error::Slow(self.place(), key.to_owned()).into());
            }
        }
    }

    async fn put(&self, location: &Key, bytes: Bytes, key: &str) -> Result<(), Error> {
        let put = self.0.requests.put(location, bytes.into()).await;
        self.told("put", key, put).map(drop)
    }

    async fn put_in_pieces(
        &self,
        (file, path): (&File, &Path),
        bytes: u64,
        location: &Key,
        key: &str,
    ) -> Result<(), Error> {
        let begun = self.0.requests.put_multipart(location).await;
        let mut upload = Unfinished { bucket: self, upload: Some(self.told("put", key, begun)?) };
        let size = PIECE.max(bytes.div_ceil(PIECES_MAX));
        let mut under_way = FuturesUnordered::new();
        for from in (0..bytes).step_by(usize::try_from(size).unwrap_or(usize::MAX)) {
            if under_way.len() == UNDER_WAY {
                self.told("put", key, under_way.next().await.unwrap_or(Ok(())))?;
            }
            let part = piece(file, path, from, size.min(bytes - from))?;
            under_way.push(upload.get()?.put_part(part.into()));
        }
        while let Some(put) = under_way.next().await {
            self.told("put", key, put)?;
        }
        let finished = upload.get()?.complete().await;
        self.told("put", key, finished)?;
        upload.upload = None;
        Ok(())
    }
}

fn piece(file: &File, path: &Path, from: u64, bytes: u64) -> Result<Bytes, Error> {
    let mut piece = vec![0; usize::try_from(bytes).map_err(|error| at(path)(io::Error::other(error)))?];
    file.read_exact_at(&mut piece, from).map_err(at(path))?;
    Ok(piece.into())
}

/// An upload in pieces that is taken back unless it is finished, however it ends: by an error, or because
/// nobody waits for it any more.
struct Unfinished<'b> {
    bucket: &'b Bucket,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl Unfinished<'_> {
    fn get(&mut self) -> Result<&mut Box<dyn MultipartUpload>, Error> {
        self.upload.as_mut().ok_or_else(|| Error::Slow(self.bucket.place(), String::new()))
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else { return };
        // A task of its own, because whoever drops cannot wait. What a process that ends leaves behind is for
        // the bucket's lifecycle rule.
        self.bucket.0.runtime.spawn(async move {
            match tokio::time::timeout(ABORT_MAX, upload.abort()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the pieces of a failed upload stay"),
                Err(_) => {
                    tracing::warn!("the pieces of a failed upload stay: the object store does not answer");
                }
            }
        });
    }
}
