//! Single requests with a known canonical hash and signature, and the ways in which the official signers differ.

use sha2::{Digest, Sha256};
use unlade_sign::{
    Authorization, CLOCK_SKEW_MAX_MS, Headers, Malformed, Payload, QueryForm, Rejected, Request, Signer,
    SigningAlgorithm, UNSIGNED_PAYLOAD, canonical_request, derive_key, precheck, verify, verify_unknown,
};

const ACCESS_KEY_ID: &str = "AKEXAMPLE0123456789";
const SECRET_KEY: &[u8] = b"SKexample0123456789abcdefghijklmnopqrstuv";
const SIGNED_AT_MS: i64 = 1_767_323_045_000; // 20260102T030405Z
const PROJECT: &str = "04ed32dc1b0025b52fe3c01a27c2b0a8";
const BODY: &[u8] =
    br#"{"resource_type":"BatchTask","resource_condition":{"task_id":"5f433ce0c24389024365fdfa"}}"#;
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What a request of the facts has besides its headers.
struct Case {
    method: &'static str,
    path: &'static str,
    query: Option<&'static str>,
    content_type: &'static str,
    body: &'static [u8],
}

const V1: Case = Case {
    method: "POST",
    path: "/v5/iot/04ed32dc1b0025b52fe3c01a27c2b0a8/export-tasks",
    query: None,
    content_type: "application/json;charset=utf-8",
    body: BODY,
};

const V2: Case = Case {
    method: "GET",
    query: Some(
        "limit=50&offset=0&resource_condition=%7B%22task_id%22%3A%225f4%20%2B%2F~%2A%22%7D&resource_type=BatchTask",
    ),
    content_type: "application/json",
    body: b"",
    ..V1
};

const V3: Case = Case {
    path: "/v5/iot/04ed32dc1b0025b52fe3c01a27c2b0a8/batchtask-files",
    content_type: "multipart/form-data; boundary=xyz",
    body: b"--xyz and so on",
    ..V1
};

type Header<'a> = (&'a str, &'a [u8]);

