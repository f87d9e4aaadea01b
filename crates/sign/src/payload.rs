//! What the last line of the canonical request may be: the hash of the body, or `UNSIGNED-PAYLOAD`.
//!
//! **Invariant:** a body is acted upon only if its real hash was signed, or if the signer left it out knowingly and for a
//! Content-Type for which the official clients do so.

use crate::hash::Hash;
use crate::{Authorization, Headers, Payload, Rejected, Request, UNSIGNED_PAYLOAD};

/// The types whose body every official client signs; `UNSIGNED-PAYLOAD` is theirs for all others (in practice: multipart).
const SIGNED_TYPES: [&[u8]; 2] = [b"application/json", b"application/bson"];

/// How a signature covers the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// By its hash.
    Whole,
    /// Not at all: `UNSIGNED-PAYLOAD` is signed instead.
    Named,
    /// Not at all: the hash of nothing is signed instead. So does the Java signer with SM3, since its client says
    /// `UNSIGNED-PAYLOAD` in the header of SHA-256 whatever the algorithm is.
    Nothing,
}

/// How the body is covered; refuses that it is left out where that is not allowed.
pub(crate) fn cover(authorization: &Authorization<'_>, headers: Headers<'_>) -> Result<Cover, Rejected> {
    let says_unsigned = |hash: Hash| {
        let value = headers.at_most_one(hash.content_header())?;
        Ok::<_, Rejected>(value == Some(UNSIGNED_PAYLOAD.as_bytes()))
    };
    let hash = authorization.algorithm().hash();
    let cover = if says_unsigned(hash)? {
        Cover::Named
    } else if hash == Hash::Sm3 && authorization.signs("x-sdk-content-sha256") && says_unsigned(Hash::Sha256)?
    {
        Cover::Nothing
    } else {
        return Ok(Cover::Whole);
    };
    if leaves_body_unsigned(headers)? { Ok(cover) } else { Err(Rejected::PayloadMustBeSigned) }
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
pub(crate) fn payload_hashes(
    authorization: &Authorization<'_>,
    request: &Request<'_>,
) -> Result<Vec<String>, Rejected> {
    let hash = authorization.algorithm().hash();
    let of_body = match (cover(authorization, request.headers)?, request.payload) {
        (Cover::Nothing, _) => return Ok(vec![hash.hex(b"")]),
        // Without a body Python signs the hash of nothing although it sends the header; Java and Go sign the header.
        (Cover::Named, Payload::Bytes(b"")) => return Ok(vec![UNSIGNED_PAYLOAD.to_owned(), hash.hex(b"")]),
        (Cover::Named, _) => return Ok(vec![UNSIGNED_PAYLOAD.to_owned()]),
        (Cover::Whole, Payload::Streamed) => return Err(Rejected::PayloadNotRead),
        (Cover::Whole, Payload::Bytes(body)) => hash.hex(body),
    };
    // All signers take the value of the header unseen. It must be true, so that what was signed is what is read.
    match request.headers.at_most_one(hash.content_header())? {
        Some(stated) if stated != of_body.as_bytes() => Err(Rejected::PayloadMismatch),
        _ => Ok(vec![of_body]),
    }
}
