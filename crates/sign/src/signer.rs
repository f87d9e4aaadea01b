//! Signs a request as the Python SDK does: for our own clients and for tests.

use crate::canonical::{QueryForm, canonical_request, string_to_sign};
use crate::key::Keys;
use crate::payload::leaves_body_unsigned;
use crate::{
    Algorithm, Authorization, Headers, Payload, Rejected, Request, SERVICE, Scope, SdkDate, UNSIGNED_PAYLOAD,
    X_SDK_DATE,
};

/// How to sign, as the SDKs let one choose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm<'a> {
    /// `SDK-HMAC-SHA256`.
    #[default]
    HmacSha256,
    /// `V11-HMAC-SHA256`, with a key for this region id.
    V11HmacSha256(&'a str),
    /// `SDK-HMAC-SM3`.
    HmacSm3,
    /// `SDK-ECDSA-P256-SHA256`.
    EcdsaP256Sha256,
    /// `SDK-SM2-SM3`.
    Sm2Sm3,
}

/// An access key that signs. It has no `Debug`, so that the secret key cannot get into a log.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret key.
    pub secret_key: &'a [u8],
    /// How it signs.
    pub algorithm: SigningAlgorithm<'a>,
}

/// The headers to add to a request so that it is signed.
#[derive(Clone, Debug)]
pub struct SignedHeaders {
    /// `X-Sdk-Date`.
    pub x_sdk_date: String,
    /// [`Algorithm::content_header`] and its value, if the body is left out of the signature.
    pub content: Option<(&'static str, &'static str)>,
    /// `Authorization`.
    pub authorization: String,
}

impl SignedHeaders {
    /// Names and values, in no meaningful order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [(X_SDK_DATE, self.x_sdk_date.as_str()), ("Authorization", self.authorization.as_str())]
            .into_iter()
            .chain(self.content)
    }
}

impl Signer<'_> {
    /// Signs the request with all of its headers, except those with a `_` in the name, at the moment `date_ms`.
    ///
    /// The request must have the headers with which it will be sent (`Host` too), and none of those that this adds.
    ///
    /// # Errors
    /// The request cannot be put into canonical form, the access key, the region or the names of the headers cannot be put
    /// into an `Authorization` header, or the moment is no date.
    pub fn sign(&self, request: &Request<'_>, date_ms: i64) -> Result<SignedHeaders, Rejected> {
        let date = SdkDate::from_ms(date_ms).ok_or(Rejected::DateMalformed)?;
        let info = self.info(&date);
        let algorithm = self.algorithm(&info)?;
        let unsigned = matches!(request.payload, Payload::Streamed) || leaves_body_unsigned(request.headers)?;
        let content = unsigned.then_some((algorithm.content_header(), UNSIGNED_PAYLOAD));
        let mut headers = request.headers.0.to_vec();
        headers.push((X_SDK_DATE, date.as_str().as_bytes()));
        headers.extend(content.map(|(name, value)| (name, value.as_bytes())));
        let signed_headers = signed_headers(&headers);
        let payload_hash = match request.payload {
            Payload::Bytes(body) if !unsigned || body.is_empty() => algorithm.hash().hex(body),
            _ => UNSIGNED_PAYLOAD.to_owned(),
        };
        let request = Request { headers: Headers(&headers), ..*request };
        let canonical = canonical_request(&request, &signed_headers, QueryForm::Sorted, &payload_hash)?;
        let keys = Keys::derived(algorithm, self.access_key_id, self.secret_key);
        let signature =
            keys.sign(&string_to_sign(algorithm, &date, &canonical)).ok_or(Rejected::Signature)?;
        let authorization = self.authorization(algorithm, &signed_headers, &signature);
        // A name with a full stop, a hundred headers: better told here than by a refusal that says nothing.
        Authorization::parse(&authorization)?;
        Ok(SignedHeaders { x_sdk_date: date.as_str().to_owned(), content, authorization })
    }

    /// What a derived key is for; empty for the other algorithms.
    fn info(&self, date: &SdkDate) -> String {
        match self.algorithm {
            SigningAlgorithm::V11HmacSha256(region) => format!("{}/{region}/{SERVICE}", date.day()),
            _ => String::new(),
        }
    }

    fn algorithm<'s>(&self, info: &'s str) -> Result<Algorithm<'s>, Rejected> {
        Ok(match self.algorithm {
            SigningAlgorithm::HmacSha256 => Algorithm::SdkHmacSha256,
            SigningAlgorithm::V11HmacSha256(_) => {
                Algorithm::V11HmacSha256(Scope::parse(info).map_err(|_| Rejected::ScopeService)?)
            }
            SigningAlgorithm::HmacSm3 => Algorithm::SdkHmacSm3,
            SigningAlgorithm::EcdsaP256Sha256 => Algorithm::SdkEcdsaP256Sha256,
            SigningAlgorithm::Sm2Sm3 => Algorithm::SdkSm2Sm3,
        })
    }

    fn authorization(&self, algorithm: Algorithm<'_>, signed_headers: &str, signature: &str) -> String {
        let (name, key) = (algorithm.name(), self.access_key_id);
        let credential = match algorithm {
            Algorithm::V11HmacSha256(scope) => format!("Credential={key}/{}", scope.info()),
            _ => format!("Access={key}"),
        };
        format!("{name} {credential}, SignedHeaders={signed_headers}, Signature={signature}")
    }
}

fn signed_headers(headers: &[(&str, &[u8])]) -> String {
    let mut names: Vec<String> = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !name.contains('_'))
        .collect();
    names.sort();
    names.join(";")
}