impl Case {
    fn headers(&self) -> Vec<Header<'static>> {
        vec![
            ("Content-Type", self.content_type.as_bytes()),
            ("Host", b"iot.example.internal:8443"),
            ("X-Project-Id", PROJECT.as_bytes()),
        ]
    }

    fn request<'a>(&self, headers: &'a [Header<'a>]) -> Request<'a> {
        let payload = Payload::Bytes(self.body);
        Request {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: Headers(headers),
            payload,
        }
    }

    /// Signs with our own signer and checks its signature, then verifies the request as it would arrive.
    fn check(&self, algorithm: SigningAlgorithm<'_>, canonical_hash: &str, signature: &str) {
        let headers = self.headers();
        let signer = Signer { access_key_id: ACCESS_KEY_ID, secret_key: SECRET_KEY, algorithm };
        let signed = signer.sign(&self.request(&headers), SIGNED_AT_MS).expect("it is well-formed");
        assert!(
            signed.authorization.ends_with(&format!("Signature={signature}")),
            "{}",
            signed.authorization
        );

        let mut headers = headers;
        headers.extend(signed.iter().map(|(name, value)| (name, value.as_bytes())));
        let request = self.request(&headers);
        let authorization = Authorization::parse(&signed.authorization).expect("it is well-formed");
        assert_eq!(verify(&authorization, &request, SECRET_KEY, SIGNED_AT_MS), Ok(()));

        let payload_hash = match signed.content {
            Some((_, unsigned)) => unsigned.to_owned(),
            None => hex(&Sha256::digest(self.body)),
        };
        let canonical =
            canonical_request(&request, authorization.signed_headers(), QueryForm::Sorted, &payload_hash)
                .expect("it is well-formed");
        assert_eq!(hex(&Sha256::digest(canonical)), canonical_hash);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn v1_post() {
    V1.check(
        SigningAlgorithm::HmacSha256,
        "a8f0b863b63a7b9cd0705d28b614f14b7670da494002e6b314d617460531f631",
        "651950e14e0c48a64081c6cd6017a668c4eaaed02ced21d8bb468bfd44d60f9f",
    );
}

#[test]
fn v2_get() {
    V2.check(
        SigningAlgorithm::HmacSha256,
        "0074691f1effaac7f2e341f86dd3b1afd37b4e2b0bde58fe79873de3f74a290d",
        "053e2b2f64cdc742473a88591695b84d2c1f789400810026f7c6d9960607967c",
    );
}

#[test]
fn v3_multipart() {
    V3.check(
        SigningAlgorithm::HmacSha256,
        "d2fa7e010bbba6ca6f23b7ebfe19b1eaf5f2428789deaf9e61db428cfe2529e4",
        "c0a64f671820929bd2263e3d19d7c24accec823cfb152dfa198163ca69d06c44",
    );
}

#[test]
fn v1_with_a_derived_key() {
    V1.check(
        SigningAlgorithm::V11HmacSha256("cn-north-4"),
        "a8f0b863b63a7b9cd0705d28b614f14b7670da494002e6b314d617460531f631",
        "2501f8de94192b5f3f5b87ad93356785ec79534df2f1e7959e352bcebf6fc95e",
    );
}

#[test]
fn v1_with_sm3() {
    let headers = V1.headers();
    let signer =
        Signer { access_key_id: ACCESS_KEY_ID, secret_key: SECRET_KEY, algorithm: SigningAlgorithm::HmacSm3 };
    let signed = signer.sign(&V1.request(&headers), SIGNED_AT_MS).expect("it is well-formed");
    let signature = "c044c818c8c3a0c89566ddee445f2ce0ec68900078e6171e55b7d2e1fd223cbf";
    assert!(signed.authorization.ends_with(signature), "{}", signed.authorization);
    assert!(signed.authorization.starts_with("SDK-HMAC-SM3 Access=AKEXAMPLE0123456789, SignedHeaders="));
}

#[test]
fn v1_over_the_curves() {
    let p256 = "304402201a3cb1383841db7dc01d127199ef1a9f2fa5cbbf9f448e4ed5188462efbb923002206eea4965e4c03c959b90f0f95d1fe330202ef31502d6e9c012778149c6cf68b2";
    let sm2 = "304502207baf8ead7301c854f82e8c40f5f6bfe1abcb7b4555ab5ce6fd9c571d6c2777c0022100e2e5ecef4f5e7d2cd697b3213337515ece672f360bf51996fe945f575f52ceb3";
    let mut headers = V1.headers();
    headers.push(DATE);
    let verdict = |name: &str, signature: &str, secret_key: &[u8]| {
        let header = format!(
            "{name} Access={ACCESS_KEY_ID}, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature={signature}"
        );
        let authorization = Authorization::parse(&header).expect("it is well-formed");
        verify(&authorization, &V1.request(&headers), secret_key, SIGNED_AT_MS)
    };
    for (name, signature, other) in [("SDK-ECDSA-P256-SHA256", p256, sm2), ("SDK-SM2-SM3", sm2, p256)] {
        assert_eq!(verdict(name, signature, SECRET_KEY), Ok(()), "{name}");
        assert_eq!(verdict(name, signature, b"another"), Err(Rejected::Signature), "{name}");
        assert_eq!(verdict(name, other, SECRET_KEY), Err(Rejected::Signature), "{name}");
    }
}

#[test]
fn a_derived_key_is_hex_text() {
    let key = derive_key(ACCESS_KEY_ID, SECRET_KEY, "20260102/cn-north-4/iotdm");
    assert_eq!(key.len(), 64);
    assert!(key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
}

/// A request that some other signer has signed: the canonical request is spelled out by hand.
struct Foreign<'a> {
    canonical: &'a str,
    signed_headers: &'a str,
    request: Request<'a>,
}

impl Foreign<'_> {
    fn verdict(&self) -> Result<(), Rejected> {
        let hash = hex(&Sha256::digest(self.canonical));
        let text = format!("SDK-HMAC-SHA256\n20260102T030405Z\n{hash}");
        let signature = hmac_hex(SECRET_KEY, text.as_bytes());
        let header = format!(
            "SDK-HMAC-SHA256 Access={ACCESS_KEY_ID}, SignedHeaders={}, Signature={signature}",
            self.signed_headers
        );
        let authorization = Authorization::parse(&header).expect("it is well-formed");
        verify(&authorization, &self.request, SECRET_KEY, SIGNED_AT_MS)
    }
}

fn hmac_hex(key: &[u8], message: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("it is well-formed");
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

const DATE: Header<'static> = ("X-Sdk-Date", b"20260102T030405Z");
const UNSIGNED: Header<'static> = ("X-Sdk-Content-Sha256", b"UNSIGNED-PAYLOAD");
const MULTIPART: Header<'static> = ("Content-Type", b"multipart/form-data; boundary=x");

fn get<'a>(query: &'a str, headers: &'a [Header<'a>]) -> Request<'a> {
    Request {
        method: "GET",
        path: "/a",
        query: Some(query),
        headers: Headers(headers),
        payload: Payload::Bytes(b""),
    }
}

