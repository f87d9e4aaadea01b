//! Is this request signed with this secret key?
//!
//! The caller looks the key up between [`precheck`] and [`verify`], and calls [`verify_unknown`] if there is none.

use subtle::Choice;

use crate::canonical::{canonical_request, query_forms, string_to_sign};
use crate::key::Keys;
use crate::payload::{Cover, cover, payload_hashes};
use crate::{Algorithm, Authorization, Headers, Rejected, Request, SERVICE, SdkDate, X_SDK_DATE};

/// Stands in for the key that does not exist. It is as long as a real one, so that the check takes as long; it is no secret,
/// and [`verify_unknown`] refuses even what is signed with it.
const DUMMY_SECRET_KEY: &[u8; 40] = b"no-access-key-has-this-secret-0123456789";

/// What [`precheck`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prechecked {
    /// The moment at which the request is said to have been signed.
    pub date: SdkDate,
    /// Whether the headers say that the body is left out of the signature. An empty one may be signed all the same.
    pub body_unsigned: bool,
}

/// Refuses what can be refused without the secret key and without the body, so that a server reads no body for it.
///
/// [`verify`] checks all of this again; calling it first saves work and changes no verdict. Whether the date is near is not
/// looked at here: a late request must take as long to be refused as one with a wrong signature.
///
/// # Errors
/// Every reason but [`Rejected::Signature`], [`Rejected::Stale`] and those that need the body.
pub fn precheck(authorization: &Authorization<'_>, headers: Headers<'_>) -> Result<Prechecked, Rejected> {
    if !authorization.signs("x-sdk-date") {
        return Err(Rejected::DateNotSigned);
    }
    let date = SdkDate::parse(headers.exactly_one(X_SDK_DATE)?)?;
    if let Algorithm::V11HmacSha256(scope) = authorization.algorithm() {
        if scope.date() != date.day() {
            return Err(Rejected::ScopeDate);
        }
        if scope.service() != SERVICE {
            return Err(Rejected::ScopeService);
        }
    }
    for name in authorization.signed_headers().split(';') {
        headers.exactly_one(name)?;
    }
    Ok(Prechecked { date, body_unsigned: cover(authorization, headers)? != Cover::Whole })
}

/// Accepts the request if an official signer could have made its signature with this secret key.
///
/// The time it takes depends on the request, never on the secret key or on how much of the signature is right.
///
/// # Errors
/// Why the request is refused. The difference is for logs; the caller is told one and the same thing.
pub fn verify(
    authorization: &Authorization<'_>,
    request: &Request<'_>,
    secret_key: &[u8],
    now_ms: i64,
) -> Result<(), Rejected> {
    let Prechecked { date, .. } = precheck(authorization, request.headers)?;
    let algorithm = authorization.algorithm();
    let payload_hashes = payload_hashes(authorization, request)?;
    let keys = Keys::derived(algorithm, authorization.access_key_id(), secret_key);
    // No early exit: every form of the request is tried, also after one has matched and whatever the date is.
    let mut matched = Choice::from(0);
    for query_form in query_forms(request.query) {
        for payload_hash in &payload_hashes {
            let canonical =
                canonical_request(request, authorization.signed_headers(), query_form, payload_hash)?;
            matched |= keys.signed(&string_to_sign(algorithm, &date, &canonical), authorization.signature());
        }
    }
    date.check_fresh(now_ms)?;
    if bool::from(matched) { Ok(()) } else { Err(Rejected::Signature) }
}

/// Takes as long as [`verify`] and always refuses: for an access key that does not exist or may not be used.
pub fn verify_unknown(authorization: &Authorization<'_>, request: &Request<'_>, now_ms: i64) -> Rejected {
    verify(authorization, request, DUMMY_SECRET_KEY, now_ms).err().unwrap_or(Rejected::Signature)
}
