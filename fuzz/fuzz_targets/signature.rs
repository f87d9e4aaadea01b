//! Any request, signed and verified: it verifies as it was signed, and with a change only if the change has the same
//! canonical form.
//!
//! An input reads like a request: `METHOD path?query [algorithm or region]`, a line for each header, an empty line, the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sign::{
    Authorization, Headers, Payload, QueryForm, Request, SignedHeaders, Signer, SigningAlgorithm,
    canonical_request, verify,
};

const NOW_MS: i64 = 1_767_323_045_000;
const SECRET_KEY: &[u8] = b"SKexample0123456789abcdefghijklmnopqrstuv";

fuzz_target!(|bytes: &[u8]| {
    let Some(call) = Call::parse(bytes) else { return };
    let signer = Signer { access_key_id: "AK", secret_key: SECRET_KEY, algorithm: call.algorithm() };
    let Ok(signed) = call.with_request(None, |request| signer.sign(request, NOW_MS)) else { return };
    let authorization = Authorization::parse(&signed.authorization).expect("what we wrote can be read");
    assert!(call.verifies(&signed, &authorization, SECRET_KEY), "it verifies as it was signed");
    assert!(!call.verifies(&signed, &authorization, b"another key"), "it verifies with any key");
    for changed in
        call.changes(bytes.iter().fold(0, |sum: usize, byte| sum.wrapping_mul(31) + usize::from(*byte)))
    {
        let same = changed.means_the_same(&call, &signed, authorization.signed_headers());
        assert_eq!(changed.verifies(&signed, &authorization, SECRET_KEY), same, "{changed:?}");
    }
});

#[derive(Clone, Debug)]
struct Call {
    method: String,
    path: String,
    query: Option<String>,
    /// The name of an algorithm, or the region of a derived key.
    way: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Call {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let (first, lines) = head.split_once('\n').unwrap_or((head, ""));
        let mut words = first.splitn(3, ' ');
        let (method, target, way) = (words.next()?, words.next()?, words.next());
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let headers = lines.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            // What no HTTP library lets through is not for us to judge, and neither is what the signer adds itself.
            let word = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!".contains(&byte));
            let ours = ["authorization", "x-sdk-date", "x-sdk-content-sha256", "x-sdk-content-sm3"]
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(name));
            (word && !ours).then(|| (name.to_owned(), value.as_bytes().to_vec()))
        });
        Some(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            way: way.map(str::to_owned),
            headers: headers.collect(),
            body: bytes.get(end + 2..).unwrap_or_default().to_vec(),
        })
    }

    fn algorithm(&self) -> SigningAlgorithm<'_> {
        match self.way.as_deref() {
            None => SigningAlgorithm::HmacSha256,
            Some("SDK-HMAC-SM3") => SigningAlgorithm::HmacSm3,
            Some("SDK-ECDSA-P256-SHA256") => SigningAlgorithm::EcdsaP256Sha256,
            Some("SDK-SM2-SM3") => SigningAlgorithm::Sm2Sm3,
            Some(region) => SigningAlgorithm::V11HmacSha256(region),
        }
    }

    fn with_request<T>(&self, signed: Option<&SignedHeaders>, act: impl FnOnce(&Request<'_>) -> T) -> T {
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let added = signed.iter().flat_map(|signed| signed.iter());
        headers.extend(added.map(|(name, value)| (name, value.as_bytes())));
        act(&Request {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: Headers(&headers),
            payload: Payload::Bytes(&self.body),
        })
    }

    fn verifies(&self, signed: &SignedHeaders, authorization: &Authorization<'_>, key: &[u8]) -> bool {
        self.with_request(Some(signed), |request| verify(authorization, request, key, NOW_MS).is_ok())
    }

    /// The canonical request in one form, with the body left out.
    fn canonical(&self, signed: &SignedHeaders, names: &str, form: QueryForm) -> Option<Vec<u8>> {
        self.with_request(Some(signed), |request| canonical_request(request, names, form, "").ok())
    }

    /// Whether this says what `original` said when it was signed.
    fn means_the_same(&self, original: &Self, signed: &SignedHeaders, names: &str) -> bool {
        // The hash of an empty body is signed even where a body would be left out.
        let body_is_free = signed.content.is_some() && !original.body.is_empty();
        let sent = original.canonical(signed, names, QueryForm::Sorted);
        let forms = QueryForm::ALL.into_iter().map(|form| self.canonical(signed, names, form));
        (body_is_free || self.body == original.body)
            && sent.is_some()
            && forms.into_iter().any(|form| form == sent)
    }

    /// This call with one thing different each time, at a place that `seed` picks.
    fn changes(&self, seed: usize) -> Vec<Self> {
        let mut all = vec![
            Self { method: replaced(&self.method, seed), ..self.clone() },
            Self { path: replaced(&self.path, seed), ..self.clone() },
            Self { query: self.query.as_deref().map(|query| replaced(query, seed)), ..self.clone() },
            Self { query: Some(self.query.clone().unwrap_or_default() + "&a"), ..self.clone() },
            Self { body: flipped(&self.body, seed), ..self.clone() },
            Self { body: [&self.body[..], b"x"].concat(), ..self.clone() },
        ];
        if !self.headers.is_empty() {
            let index = seed % self.headers.len();
            let mut more = self.clone();
            more.headers[index].1 = flipped(&more.headers[index].1, seed);
            let mut twice = self.clone();
            twice.headers.push(self.headers[index].clone());
            let mut fewer = self.clone();
            fewer.headers.remove(index);
            all.extend([more, twice, fewer]);
        }
        all
    }
}

fn replaced(text: &str, seed: usize) -> String {
    let at = seed % (text.chars().count() + 1);
    let other = |found: char| if found == '/' { 'a' } else { '/' };
    text.chars().enumerate().map(|(index, found)| if index == at { other(found) } else { found }).collect()
}

fn flipped(bytes: &[u8], seed: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if !bytes.is_empty() {
        let at = seed % bytes.len();
        bytes[at] ^= 1 << (seed % 8);
    }
    bytes
}
