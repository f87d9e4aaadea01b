//! Requests that official SDKs have signed (`vectors/`), verified one by one, changed byte by byte, and signed again.
//!
//! `signing.json` comes from the Python signer; the others were caught on the wire: `vectors/makers/README.md`.

use serde::Deserialize;
use std::collections::BTreeMap;
use unlade_sign::{
    Algorithm, Authorization, Headers, Payload, Rejected, Request, Signer, SigningAlgorithm,
    UNSIGNED_PAYLOAD, verify, verify_unknown,
};

#[derive(Clone, Deserialize)]
struct Vector {
    algorithm: String,
    ak: String,
    sk: String,
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: String,
    authorization: String,
}

/// Each file, and how many requests it has under each algorithm, in the order of [`ALGORITHMS`].
const FILES: [(&str, [usize; 5]); 4] = [
    (include_str!("vectors/signing.json"), [20, 20, 20, 0, 0]),
    (include_str!("vectors/python.json"), [10, 10, 10, 10, 20]),
    (JAVA, [10, 10, 10, 10, 20]),
    (include_str!("vectors/go.json"), [10, 10, 10, 10, 20]),
];
const JAVA: &str = include_str!("vectors/java.json");
const ALGORITHMS: [&str; 5] =
    ["SDK-HMAC-SHA256", "V11-HMAC-SHA256", "SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3"];

fn vectors_of(file: &str) -> Vec<Vector> {
    serde_json::from_str(file).expect("the file is JSON")
}

fn vectors() -> Vec<Vector> {
    FILES.iter().flat_map(|(file, _)| vectors_of(file)).collect()
}

impl Vector {
    fn check(&self, secret_key: &str) -> Result<(), Rejected> {
        let now_ms = self.signed_at_ms();
        self.with_request(|authorization, request| {
            verify(authorization, request, secret_key.as_bytes(), now_ms)
        })
    }

    fn with_request<T>(&self, act: impl FnOnce(&Authorization<'_>, &Request<'_>) -> T) -> T {
        let authorization = Authorization::parse(&self.authorization).expect("an official header");
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let payload = Payload::Bytes(self.body.as_bytes());
        act(&authorization, &self.request(&headers, payload))
    }

    fn request<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])], payload: Payload<'a>) -> Request<'a> {
        let (path, query) = match self.uri.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.uri.as_str(), None),
        };
        Request { method: &self.method, path, query, headers: Headers(headers), payload }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn signed_at_ms(&self) -> i64 {
        let date = self.header("X-Sdk-Date").expect("every request has it");
        let date_time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).expect("an official date");
        jiff::tz::TimeZone::UTC.to_timestamp(date_time).expect("a moment").as_millisecond()
    }

    /// Whether the signer left the body out.
    fn body_is_free(&self) -> bool {
        let says = |name| self.header(name) == Some(UNSIGNED_PAYLOAD);
        !self.body.is_empty() && (says("X-Sdk-Content-Sha256") || says("X-Sdk-Content-Sm3"))
    }

    /// Every request with one byte different: of the method, the path, the query, a signed header, the body. `seed` picks
    /// where.
    fn changes(&self, seed: usize) -> Vec<(String, Self)> {
        let (path, query) = self.uri.split_once('?').unwrap_or((&self.uri, ""));
        let mut all = vec![
            ("method".to_owned(), Self { method: changed(&self.method, seed), ..self.clone() }),
            (
                "path".to_owned(),
                Self { uri: self.uri.replacen(path, &changed(path, seed), 1), ..self.clone() },
            ),
        ];
        if !query.is_empty() {
            let uri = format!("{path}?{}", changed(query, seed));
            all.push(("query".to_owned(), Self { uri, ..self.clone() }));
        }
        let names = self.with_request(|authorization, _| authorization.signed_headers().to_owned());
        for name in names.split(';') {
            let mut more = self.clone();
            let found = more.headers.iter_mut().find(|(header, _)| header.eq_ignore_ascii_case(name));
            let (_, value) = found.expect("what is signed is there");
            // The last digit of a date is one of its seconds, so that it stays a date.
            let seed = if name == "x-sdk-date" { value.len() - 2 } else { seed };
            *value = changed(value, seed);
            all.push((name.to_owned(), more));
        }
        if !self.body.is_empty() {
            all.push(("body".to_owned(), Self { body: changed(&self.body, seed), ..self.clone() }));
        }
        all.push(("longer body".to_owned(), Self { body: format!("{}x", self.body), ..self.clone() }));
        all
    }

    /// The header that our signer makes for the same request, with the headers that were signed and no others.
    fn signed_by_us(&self) -> String {
        self.with_request(|authorization, _| {
            let own = authorization.algorithm().content_header();
            let added = ["X-Sdk-Date", own];
            let headers: Vec<_> = self
                .headers
                .iter()
                .filter(|(name, _)| authorization.signs(&name.to_ascii_lowercase()))
                .filter(|(name, _)| !added.iter().any(|added| added.eq_ignore_ascii_case(name)))
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect();
            let payload = match self.header(own) {
                Some(UNSIGNED_PAYLOAD) if !self.body.is_empty() => Payload::Streamed,
                _ if self.body_is_free() => Payload::Bytes(b""),
                _ => Payload::Bytes(self.body.as_bytes()),
            };
            let algorithm = match authorization.algorithm() {
                Algorithm::V11HmacSha256(scope) => SigningAlgorithm::V11HmacSha256(scope.region()),
                Algorithm::SdkHmacSha256 => SigningAlgorithm::HmacSha256,
                Algorithm::SdkHmacSm3 => SigningAlgorithm::HmacSm3,
                Algorithm::SdkEcdsaP256Sha256 => SigningAlgorithm::EcdsaP256Sha256,
                _ => SigningAlgorithm::Sm2Sm3,
            };
            let signer = Signer { access_key_id: &self.ak, secret_key: self.sk.as_bytes(), algorithm };
            let signed = signer.sign(&self.request(&headers, payload), self.signed_at_ms());
            signed.expect("it can be signed").authorization
        })
    }
}

