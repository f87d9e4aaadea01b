//! What the last line of the canonical request may be: the hash of the body, or `UNSIGNED-PAYLOAD`.
//!
//! **Invariant:** a body is acted upon only if its real hash was signed, or if the signer left it out knowingly and for a
//! Content-Type for which the official clients do so.

use crate::key::sha256_hex;
use crate::{Headers, Payload, Rejected, Request, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256};

/// The types whose body every official client signs; `UNSIGNED-PAYLOAD` is theirs for all others (in practice: multipart).
const SIGNED_TYPES: [&[u8]; 2] = [b"application/json", b"application/bson"];

/// Whether the request leaves its body out of the signature; refuses it where that is not allowed.
pub(crate) fn is_unsigned(headers: Headers<'_>) -> Result<bool, Rejected> {
    if headers.at_most_one(X_SDK_CONTENT_SHA256)? != Some(UNSIGNED_PAYLOAD.as_bytes()) {
        return Ok(false);
    }
    if leaves_body_unsigned(headers)? { Ok(true) } else { Err(Rejected::PayloadMustBeSigned) }
}

/// Whether an official client says `UNSIGNED-PAYLOAD` for a request with these headers.
///
/// The SDKs compare the type by case; media types know none, and the reader of the body will treat `Application/JSON` as
/// JSON, so it is compared without.
pub(crate) fn leaves_body_unsigned(headers: Headers<'_>) -> Result<bool, Rejected> {
    let Some(content_type) = headers.at_most_one("Content-Type")?.filter(|value| !value.is_empty()) else {
        return Ok(false);
    };
    let starts_with = |prefix: &[u8]| {
        content_type.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    Ok(!SIGNED_TYPES.into_iter().any(starts_with))
}

/// The payload hashes that an official signer may have put into the canonical request: one, or two in a single case.
pub(crate) fn payload_hashes(request: &Request<'_>) -> Result<Vec<String>, Rejected> {
    let unsigned = is_unsigned(request.headers)?;
    let body = match request.payload {
        Payload::Streamed if unsigned => return Ok(vec![UNSIGNED_PAYLOAD.to_owned()]),
        Payload::Streamed => return Err(Rejected::PayloadNotRead),
        Payload::Bytes(body) => body,
    };
    let hash = sha256_hex(body);
    if unsigned {
        // Without a body Python signs the hash of nothing although it sends the header; Java and Go sign the header.
        let mut hashes = vec![UNSIGNED_PAYLOAD.to_owned()];
        if body.is_empty() {
            hashes.push(hash);
        }
        return Ok(hashes);
    }
    // All signers take the value of the header unseen. It must be true, so that what was signed is what is read.
    match request.headers.at_most_one(X_SDK_CONTENT_SHA256)? {
        Some(stated) if stated != hash.as_bytes() => Err(Rejected::PayloadMismatch),
        _ => Ok(vec![hash]),
    }
}