#[test]
fn go_signs_only_the_date_sorts_values_and_once_lowered_keys() {
    let headers = [DATE, ("Host", b"h")];
    for (query, canonical_query) in
        [("A=2&A=1", "A=1&A=2"), ("A=2&b=1", "a=2&b=1"), ("B=1&a=2", "a=2&b=1"), ("A=&b=1", "A=&b=1")]
    {
        let canonical =
            format!("GET\n/a/\n{canonical_query}\nx-sdk-date:20260102T030405Z\n\nx-sdk-date\n{EMPTY}");
        let foreign =
            Foreign { canonical: &canonical, signed_headers: "x-sdk-date", request: get(query, &headers) };
        assert_eq!(foreign.verdict(), Ok(()), "{query}");
    }
}

#[test]
fn java_keeps_the_order_of_values() {
    let headers = [DATE];
    let canonical = format!("GET\n/a/\na=2&a=10&b=1\nx-sdk-date:20260102T030405Z\n\nx-sdk-date\n{EMPTY}");
    let request = get("b=1&a=2&a=10", &headers);
    let foreign = Foreign { canonical: &canonical, signed_headers: "x-sdk-date", request };
    assert_eq!(foreign.verdict(), Ok(()));
    let swapped = Foreign { request: get("b=1&a=10&a=2", &headers), ..foreign };
    assert_eq!(swapped.verdict(), Err(Rejected::Signature));
}

#[test]
fn without_a_body_python_signs_its_hash_and_java_and_go_the_header() {
    let headers = [DATE, UNSIGNED, MULTIPART];
    let signed_headers = "x-sdk-content-sha256;x-sdk-date";
    let head = "GET\n/a/\n\nx-sdk-content-sha256:UNSIGNED-PAYLOAD\nx-sdk-date:20260102T030405Z\n";
    for payload_hash in [EMPTY, UNSIGNED_PAYLOAD] {
        let canonical = format!("{head}\n{signed_headers}\n{payload_hash}");
        let request = get("", &headers);
        let foreign = Foreign { canonical: &canonical, signed_headers, request };
        assert_eq!(foreign.verdict(), Ok(()), "{payload_hash}");
        // With a body only the header counts: the hash of nothing must not vouch for something.
        let with_body = Foreign { request: Request { payload: Payload::Bytes(b"x"), ..request }, ..foreign };
        assert_eq!(with_body.verdict().is_ok(), payload_hash == UNSIGNED_PAYLOAD);
    }
}

