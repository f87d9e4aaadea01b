//! The `Authorization` header, taken apart.
//!
//! The grammar is the one that all official signers write: fixed order, `", "` between the parts, lower-case sorted header
//! names. Nothing is looked up or computed here, and nothing is copied: the parts borrow from the header.

use thiserror::Error;

use crate::hash::Hash;
use crate::pair::Pair;

/// The service name that the SDKs put into the scope of a derived key for this API.
pub const SERVICE: &str = "iotdm";

/// No official client comes near any of these; they bound the work that a stranger can ask for.
const HEADER_BYTES_MAX: usize = 4096;
const ACCESS_KEY_ID_BYTES_MAX: usize = 128;
const REGION_BYTES_MAX: usize = 64;
const SIGNED_HEADERS_MAX: usize = 64;

/// An HMAC as lower-case hex.
const MAC_HEX_BYTES: usize = 64;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm<'a> {
    /// `SDK-HMAC-SHA256`: the secret key itself signs.
    SdkHmacSha256,
    /// `V11-HMAC-SHA256`: a key derived for one day, region and service signs.
    V11HmacSha256(Scope<'a>),
    /// `SDK-HMAC-SM3`: the secret key itself signs.
    SdkHmacSm3,
    /// `SDK-ECDSA-P256-SHA256`: a private key derived from the access key signs.
    SdkEcdsaP256Sha256,
    /// `SDK-SM2-SM3`: a private key derived from the access key signs.
    SdkSm2Sm3,
}

impl Algorithm<'_> {
    /// The name on the wire, which is also the first line of the string to sign.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::V11HmacSha256(_) => "V11-HMAC-SHA256",
            Self::SdkHmacSm3 => "SDK-HMAC-SM3",
            Self::SdkEcdsaP256Sha256 => "SDK-ECDSA-P256-SHA256",
            Self::SdkSm2Sm3 => "SDK-SM2-SM3",
        }
    }

    /// The header in which a signer states the hash of the body, or [`crate::UNSIGNED_PAYLOAD`].
    pub fn content_header(&self) -> &'static str {
        self.hash().content_header()
    }

    /// What hashes the body and the canonical request.
    pub(crate) fn hash(&self) -> Hash {
        match self {
            Self::SdkHmacSha256 | Self::V11HmacSha256(_) | Self::SdkEcdsaP256Sha256 => Hash::Sha256,
            Self::SdkHmacSm3 | Self::SdkSm2Sm3 => Hash::Sm3,
        }
    }
}

/// What a derived key is good for: `<yyyyMMdd>/<region>/<service>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    info: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Scope<'a> {
    pub(crate) fn parse(info: &'a str) -> Result<Self, Malformed> {
        let mut parts = info.split('/');
        let (Some(date), Some(region), Some(service), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Malformed::Credential);
        };
        if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Malformed::Credential);
        }
        let region_byte = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.is_empty() || region.len() > REGION_BYTES_MAX || !region.bytes().all(region_byte) {
            return Err(Malformed::Credential);
        }
        Ok(Self { info, date, region, service })
    }

    /// The whole scope: the `info` of the key derivation and the third line of the string to sign.
    pub fn info(&self) -> &'a str {
        self.info
    }

    /// The day the key is for, eight digits. Whether it is the day of the request is for [`crate::precheck`].
    pub fn date(&self) -> &'a str {
        self.date
    }

    /// The region id; any well-formed one, since a self-hosted server answers for all of them.
    pub fn region(&self) -> &'a str {
        self.region
    }

    /// The service; whether it is [`SERVICE`] is for [`crate::precheck`].
    pub fn service(&self) -> &'a str {
        self.service
    }
}

/// A well-formed `Authorization` header; still only a claim.
#[derive(Clone, Copy, Debug)]
pub struct Authorization<'a> {
    algorithm: Algorithm<'a>,
    access_key_id: &'a str,
    signed_headers: &'a str,
    signature: Signature<'a>,
}

/// What is said to be the signature.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signature<'a> {
    /// In lower-case hex. Never compare it with `==`.
    Mac(&'a str),
    /// Two numbers below the order of a curve, or so it is said.
    Pair(Pair),
}

