//! Any text as an `Authorization` header: what is taken apart is the text itself, and nobody's key accepts it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sign::{Algorithm, Authorization, Headers, Payload, Request, precheck, verify_unknown};

/// 2026-01-02T03:04:05Z, the moment of the seeds.
const NOW_MS: i64 = 1_767_323_045_000;

fuzz_target!(|text: &str| {
    let Ok(authorization) = Authorization::parse(text) else { return };
    assert!(text.len() <= 4096, "a long header is not taken apart");
    let signature = text.strip_prefix(&written_again(&authorization)).expect("the parts are the whole");
    let hex = signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let length = match authorization.algorithm() {
        // Two numbers of 1 to 33 bytes each.
        Algorithm::SdkEcdsaP256Sha256 | Algorithm::SdkSm2Sm3 => 16..=144,
        _ => 64..=64,
    };
    assert!(hex && length.contains(&signature.len()), "{signature}");

    let headers = [("X-Sdk-Date", &b"20260102T030405Z"[..]), ("Host", b"127.0.0.1:8900")];
    let _ = precheck(&authorization, Headers(&headers));
    let request = Request {
        method: "GET",
        path: "/v5/iot/p/apps",
        query: None,
        headers: Headers(&headers),
        payload: Payload::Bytes(b""),
    };
    // Whatever it says, an unknown key is refused.
    let _ = verify_unknown(&authorization, &request, NOW_MS).to_string();
});

/// All but the signature, from the parts.
fn written_again(authorization: &Authorization<'_>) -> String {
    let (algorithm, key) = (authorization.algorithm(), authorization.access_key_id());
    let credential = match algorithm {
        Algorithm::V11HmacSha256(scope) => {
            let (date, region, service) = (scope.date(), scope.region(), scope.service());
            assert_eq!(scope.info(), format!("{date}/{region}/{service}"));
            format!("Credential={key}/{}", scope.info())
        }
        _ => format!("Access={key}"),
    };
    let names = authorization.signed_headers();
    assert!(names.split(';').all(|name| authorization.signs(name)), "every name is signed");
    format!("{} {credential}, SignedHeaders={names}, Signature=", algorithm.name())
}
