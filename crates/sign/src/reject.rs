//! Why a signed request is refused.
//!
//! The reasons are for logs and tests. What the caller is told must not tell an unknown key from a wrong signature.

use thiserror::Error;

use crate::Malformed;

/// A request whose signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejected {
    /// `X-Sdk-Date` is not among the signed headers, so that anybody could move it.
    #[error("X-Sdk-Date is not signed")]
    DateNotSigned,
    /// `X-Sdk-Date` is not `yyyyMMddTHHmmssZ`.
    #[error("X-Sdk-Date is malformed")]
    DateMalformed,
    /// The request was signed too long ago, or in the future.
    #[error("X-Sdk-Date is {skew_ms} ms away from the clock of the server")]
    Stale {
        /// Clock of the server minus `X-Sdk-Date`.
        skew_ms: i64,
    },
    /// The derived key is for another day than the request.
    #[error("the credential is for another day than X-Sdk-Date")]
    ScopeDate,
    /// The derived key is for another service.
    #[error("the credential is for another service")]
    ScopeService,
    /// A header that must be there is not.
    #[error("the header {0} is absent")]
    HeaderAbsent(String),
    /// A header that must be there once is there more than once.
    #[error("the header {0} is repeated")]
    HeaderRepeated(String),
    /// The value of a signed header has a control character.
    #[error("the header {0} has a control character")]
    HeaderMalformed(String),
    /// The method is not a word of upper-case letters.
    #[error("the method is malformed")]
    MethodMalformed,
    /// `UNSIGNED-PAYLOAD` with a Content-Type for which the official clients sign the body, or without one.
    #[error("the body must be signed for this Content-Type")]
    PayloadMustBeSigned,
    /// The body was not read, but the request does not say `UNSIGNED-PAYLOAD`.
    #[error("the body of this request must be UNSIGNED-PAYLOAD")]
    PayloadNotRead,
    /// `X-Sdk-Content-Sha256` or `X-Sdk-Content-Sm3` is not the hash of the body.
    #[error("the body does not match the hash that the headers state")]
    PayloadMismatch,
    /// Only when signing: the `Authorization` header would be one that nobody can read.
    #[error(transparent)]
    Authorization(#[from] Malformed),
    /// The signature is not the one of this request under this key.
    #[error("the signature does not match")]
    Signature,
}
