//! The signatures that the official SDKs put on their requests: made, and checked.
//!
//! ```text
//!   Authorization header ── Authorization::parse ─┐
//!   headers ────────────── precheck ──────────────┤  before the body is read and the key looked up
//!   path, query, body ──── canonical_request ─────┤
//!                          string_to_sign ────────┴─ verify, in a time that no secret changes
//! ```
//!
//! Pure functions only. This crate reads no clock (the caller passes `now_ms`), looks up no keys, does no I/O, and knows
//! neither an HTTP library nor a status code: a [`Request`] borrows what was on the wire, exactly as it was.
//!
//! What is accepted is the union of what the official Python, Java and Go signers make, and nothing looser. Where they
//! differ, the difference is one entry of the closed list [`QueryForm::ALL`], of the payload rules in `payload.rs`, or of the
//! keys in `curve/`.

mod authorization;
mod canonical;
mod curve;
mod date;
mod hash;
mod key;
mod pair;
mod payload;
mod percent;
mod reject;
mod request;
mod signer;
mod verify;

pub use authorization::{Algorithm, Authorization, Malformed, SERVICE, Scope};
pub use canonical::{QueryForm, canonical_request, string_to_sign};
pub use date::{CLOCK_SKEW_MAX_MS, SdkDate};
pub use key::derive_key;
pub use reject::Rejected;
pub use request::{Headers, Payload, Request};
pub use signer::{SignedHeaders, Signer, SigningAlgorithm};
pub use verify::{Prechecked, precheck, verify, verify_unknown};

/// The header that says when a request was signed.
pub const X_SDK_DATE: &str = "X-Sdk-Date";

/// The value of [`Algorithm::content_header`] that leaves the body out of the signature.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
