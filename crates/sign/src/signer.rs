//! Signs a request as the Python SDK does: for our own clients and for tests.

use crate::canonical::{QueryForm, canonical_request, string_to_sign};
use crate::key::sha256_hex;
use crate::payload::leaves_body_unsigned;
use crate::verify::signature;
use crate::{
    Algorithm, Authorization, Headers, Payload, Rejected, Request, SERVICE, Scope, SdkDate, UNSIGNED_PAYLOAD,
    X_SDK_CONTENT_SHA256, X_SDK_DATE,
};

/// An access key that signs. It has no `Debug`, so that the secret key cannot get into a log.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The secret key.
    pub secret_key: &'a [u8],
    /// With a region id the key is derived for it (`V11-HMAC-SHA256`); without one it signs itself (`SDK-HMAC-SHA256`).
    pub region: Option<&'a str>,
}

/// The headers to add to a request so that it is signed.
#[derive(Clone, Debug)]
pub struct SignedHeaders {
    /// `X-Sdk-Date`.
    pub x_sdk_date: String,
    /// `X-Sdk-Content-Sha256`, if the body is left out of the signature.
    pub x_sdk_content_sha256: Option<&'static str>,
    /// `Authorization`.
    pub authorization: String,
}

impl SignedHeaders {
    /// Names and values, in no meaningful order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let content = self.x_sdk_content_sha256.map(|value| (X_SDK_CONTENT_SHA256, value));
        [(X_SDK_DATE, self.x_sdk_date.as_str()), ("Authorization", self.authorization.as_str())]
            .into_iter()
            .chain(content)
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
        let unsigned = matches!(request.payload, Payload::Streamed) || leaves_body_unsigned(request.headers)?;
        let mut headers = request.headers.0.to_vec();
        headers.push((X_SDK_DATE, date.as_str().as_bytes()));
        if unsigned {
            headers.push((X_SDK_CONTENT_SHA256, UNSIGNED_PAYLOAD.as_bytes()));
        }
        let signed_headers = signed_headers(&headers);
        let payload_hash = match request.payload {
            Payload::Bytes([]) => sha256_hex(b""),
            _ if unsigned => UNSIGNED_PAYLOAD.to_owned(),
            Payload::Bytes(body) => sha256_hex(body),
            Payload::Streamed => UNSIGNED_PAYLOAD.to_owned(),
        };
        let request = Request { headers: Headers(&headers), ..*request };
        let canonical = canonical_request(&request, &signed_headers, QueryForm::Sorted, &payload_hash)?;
        Ok(SignedHeaders {
            x_sdk_date: date.as_str().to_owned(),
            x_sdk_content_sha256: unsigned.then_some(UNSIGNED_PAYLOAD),
            authorization: self.authorization(&date, &signed_headers, &canonical)?,
        })
    }

    fn authorization(
        &self,
        date: &SdkDate,
        signed_headers: &str,
        canonical: &[u8],
    ) -> Result<String, Rejected> {
        let info = self.region.map(|region| format!("{}/{region}/{SERVICE}", date.day()));
        let (algorithm, credential) = match &info {
            None => (Algorithm::SdkHmacSha256, format!("Access={}", self.access_key_id)),
            Some(info) => {
                let scope = Scope::parse(info).map_err(|_| Rejected::ScopeService)?;
                (Algorithm::V11HmacSha256(scope), format!("Credential={}/{info}", self.access_key_id))
            }
        };
        let text = string_to_sign(algorithm, date, canonical);
        let signature = signature(algorithm, self.access_key_id, self.secret_key, &text);
        let name = algorithm.name();
        let header = format!("{name} {credential}, SignedHeaders={signed_headers}, Signature={signature}");
        // A name with a full stop, a hundred headers: better told here than by a refusal that says nothing.
        Authorization::parse(&header)?;
        Ok(header)
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
