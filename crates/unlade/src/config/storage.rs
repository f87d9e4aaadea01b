//! Where objects lie, out of `[storage]`.

use std::time::Duration;

use blob::BucketOptions;

use super::settings;
use crate::error::Error;

/// An upload and the row that names it lie closer together than this on any machine that works.
const SWEEP_AGE_MIN: u64 = 60;

/// Where objects lie.
#[derive(Debug)]
pub(crate) struct Storage {
    /// In a bucket, or else below the data directory.
    pub(crate) bucket: Option<BucketOptions>,
    /// Whether a download is answered with a signed URL of the bucket.
    pub(crate) presigned_downloads: bool,
    /// How old an object is when it is swept for want of a row that names it.
    pub(crate) sweep_age: Duration,
}

impl Storage {
    pub(super) fn resolve(given: settings::Storage, lease_seconds: u64, strict: bool) -> Result<Self, Error> {
        let presigned_downloads = given.presigned_downloads;
        if presigned_downloads && given.bucket.is_empty() {
            return Err(wrong("presigned_downloads", "needs storage.bucket"));
        }
        if presigned_downloads && strict {
            return Err(wrong("presigned_downloads", "goes beyond the cloud, which server.strict refuses"));
        }
        let sweep_age = sweep_age(given.sweep_age_seconds, lease_seconds)?;
        let bucket = (!given.bucket.is_empty()).then(|| options(given, sweep_age));
        match bucket.as_ref().and_then(BucketOptions::wrong) {
            Some((setting, why)) => Err(wrong(setting, &why)),
            None => Ok(Self { bucket, presigned_downloads, sweep_age }),
        }
    }
}

fn wrong(setting: &str, why: &str) -> Error {
    Error::Setting(format!("storage.{setting}: {why}"))
}

/// A worker whose lease is over names no object; until then one must be safe without a row.
fn sweep_age(seconds: u64, lease_seconds: u64) -> Result<Duration, Error> {
    let least = SWEEP_AGE_MIN.max(lease_seconds.saturating_mul(2));
    if seconds < least {
        let why = format!("must be {least} or more: a minute, and twice jobs.lease_seconds");
        return Err(wrong("sweep_age_seconds", &why));
    }
    Ok(Duration::from_secs(seconds))
}

fn options(given: settings::Storage, sweep_age: Duration) -> BucketOptions {
    BucketOptions {
        bucket: given.bucket,
        endpoint: given.endpoint,
        region: given.region,
        access_key_id: given.access_key_id,
        secret_access_key: given.secret_access_key.0,
        path_style: given.path_style,
        prefix: given.prefix,
        sse: given.sse,
        sse_kms_key_id: given.sse_kms_key_id,
        allow_http: given.allow_http,
        // Age counts from the beginning of an upload; the other half is for the row.
        upload_max: Some(sweep_age / 2),
        ..BucketOptions::default()
    }
}
