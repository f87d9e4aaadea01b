//! The `Authorization` header, taken apart.
//!
//! The grammar is the one that all official signers write: fixed order, `", "` between the parts, lower-case sorted header
//! names. Nothing is looked up or computed here, and nothing is copied: the parts borrow from the header.

use thiserror::Error;

/// The service name that the SDKs put into the scope of a derived key for this API.
pub const SERVICE: &str = "iotdm";

/// No official client comes near any of these; they bound the work that a stranger can ask for.
const HEADER_BYTES_MAX: usize = 4096;
const ACCESS_KEY_ID_BYTES_MAX: usize = 128;
const REGION_BYTES_MAX: usize = 64;
const SIGNED_HEADERS_MAX: usize = 64;

/// HMAC-SHA256 as lower-case hex.
const HMAC_SHA256_HEX_BYTES: usize = 64;

/// The algorithms of the SDKs that are not checked yet, by their names on the wire.
const UNSUPPORTED: [&str; 3] = ["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3"];

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm<'a> {
    /// `SDK-HMAC-SHA256`: the secret key itself signs.
    SdkHmacSha256,
    /// `V11-HMAC-SHA256`: a key derived for one day, region and service signs.
    V11HmacSha256(Scope<'a>),
}

impl Algorithm<'_> {
    /// The name on the wire, which is also the first line of the string to sign.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SdkHmacSha256 => "SDK-HMAC-SHA256",
            Self::V11HmacSha256(_) => "V11-HMAC-SHA256",
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
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Takes the value of the header apart, in one pass and without allocation.
    pub fn parse(header: &'a str) -> Result<Self, Malformed> {
        if header.len() > HEADER_BYTES_MAX {
            return Err(Malformed::TooLong);
        }
        let (name, parameters) = header.split_once(' ').ok_or(Malformed::NotASignature)?;
        let (algorithm, access_key_id, rest) = match name {
            "SDK-HMAC-SHA256" => {
                let (access_key_id, rest) = parameter(parameters, "Access=").ok_or(Malformed::Credential)?;
                (Algorithm::SdkHmacSha256, access_key_id, rest)
            }
            "V11-HMAC-SHA256" => {
                let (credential, rest) = parameter(parameters, "Credential=").ok_or(Malformed::Credential)?;
                let (access_key_id, info) = credential.split_once('/').ok_or(Malformed::Credential)?;
                (Algorithm::V11HmacSha256(Scope::parse(info)?), access_key_id, rest)
            }
            _ => return Err(unknown(name)),
        };
        check_access_key_id(access_key_id)?;
        let (signed_headers, rest) = parameter(rest, "SignedHeaders=").ok_or(Malformed::SignedHeaders)?;
        check_signed_headers(signed_headers)?;
        let signature = rest.strip_prefix("Signature=").ok_or(Malformed::Signature)?;
        check_signature(signature)?;
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

    /// The signature in lower-case hex. Never compare it with `==`.
    pub(crate) fn signature(&self) -> &'a str {
        self.signature
    }
}

/// `<prefix><value>, <rest>`
fn parameter<'a>(text: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(prefix)?.split_once(", ")
}

fn unknown(name: &str) -> Malformed {
    match UNSUPPORTED.iter().find(|unsupported| **unsupported == name) {
        Some(unsupported) => Malformed::Unsupported(unsupported),
        None => Malformed::NotASignature,
    }
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

fn check_signature(signature: &str) -> Result<(), Malformed> {
    let permitted = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if signature.len() != HMAC_SHA256_HEX_BYTES || !signature.bytes().all(permitted) {
        return Err(Malformed::Signature);
    }
    Ok(())
}

/// Why a header is not a signature that we can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// Another scheme (`Bearer`, `Basic`, ...) or no scheme at all.
    #[error("the Authorization header is not a signature")]
    NotASignature,
    /// A signature of the SDKs that this server does not check.
    #[error("the signature algorithm {0} is not supported")]
    Unsupported(&'static str),
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
    #[error("the signature must be 64 lower-case hex digits")]
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
        assert_eq!(scope.info(), "20260102/cn-north-4/iotdm");
        assert_eq!((scope.date(), scope.region(), scope.service()), ("20260102", "cn-north-4", "iotdm"));
    }

    #[test]
    fn names_what_is_wrong() {
        let cases = [
            ("", Malformed::NotASignature),
            ("Bearer abc", Malformed::NotASignature),
            ("SDK-HMAC-SM3 Access=A, SignedHeaders=a, Signature=00", Malformed::Unsupported("SDK-HMAC-SM3")),
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
