//! Requests that the official Python signer has signed (`vectors/signing.json`), verified one by one.

use serde::Deserialize;
use std::collections::BTreeMap;
use unlade_sign::{Authorization, Headers, Payload, Rejected, Request, verify, verify_unknown};

#[derive(Deserialize)]
struct Vector {
    algorithm: String,
    sk: String,
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: String,
    authorization: String,
}

impl Vector {
    fn check(&self, secret_key: &[u8], body: &[u8]) -> Result<(), Rejected> {
        let authorization = Authorization::parse(&self.authorization).expect("an official header");
        self.with_request(body, |request| verify(&authorization, request, secret_key, self.signed_at_ms()))
    }

    fn with_request<T>(&self, body: &[u8], act: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let (path, query) = match self.uri.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.uri.as_str(), None),
        };
        let payload = Payload::Bytes(body);
        act(&Request { method: &self.method, path, query, headers: Headers(&headers), payload })
    }

    fn signed_at_ms(&self) -> i64 {
        let date = &self.headers["X-Sdk-Date"];
        let date_time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).expect("an official date");
        jiff::tz::TimeZone::UTC.to_timestamp(date_time).expect("a moment").as_millisecond()
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors/signing.json")).expect("the file is JSON")
}

#[test]
fn every_hmac_sha256_vector_verifies() {
    let mut verified = 0;
    for vector in vectors() {
        match vector.algorithm.as_str() {
            "SDK-HMAC-SHA256" | "V11-HMAC-SHA256" | "SDK-HMAC-SM3" => {
                assert_eq!(
                    vector.check(vector.sk.as_bytes(), vector.body.as_bytes()),
                    Ok(()),
                    "{}",
                    vector.uri
                );
                verified += 1;
            }
            other => panic!("the file has a new algorithm: {other}"),
        }
    }
    assert_eq!(verified, 60);
}

#[test]
fn another_key_or_an_unknown_one_never_verifies() {
    for vector in vectors() {
        assert_eq!(vector.check(b"another", vector.body.as_bytes()), Err(Rejected::Signature));
        let authorization = Authorization::parse(&vector.authorization).unwrap();
        let rejected = vector.with_request(vector.body.as_bytes(), |request| {
            verify_unknown(&authorization, request, vector.signed_at_ms())
        });
        assert_eq!(rejected, Rejected::Signature);
    }
}

#[test]
fn another_body_verifies_only_where_the_signer_left_the_body_out() {
    for vector in vectors() {
        let unsigned = vector.headers.keys().any(|name| name.starts_with("X-Sdk-Content-"));
        let verdict = vector.check(vector.sk.as_bytes(), b"another body");
        assert_eq!(verdict.is_ok(), unsigned, "{}", vector.uri);
    }
}
