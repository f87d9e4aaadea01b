//! Places for objects, each empty and of one test alone.

use std::{
    io::{Read, Write},
    net::TcpStream,
    ops::Range,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures_util::TryStreamExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use unlade_blob::{Blobs, BucketOptions, Error, Patience};

static BUCKETS: AtomicU32 = AtomicU32::new(0);

/// A node: its data directory and its runtime.
pub(crate) struct House {
    pub(crate) blobs: Blobs,
    pub(crate) directory: TempDir,
    pub(crate) runtime: Runtime,
}

impl House {
    pub(crate) fn local() -> Self {
        let (directory, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        Self { blobs: Blobs::open(directory.path()).unwrap(), directory, runtime }
    }

    /// A node with these objects.
    pub(crate) fn with(options: BucketOptions) -> Self {
        let (directory, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let blobs = Blobs::in_bucket(directory.path(), options, runtime.handle().clone()).unwrap();
        Self { blobs, directory, runtime }
    }

    pub(crate) fn publish(&self, key: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut staged = self.blobs.stage().unwrap();
        staged.file().write_all(bytes).unwrap();
        self.blobs.publish(staged, key)
    }

    pub(crate) fn read(&self, key: &str, range: Range<u64>) -> Result<Vec<u8>, Error> {
        self.runtime.block_on(async {
            let pieces: Vec<_> = self.blobs.read(key, range).await?.try_collect().await?;
            Ok(pieces.concat())
        })
    }

    pub(crate) fn delete(&self, key: &str) -> Result<(), Error> {
        self.runtime.block_on(self.blobs.delete(key))
    }

    pub(crate) fn digest(&self, key: &str) -> Result<Option<(u64, String)>, Error> {
        self.runtime.block_on(self.blobs.digest(key))
    }

    /// The keys of all objects, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> =
            self.runtime.block_on(self.blobs.list().map_ok(|object| object.key).try_collect()).unwrap();
        keys.sort();
        keys
    }

    /// How many files are being staged.
    pub(crate) fn staged(&self) -> usize {
        self.directory.path().join("staging").read_dir().unwrap().count()
    }
}

/// A new bucket of the store that the tests are given, if they are given one.
pub(crate) fn bucket() -> Option<BucketOptions> {
    let Ok(endpoint) = std::env::var("UNLADE_TEST_S3") else {
        println!("skipped: UNLADE_TEST_S3 names no S3-compatible store");
        return None;
    };
    let bucket = format!("test-{}-{}", std::process::id(), BUCKETS.fetch_add(1, Ordering::Relaxed));
    let answer = ask(&endpoint, "PUT", &format!("/{bucket}"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Some(BucketOptions {
        bucket,
        endpoint,
        access_key_id: "an-id".into(),
        secret_access_key: "a-secret".into(),
        path_style: true,
        prefix: "here/and".into(),
        patience: Patience {
            silence: Duration::from_secs(10),
            request: Duration::from_secs(30),
            in_all: Duration::from_secs(20),
            ..Patience::default()
        },
        ..BucketOptions::default()
    })
}

/// What is under way in pieces, as the store lists it.
pub(crate) fn unfinished_uploads(options: &BucketOptions) -> usize {
    ask(&options.endpoint, "GET", &format!("/{}?uploads", options.bucket)).matches("<UploadId>").count()
}

/// One request without a body, and the whole answer.
pub(crate) fn ask(endpoint: &str, method: &str, target: &str) -> String {
    let address = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "Authorization: AWS4-HMAC-SHA256 Credential=an-id/20300101/us-east-1/s3/aws4_request";
    write!(stream, "{method} {target} HTTP/1.1\r\nHost: {address}\r\n{head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Bytes of which no two kilobytes are equal.
pub(crate) fn bytes(len: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    (0..len).map(|_| next()).collect()
}
