//! What is said about a bucket, and the client that comes of it.

use std::{fmt, net::IpAddr, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum},
    signer::Url,
};

use crate::Error;

/// A bucket, and how it is spoken to.
#[derive(Clone, Default)]
pub struct BucketOptions {
    /// Its name.
    pub bucket: String,
    /// Where the service answers; empty, it is Amazon's in the region. Its certificate is judged by the system's
    /// roots, or by the file that `SSL_CERT_FILE` names.
    pub endpoint: String,
    /// Empty, `AWS_REGION` if the credentials come from the environment, or `us-east-1`.
    pub region: String,
    /// Empty, the credentials come from where AWS' own tools look: `AWS_ACCESS_KEY_ID` and its like, a web identity,
    /// the instance.
    pub access_key_id: String,
    /// Belongs to it.
    pub secret_access_key: String,
    /// Whether the bucket's name is in the path; otherwise in the host.
    pub path_style: bool,
    /// What every key begins with; empty for nothing.
    pub prefix: String,
    /// How the store encrypts: empty for what the bucket says, `AES256` or `aws:kms`.
    pub sse: String,
    /// The key for `aws:kms`; empty for the account's own.
    pub sse_kms_key_id: String,
    /// Whether an endpoint that is not this machine may be spoken to in clear.
    pub allow_http: bool,
    /// An upload that takes longer ends: who sweeps by age goes by when it began.
    pub upload_max: Option<Duration>,
    /// How long answers are waited for.
    pub patience: Patience,
}

/// How long a store is waited for. A store that is down must be told from one that is slow while whoever waits
/// still has a use for it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the answer to a request; a piece of an upload is one.
    pub request: Duration,
    /// For more of a body.
    pub silence: Duration,
    /// For a request and the times it is tried again.
    pub in_all: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            // 8 MiB in it are 140 KB/s, which is a store that is as good as down.
            request: Duration::from_secs(60),
            silence: Duration::from_secs(20),
            in_all: Duration::from_secs(60),
        }
    }
}

impl fmt::Debug for BucketOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, endpoint, region, prefix, .. } = self;
        write!(out, "bucket {bucket:?} at {endpoint:?}, region {region:?}, prefix {prefix:?}")
    }
}

impl BucketOptions {
    /// What is wrong with them, and the name of what has to be changed.
    pub fn wrong(&self) -> Option<(&'static str, String)> {
        let Self { access_key_id, secret_access_key, .. } = self;
        if access_key_id.is_empty() != secret_access_key.is_empty() {
            return Some(("secret_access_key", "goes together with access_key_id".to_owned()));
        }
        if !["", "AES256", "aws:kms"].contains(&self.sse.as_str()) {
            return Some(("sse", format!("{:?} is neither AES256 nor aws:kms", self.sse)));
        }
        if !self.sse_kms_key_id.is_empty() && self.sse != "aws:kms" {
            return Some(("sse_kms_key_id", "needs sse = \"aws:kms\"".to_owned()));
        }
        if let Err(why) = object_store::path::Path::parse(&self.prefix) {
            return Some(("prefix", why.to_string()));
        }
        self.wrong_endpoint().map(|why| ("endpoint", why))
    }

    fn wrong_endpoint(&self) -> Option<String> {
        if self.endpoint.is_empty() {
            return None;
        }
        let url = match Url::parse(&self.endpoint) {
            Ok(url) => url,
            Err(why) => return Some(format!("{:?} is not a URL: {why}", self.endpoint)),
        };
        match url.scheme() {
            // Who is the user of a URL is in no log's interest.
            _ if !url.username().is_empty() || url.password().is_some() => {
                Some("credentials do not belong into it".to_owned())
            }
            "https" => None,
            "http" if self.allow_http || is_this_machine(&url) => None,
            "http" => Some("http sends everything in clear: use https, or set allow_http".to_owned()),
            other => Some(format!("{other} is neither https nor http")),
        }
    }

    /// The service as people know it.
    pub(super) fn place(&self) -> String {
        let at = if self.endpoint.is_empty() { "Amazon S3" } else { &self.endpoint };
        format!("bucket {} at {at}", self.bucket)
    }

    /// A client for requests whose answers are short.
    pub(super) fn for_requests(&self) -> Result<AmazonS3, Error> {
        self.client(self.client_options().with_timeout(self.patience.request))
    }

    /// A client for bodies, which may take as long as whoever reads them; only silence ends them.
    pub(super) fn for_bodies(&self) -> Result<AmazonS3, Error> {
        let options = self.client_options().with_timeout_disabled();
        self.client(options.with_read_timeout(self.patience.silence))
    }