#[test]
fn the_body_may_be_left_out_only_for_types_that_the_clients_leave_out() {
    let signed_headers = "x-sdk-date";
    let verdict = |headers: &[Header<'_>], payload: Payload<'_>, payload_hash: &str| {
        let canonical =
            format!("POST\n/a/\n\nx-sdk-date:20260102T030405Z\n\n{signed_headers}\n{payload_hash}");
        let request = Request { method: "POST", path: "/a", query: None, headers: Headers(headers), payload };
        Foreign { canonical: &canonical, signed_headers, request }.verdict()
    };
    let body = Payload::Bytes(b"x");
    assert_eq!(verdict(&[DATE, UNSIGNED, MULTIPART], body, UNSIGNED_PAYLOAD), Ok(()));
    assert_eq!(verdict(&[DATE, UNSIGNED, MULTIPART], Payload::Streamed, UNSIGNED_PAYLOAD), Ok(()));
    assert_eq!(
        verdict(&[DATE, MULTIPART], Payload::Streamed, UNSIGNED_PAYLOAD),
        Err(Rejected::PayloadNotRead)
    );
    for json in
        ["application/json", "application/json;charset=utf-8", "Application/JSON", "application/bson", ""]
    {
        let headers = [DATE, UNSIGNED, ("Content-Type", json.as_bytes())];
        assert_eq!(verdict(&headers, body, UNSIGNED_PAYLOAD), Err(Rejected::PayloadMustBeSigned), "{json}");
    }
    assert_eq!(verdict(&[DATE, UNSIGNED], body, UNSIGNED_PAYLOAD), Err(Rejected::PayloadMustBeSigned));

    let hash = hex(&Sha256::digest(b"x"));
    let stated = |value| [DATE, MULTIPART, ("X-Sdk-Content-Sha256", value)];
    assert_eq!(verdict(&stated(hash.as_bytes()), body, &hash), Ok(()));
    assert_eq!(verdict(&stated(EMPTY.as_bytes()), body, EMPTY), Err(Rejected::PayloadMismatch));
    let repeated = [DATE, UNSIGNED, MULTIPART, UNSIGNED];
    assert!(matches!(verdict(&repeated, body, UNSIGNED_PAYLOAD), Err(Rejected::HeaderRepeated(_))));
}

#[test]
fn precheck_needs_neither_key_nor_body() {
    let check = |header: &str, headers: &[Header<'_>]| {
        precheck(&Authorization::parse(header).unwrap(), Headers(headers)).map(drop)
    };
    let signature = "0".repeat(64);
    let sdk = |names: &str| format!("SDK-HMAC-SHA256 Access=A, SignedHeaders={names}, Signature={signature}");
    let v11 = |scope: &str| {
        format!("V11-HMAC-SHA256 Credential=A/{scope}, SignedHeaders=x-sdk-date, Signature={signature}")
    };
    assert_eq!(check(&sdk("x-sdk-date"), &[DATE]), Ok(()));
    assert_eq!(check(&v11("20260102/any-region-1/iotdm"), &[DATE]), Ok(()));
    assert_eq!(check(&sdk("host"), &[DATE, ("Host", b"h")]), Err(Rejected::DateNotSigned));
    assert_eq!(check(&sdk("x-sdk-date"), &[]), Err(Rejected::HeaderAbsent("X-Sdk-Date".into())));
    assert_eq!(check(&sdk("x-sdk-date"), &[DATE, DATE]), Err(Rejected::HeaderRepeated("X-Sdk-Date".into())));
    assert_eq!(check(&sdk("host;x-sdk-date"), &[DATE]), Err(Rejected::HeaderAbsent("host".into())));
    assert_eq!(check(&sdk("x-sdk-date"), &[("x-sdk-date", b"now")]), Err(Rejected::DateMalformed));
    assert_eq!(check(&v11("20260103/r/iotdm"), &[DATE]), Err(Rejected::ScopeDate));
    assert_eq!(check(&v11("20260102/r/ecs"), &[DATE]), Err(Rejected::ScopeService));
    assert_eq!(check(&sdk("x-sdk-date"), &[DATE, UNSIGNED]), Err(Rejected::PayloadMustBeSigned));
}

const ALGORITHMS: [SigningAlgorithm<'static>; 5] = [
    SigningAlgorithm::HmacSha256,
    SigningAlgorithm::V11HmacSha256("cn-north-4"),
    SigningAlgorithm::HmacSm3,
    SigningAlgorithm::EcdsaP256Sha256,
    SigningAlgorithm::Sm2Sm3,
];

/// Signs V1 and hands it over as it would arrive.
fn with_signed<T>(
    algorithm: SigningAlgorithm<'_>,
    secret_key: &[u8],
    act: impl FnOnce(&Authorization<'_>, &Request<'_>) -> T,
) -> T {
    let headers = V1.headers();
    let signer = Signer { access_key_id: ACCESS_KEY_ID, secret_key, algorithm };
    let signed = signer.sign(&V1.request(&headers), SIGNED_AT_MS).expect("it is well-formed");
    let mut headers = headers;
    headers.extend(signed.iter().map(|(name, value)| (name, value.as_bytes())));
    act(&Authorization::parse(&signed.authorization).expect("it is well-formed"), &V1.request(&headers))
}

#[test]
fn an_unknown_key_is_refused_even_with_the_secret_that_stands_in_for_it() {
    let secret_key = b"no-access-key-has-this-secret-0123456789";
    for algorithm in ALGORITHMS {
        with_signed(algorithm, secret_key, |authorization, request| {
            assert_eq!(verify(authorization, request, secret_key, SIGNED_AT_MS), Ok(()));
            assert_eq!(verify_unknown(authorization, request, SIGNED_AT_MS), Rejected::Signature);
        });
    }
}

#[test]
fn a_late_request_is_refused_after_all_the_work_whether_its_key_is_known_or_not() {
    for algorithm in ALGORITHMS {
        with_signed(algorithm, SECRET_KEY, |authorization, request| {
            let stale = |skew_ms| Rejected::Stale { skew_ms };
            for skew_ms in [CLOCK_SKEW_MAX_MS, -CLOCK_SKEW_MAX_MS] {
                let (near, far) = (SIGNED_AT_MS + skew_ms, SIGNED_AT_MS + skew_ms + skew_ms.signum());
                assert!(precheck(authorization, request.headers).is_ok(), "it is not told by the headers");
                assert_eq!(verify(authorization, request, SECRET_KEY, near), Ok(()));
                assert_eq!(verify(authorization, request, b"another", near), Err(Rejected::Signature));
                let late = stale(far - SIGNED_AT_MS);
                assert_eq!(verify(authorization, request, SECRET_KEY, far), Err(late.clone()));
                assert_eq!(verify(authorization, request, b"another", far), Err(late.clone()));
                assert_eq!(verify_unknown(authorization, request, far), late);
            }
        });
    }
}

#[test]
fn a_line_feed_cannot_move_a_border() {
    let headers = [DATE, ("X-Note", b"a\nx-other:b")];
    let signer = Signer {
        access_key_id: ACCESS_KEY_ID,
        secret_key: SECRET_KEY,
        algorithm: SigningAlgorithm::HmacSha256,
    };
    let refused = signer.sign(&V1.request(&headers[1..]), SIGNED_AT_MS).err();
    assert_eq!(refused, Some(Rejected::HeaderMalformed("x-note".into())));
    let request = Request { method: "GET\n/b", ..V1.request(&[]) };
    assert_eq!(signer.sign(&request, SIGNED_AT_MS).err(), Some(Rejected::MethodMalformed));
    assert_eq!(Authorization::parse("SDK-HMAC-SHA256").err(), Some(Malformed::NotASignature));
}
