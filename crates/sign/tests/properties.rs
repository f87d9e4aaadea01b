//! What holds for every request: it verifies as signed, and not with a byte changed; hostile headers are only refused.

use proptest::prelude::*;
use unlade_sign::{
    Authorization, Headers, Malformed, Payload, Rejected, Request, SignedHeaders, Signer, SigningAlgorithm,
    verify,
};

const SIGNED_AT_MS: i64 = 1_767_323_045_000;
const SECRET_KEY: &[u8] = b"SKexample0123456789abcdefghijklmnopqrstuv";

#[derive(Clone, Debug, PartialEq)]
struct Call {
    method: String,
    path: String,
    query: String,
    note: String,
    body: Vec<u8>,
    algorithm: SigningAlgorithm<'static>,
}

impl Call {
    fn with_request<T>(&self, signed: Option<&SignedHeaders>, act: impl FnOnce(&Request<'_>) -> T) -> T {
        let mut headers = vec![("Host", &b"127.0.0.1:8900"[..]), ("x-note", self.note.as_bytes())];
        headers.extend(
            signed.iter().flat_map(|signed| signed.iter()).map(|(name, value)| (name, value.as_bytes())),
        );
        act(&Request {
            method: &self.method,
            path: &self.path,
            query: Some(&self.query),
            headers: Headers(&headers),
            payload: Payload::Bytes(&self.body),
        })
    }

    fn sign(&self) -> SignedHeaders {
        let signer = Signer { access_key_id: "AK", secret_key: SECRET_KEY, algorithm: self.algorithm };
        self.with_request(None, |request| signer.sign(request, SIGNED_AT_MS)).expect("it can be signed")
    }

    fn verifies(&self, signed: &SignedHeaders) -> bool {
        let authorization = Authorization::parse(&signed.authorization).expect("we wrote it");
        self.with_request(Some(signed), |request| {
            verify(&authorization, request, SECRET_KEY, SIGNED_AT_MS).is_ok()
        })
    }
}

fn algorithm() -> impl Strategy<Value = SigningAlgorithm<'static>> {
    prop::sample::select(vec![
        SigningAlgorithm::HmacSha256,
        SigningAlgorithm::V11HmacSha256("cn-north-4"),
        SigningAlgorithm::V11HmacSha256("a"),
        SigningAlgorithm::HmacSm3,
        SigningAlgorithm::EcdsaP256Sha256,
        SigningAlgorithm::Sm2Sm3,
    ])
}

/// Calls in which no two wire forms mean the same: nothing percent-encoded, no final slash, no repeated query key, no case
/// that an old Go client could have lowered.
fn call() -> impl Strategy<Value = Call> {
    (
        "(GET|POST|PUT|DELETE)",
        "(/[A-Za-z0-9_.~-]{1,12}){1,5}",
        "k=[A-Za-z0-9_.~-]{1,10}&m=[A-Za-z0-9_.~-]{1,10}",
        "[!-~]([ -~]{0,20}[!-~])?",
        proptest::collection::vec(any::<u8>(), 1..64),
        algorithm(),
    )
        .prop_map(|(method, path, query, note, body, algorithm)| Call {
            method,
            path,
            query,
            note,
            body,
            algorithm,
        })
}

/// Replaces one byte by another one of the same kind, so that the wire form stays canonical.
fn changed(text: &str, at: prop::sample::Index) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = at.index(bytes.len());
    bytes[at] = match bytes[at] {
        b'Z' => b'Y',
        b'A'..=b'Y' => bytes[at] + 1,
        b'a' => b'b',
        _ => b'a',
    };
    String::from_utf8(bytes).expect("only ASCII was changed")
}

#[test]
fn a_request_whose_authorization_nobody_could_read_is_not_signed() {
    let sign = |access_key_id, names: &[String]| {
        let headers: Vec<_> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        let request = Request {
            method: "GET",
            path: "/",
            query: None,
            headers: Headers(&headers),
            payload: Payload::Bytes(b""),
        };
        Signer { access_key_id, secret_key: SECRET_KEY, algorithm: SigningAlgorithm::default() }
            .sign(&request, SIGNED_AT_MS)
            .map(drop)
    };
    let refused = |why| Err(Rejected::Authorization(why));
    let many: Vec<String> = (0..64).map(|number| format!("x-{number}")).collect();
    assert_eq!(sign("AK", &many[..63]), Ok(()), "with X-Sdk-Date that is as many as a header may list");
    assert_eq!(sign("AK", &many), refused(Malformed::SignedHeaders));
    assert_eq!(sign("AK", &["x.y".into()]), refused(Malformed::SignedHeaders));
    assert_eq!(sign("AK", &["x".repeat(4096)]), refused(Malformed::TooLong));
    assert_eq!(sign("A K", &[]), refused(Malformed::Credential));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_signed_call_verifies_and_a_changed_one_does_not(call in call(), at: prop::sample::Index, bit in 0..8_u8) {
        let signed = call.sign();
        prop_assert!(call.verifies(&signed));

        let mut body = call.body.clone();
        let byte = at.index(body.len());
        body[byte] ^= 1 << bit;
        let changes = [
            Call { method: changed(&call.method, at), ..call.clone() },
            Call { path: changed(&call.path, at), ..call.clone() },
            Call { query: changed(&call.query, at), ..call.clone() },
            Call { note: changed(&call.note, at), ..call.clone() },
            Call { body, ..call.clone() },
            Call { body: Vec::new(), ..call.clone() },
        ];
        for change in changes {
            prop_assert!(change == call || !change.verifies(&signed), "{change:?}");
        }
    }

    #[test]
    fn any_query_and_path_verify_as_signed(
        path in "/\\PC{0,40}", query in "\\PC{0,60}", note in "[ -~]{0,20}", algorithm in algorithm(),
    ) {
        let call = Call { method: "GET".into(), path, query, note, body: Vec::new(), algorithm };
        prop_assert!(call.verifies(&call.sign()));
    }

    #[test]
    fn a_changed_authorization_does_not_verify(call in call(), at: prop::sample::Index, to in "[ -~]") {
        let signed = call.sign();
        let mut header = signed.authorization.clone();
        let byte = at.index(header.len());
        // The access key id of a plain signature is not signed: it only chooses the key to verify with.
        let access_key_id = header.find("=AK").expect("it names the key") + 1;
        prop_assume!(!(access_key_id..access_key_id + 2).contains(&byte));
        header.replace_range(byte..=byte, &to);
        prop_assume!(header != signed.authorization);
        let verdict = Authorization::parse(&header).is_ok_and(|authorization| {
            call.with_request(Some(&signed), |request| {
                verify(&authorization, request, SECRET_KEY, SIGNED_AT_MS).is_ok()
            })
        });
        prop_assert!(!verdict, "{header}");
    }

    #[test]
    fn the_parser_never_panics(header in "\\PC{0,200}") {
        let _ = Authorization::parse(&header);
    }

    #[test]
    fn the_parser_never_panics_on_what_is_nearly_right(
        name in "(SDK-HMAC-SHA256|V11-HMAC-SHA256|SDK-HMAC-SM3|SDK-ECDSA-P256-SHA256|SDK-SM2-SM3)",
        credential in "(Access|Credential)=[A-Z/0-9a-z-]{0,40}",
        names in "SignedHeaders=[a-z;_A-Z-]{0,40}", signature in "Signature=(30[0-4][0-9a-f])?(02[0-2][0-9a-f])?[0-9a-f]{0,70}", comma in "(, |,| )",
    ) {
        let _ = Authorization::parse(&format!("{name} {credential}{comma}{names}{comma}{signature}"));
    }
}