impl<'a> Authorization<'a> {
    /// Takes the value of the header apart, in one pass and without allocation.
    pub fn parse(header: &'a str) -> Result<Self, Malformed> {
        if header.len() > HEADER_BYTES_MAX {
            return Err(Malformed::TooLong);
        }
        let (name, parameters) = header.split_once(' ').ok_or(Malformed::NotASignature)?;
        let (algorithm, access_key_id, rest) = match name {
            "V11-HMAC-SHA256" => {
                let (credential, rest) = parameter(parameters, "Credential=").ok_or(Malformed::Credential)?;
                let (access_key_id, info) = credential.split_once('/').ok_or(Malformed::Credential)?;
                (Algorithm::V11HmacSha256(Scope::parse(info)?), access_key_id, rest)
            }
            _ => {
                let algorithm = plain(name).ok_or(Malformed::NotASignature)?;
                let (access_key_id, rest) = parameter(parameters, "Access=").ok_or(Malformed::Credential)?;
                (algorithm, access_key_id, rest)
            }
        };
        check_access_key_id(access_key_id)?;
        let (signed_headers, rest) = parameter(rest, "SignedHeaders=").ok_or(Malformed::SignedHeaders)?;
        check_signed_headers(signed_headers)?;
        let signature = rest.strip_prefix("Signature=").ok_or(Malformed::Signature)?;
        let signature = parsed_signature(algorithm, signature).ok_or(Malformed::Signature)?;
        Ok(Self { algorithm, access_key_id, signed_headers, signature })
    }

    /// The algorithm, with its scope if it has one.
    pub fn algorithm(&self) -> Algorithm<'a> {
        self.algorithm
    }

    /// Whose key is said to have signed.
    pub fn access_key_id(&self) -> &'a str {
        self.access_key_id
    }

    /// The names of the signed headers, lower-case, sorted, without repetition, joined by `;`.
    pub fn signed_headers(&self) -> &'a str {
        self.signed_headers
    }

    /// Whether the header of that (lower-case) name is signed.
    pub fn signs(&self, name: &str) -> bool {
        self.signed_headers.split(';').any(|signed| signed == name)
    }

    /// The signature.
    pub(crate) fn signature(&self) -> &Signature<'a> {
        &self.signature
    }
}

/// `<prefix><value>, <rest>`
fn parameter<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(prefix)?.split_once(", ")
}

/// The algorithms that need no more than the access key.
fn plain(name: &str) -> Option<Algorithm<'static>> {
    use Algorithm::{SdkEcdsaP256Sha256, SdkHmacSha256, SdkHmacSm3, SdkSm2Sm3};
    [SdkHmacSha256, SdkHmacSm3, SdkEcdsaP256Sha256, SdkSm2Sm3]
        .into_iter()
        .find(|algorithm| algorithm.name() == name)
}

fn check_access_key_id(access_key_id: &str) -> Result<(), Malformed> {
    let permitted = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = 1..=ACCESS_KEY_ID_BYTES_MAX;
    if !length.contains(&access_key_id.len()) || !access_key_id.bytes().all(permitted) {
        return Err(Malformed::Credential);
    }
    Ok(())
}

/// All signers sort the names and lower them, and none of the names we need has a `_`. Ascending order also rules out
/// that a name is listed twice.
fn check_signed_headers(signed_headers: &str) -> Result<(), Malformed> {
    let permitted = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let mut previous = "";
    for (index, name) in signed_headers.split(';').enumerate() {
        if index == SIGNED_HEADERS_MAX || name <= previous || !name.bytes().all(permitted) {
            return Err(Malformed::SignedHeaders);
        }
        previous = name;
    }
    Ok(())
}

fn parsed_signature<'a>(algorithm: Algorithm<'_>, signature: &'a str) -> Option<Signature<'a>> {
    match algorithm {
        Algorithm::SdkHmacSha256 | Algorithm::V11HmacSha256(_) | Algorithm::SdkHmacSm3 => {
            let permitted = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            (signature.len() == MAC_HEX_BYTES && signature.bytes().all(permitted))
                .then_some(Signature::Mac(signature))
        }
        Algorithm::SdkEcdsaP256Sha256 | Algorithm::SdkSm2Sm3 => Pair::parse(signature).map(Signature::Pair),
    }
}