/// With another byte of the same kind at a place that `seed` picks.
fn changed(text: &str, seed: usize) -> String {
    let at = seed % text.chars().count();
    let other = |found: char| match found {
        '0'..='8' => char::from(found as u8 + 1),
        '9' => '0',
        'A'..='Y' => char::from(found as u8 + 1),
        'Z' => 'A',
        'a' => 'b',
        _ => 'a',
    };
    text.chars().enumerate().map(|(index, found)| if index == at { other(found) } else { found }).collect()
}

#[test]
fn every_vector_verifies() {
    for (file, expected) in FILES {
        let vectors = vectors_of(file);
        for vector in &vectors {
            assert_eq!(vector.check(&vector.sk), Ok(()), "{}", vector.authorization);
        }
        let counted = ALGORITHMS.map(|name| vectors.iter().filter(|vector| vector.algorithm == name).count());
        assert_eq!((counted, counted.iter().sum::<usize>()), (expected, vectors.len()));
    }
}

#[test]
fn every_vector_is_refused_with_a_byte_changed() {
    for (index, vector) in vectors().iter().enumerate() {
        for (what, change) in vector.changes(7 * index) {
            let free = what.ends_with("body") && vector.body_is_free();
            assert_eq!(change.check(&vector.sk).is_ok(), free, "{what}: {}", change.authorization);
        }
    }
}

#[test]
fn another_key_or_an_unknown_one_never_verifies() {
    for vector in vectors() {
        assert_eq!(vector.check("another"), Err(Rejected::Signature));
        let now_ms = vector.signed_at_ms();
        let rejected =
            vector.with_request(|authorization, request| verify_unknown(authorization, request, now_ms));
        assert_eq!(rejected, Rejected::Signature);
    }
}

#[test]
fn our_signer_makes_the_same_header_where_there_is_only_one() {
    let mut same = 0;
    for vector in vectors().iter().filter(|vector| vector.algorithm.contains("-HMAC-")) {
        assert_eq!(vector.signed_by_us(), vector.authorization);
        same += 1;
    }
    // Java draws no random number for ECDSA; a short access key id is one whose key it derives in its own way.
    let alone = |vector: &&Vector| vector.algorithm == "SDK-ECDSA-P256-SHA256" && vector.ak.len() == 20;
    for vector in vectors_of(JAVA).iter().filter(alone) {
        assert_eq!(vector.signed_by_us(), vector.authorization);
        same += 1;
    }
    assert_eq!(same, 60 + 3 * 30 + 5);
}