    fn client_options(&self) -> ClientOptions {
        ClientOptions::new().with_allow_http(true).with_connect_timeout(self.patience.connect)
    }

    fn client(&self, options: ClientOptions) -> Result<AmazonS3, Error> {
        // Keys that were given must not meet the session token of somebody else's.
        let mut builder = match self.access_key_id.as_str() {
            "" => AmazonS3Builder::from_env(),
            id => {
                AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(&self.secret_access_key)
            }
        };
        let secure = self.endpoint.is_empty() || self.endpoint.starts_with("https:");
        builder = builder
            .with_bucket_name(&self.bucket)
            .with_client_options(options.with_allow_http(!secure))
            .with_retry(self.retries())
            .with_virtual_hosted_style_request(!self.path_style)
            .with_checksum_algorithm(Checksum::SHA256)
            // One request an object is what every store understands.
            .with_disable_bulk_delete(true);
        if !self.region.is_empty() {
            builder = builder.with_region(&self.region);
        }
        if let Some(endpoint) = self.endpoint_of_bucket() {
            builder = builder.with_config(AmazonS3ConfigKey::S3Endpoint, endpoint);
        }
        for (name, value) in
            [("aws_server_side_encryption", &self.sse), ("aws_sse_kms_key_id", &self.sse_kms_key_id)]
        {
            if !value.is_empty() {
                builder = builder.with_config(name.parse::<AmazonS3ConfigKey>()?, value);
            }
        }
        Ok(builder.build()?)
    }

    fn retries(&self) -> RetryConfig {
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.,
        };
        RetryConfig { backoff, max_retries: 6, retry_timeout: self.patience.in_all }
    }

    /// With the bucket's name in front of the host, where it is to be there.
    fn endpoint_of_bucket(&self) -> Option<String> {
        match self.endpoint.trim_end_matches('/') {
            "" => None,
            endpoint if self.path_style => Some(endpoint.to_owned()),
            endpoint => {
                let (scheme, rest) = endpoint.split_once("://").unwrap_or(("https", endpoint));
                Some(format!("{scheme}://{}.{rest}", self.bucket))
            }
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(change: impl FnOnce(&mut BucketOptions)) -> BucketOptions {
        let mut options = BucketOptions { bucket: "b".into(), ..BucketOptions::default() };
        change(&mut options);
        options
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |change: fn(&mut BucketOptions)| options(change).wrong().map(|(name, _)| name);
        assert_eq!(wrong(|_| {}), None);
        assert_eq!(wrong(|o| o.access_key_id = "a".into()), Some("secret_access_key"));
        assert_eq!(wrong(|o| o.sse = "rot13".into()), Some("sse"));
        assert_eq!(wrong(|o| o.sse_kms_key_id = "k".into()), Some("sse_kms_key_id"));
        assert_eq!(wrong(|o| o.prefix = "a//b".into()), Some("prefix"));
        assert_eq!(wrong(|o| o.endpoint = "ftp://h".into()), Some("endpoint"));
        assert_eq!(wrong(|o| o.endpoint = "https://a:b@h".into()), Some("endpoint"));
    }

    #[test]
    fn http_is_for_this_machine_or_where_it_is_said() {
        let wrong = |endpoint: &str, allow_http| {
            let change = |o: &mut BucketOptions| (o.endpoint, o.allow_http) = (endpoint.into(), allow_http);
            options(change).wrong().is_some()
        };
        for here in
            ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000", "https://s3.example"]
        {
            assert!(!wrong(here, false), "{here}");
        }
        assert!(wrong("http://127.0.0.1.example:5000", false) && wrong("http://s3.example", false));
        assert!(!wrong("http://s3.example", true));
    }

    #[test]
    fn the_bucket_s_name_is_in_the_host_unless_it_is_in_the_path() {
        let of = |path_style| {
            let change = |o: &mut BucketOptions| {
                (o.endpoint, o.path_style) = ("https://s3.example:1/".into(), path_style);
            };
            options(change).endpoint_of_bucket().unwrap()
        };
        assert_eq!((of(true), of(false)), ("https://s3.example:1".into(), "https://b.s3.example:1".into()));
    }

    #[test]
    fn no_debug_output_has_the_secret() {
        let options =
            options(|o| (o.access_key_id, o.secret_access_key) = ("id-id".into(), "hush-hush".into()));
        let client = options.for_requests().unwrap();
        let shown = format!("{options:?} {client:?}");
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
}