/// Why a header is not a signature that we can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// Another scheme (`Bearer`, `Basic`, ...) or no scheme at all.
    #[error("the Authorization header is not a signature")]
    NotASignature,
    /// Longer than any signer writes.
    #[error("the Authorization header is too long")]
    TooLong,
    /// The `Access` or `Credential` part.
    #[error("the credential of the Authorization header is malformed")]
    Credential,
    /// The `SignedHeaders` part.
    #[error("the signed headers must be lower-case names, sorted, without repetition, joined by ';'")]
    SignedHeaders,
    /// The `Signature` part.
    #[error(
        "the signature must be 64 lower-case hex digits, or the strict DER of two numbers in lower-case hex"
    )]
    Signature,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "651950e14e0c48a64081c6cd6017a668c4eaaed02ced21d8bb468bfd44d60f9f";

    #[test]
    fn takes_both_forms_apart() {
        let header =
            format!("SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host;x-sdk-date, Signature={SIGNATURE}");
        let parsed = Authorization::parse(&header).unwrap();
        assert_eq!(parsed.algorithm(), Algorithm::SdkHmacSha256);
        assert_eq!((parsed.access_key_id(), parsed.signed_headers()), ("AK1", "host;x-sdk-date"));
        assert!(parsed.signs("host") && !parsed.signs("x-sdk") && !parsed.signs("hos"));

        let header = format!(
            "V11-HMAC-SHA256 Credential=AK1/20260102/cn-north-4/iotdm, SignedHeaders=x-sdk-date, Signature={SIGNATURE}"
        );
        let parsed = Authorization::parse(&header).unwrap();
        let Algorithm::V11HmacSha256(scope) = parsed.algorithm() else { panic!("not derived") };
        assert_eq!(parsed.algorithm().name(), "V11-HMAC-SHA256");
        assert_eq!(scope.info(), "20260102/cn-north-4/iotdm");
        assert_eq!((scope.date(), scope.region(), scope.service()), ("20260102", "cn-north-4", "iotdm"));
    }

    #[test]
    fn a_curve_s_signature_is_two_numbers() {
        for (name, algorithm) in
            [("SDK-ECDSA-P256-SHA256", Algorithm::SdkEcdsaP256Sha256), ("SDK-SM2-SM3", Algorithm::SdkSm2Sm3)]
        {
            let header =
                |signature| format!("{name} Access=AK1, SignedHeaders=x-sdk-date, Signature={signature}");
            let (two, one) = (header("3006020101020102"), header(SIGNATURE));
            assert_eq!(Authorization::parse(&two).unwrap().algorithm(), algorithm);
            assert_eq!(Authorization::parse(&one).err(), Some(Malformed::Signature));
        }
    }

    #[test]
    fn names_what_is_wrong() {
        let cases = [
            ("", Malformed::NotASignature),
            ("Bearer abc", Malformed::NotASignature),
            ("SDK-HMAC-MD5 Access=A, SignedHeaders=a, Signature=00", Malformed::NotASignature),
            ("sdk-hmac-sm3 Access=A, SignedHeaders=a, Signature=00", Malformed::NotASignature),
            ("SDK-HMAC-SM3 Credential=A, SignedHeaders=a, Signature=00", Malformed::Credential),
            ("SDK-HMAC-SM3 Access=A, SignedHeaders=a, Signature=3006020101020102", Malformed::Signature),
            ("SDK-SM2-SM3 Access=A, SignedHeaders=a, Signature=3006020101020100", Malformed::Signature),
            ("SDK-HMAC-SHA256 Credential=A, SignedHeaders=a, Signature=00", Malformed::Credential),
            ("SDK-HMAC-SHA256 Access=, SignedHeaders=a, Signature=00", Malformed::Credential),
            ("SDK-HMAC-SHA256 Access=A/B, SignedHeaders=a, Signature=00", Malformed::Credential),
            ("V11-HMAC-SHA256 Credential=A, SignedHeaders=a, Signature=00", Malformed::Credential),
            ("V11-HMAC-SHA256 Credential=A/20260102/x, SignedHeaders=a, Signature=00", Malformed::Credential),
            (
                "V11-HMAC-SHA256 Credential=A/20260102/X/iotdm, SignedHeaders=a, Signature=00",
                Malformed::Credential,
            ),
            (
                "V11-HMAC-SHA256 Credential=A/2026010/x/iotdm, SignedHeaders=a, Signature=00",
                Malformed::Credential,
            ),
            (
                "V11-HMAC-SHA256 Credential=A/20260102/x/iotdm/, SignedHeaders=a, Signature=0",
                Malformed::Credential,
            ),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=b;a, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=a;a, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=a;, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=Host, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=x_y, Signature=00", Malformed::SignedHeaders),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=a, Signature=00", Malformed::Signature),
            ("SDK-HMAC-SHA256 Access=A, SignedHeaders=a", Malformed::SignedHeaders),
        ];
        for (header, expected) in cases {
            assert_eq!(Authorization::parse(header).err(), Some(expected), "{header}");
        }
        assert_eq!(Authorization::parse(&"a".repeat(5000)).err(), Some(Malformed::TooLong));
    }
}
