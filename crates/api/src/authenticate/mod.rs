//! Authentication: who sent a request. The signature is checked over the bytes of the wire; nothing is decoded,
//! normalised or believed before.
//!
//! What can be refused without the body is, so that a stranger cannot make us read megabytes. Every failure looks the
//! same from outside, in answer and in work.

mod lockout;
mod signature;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::{Extensions, HeaderMap, request::Parts as Head};
use sign::Payload;
use store::identity::{Principal, Revision};
use types::Code;

pub(crate) use lockout::Lockout;
use signature::Signed;

use crate::{Api, error::ApiError};

/// Where a request came from, as whoever accepted its connection tells. Without it all requests count as from one
/// place.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

/// The bits of an IPv6 address that tell one customer of a provider from another; the rest he picks himself.
const NETWORK: u128 = !0 << 64;

impl Source {
    /// That of a request.
    pub(crate) fn of(extensions: &Extensions) -> IpAddr {
        extensions.get::<Self>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |source| source.0)
    }

    /// What limits of an address count by, so that nobody has more by having many of them.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
            address => address,
        }
    }
}

/// A request whose key or token has been looked up and whose body is still to come.
pub(crate) enum Authenticating {
    /// By a signature, which must be right.
    Signed(Signed),
    /// By a token, which is proof by itself.
    Token(Proven),
}

/// Who sent a request, proven.
pub(crate) struct Proven {
    /// Who it is.
    pub(crate) principal: Principal,
    /// What its rights were read at.
    pub(crate) revision: Revision,
    /// How it was proven, for the record: the access key's id, or `token`.
    pub(crate) by: String,
    /// Where it came from.
    pub(crate) source: IpAddr,
    /// The one project that a token is for.
    pub(crate) only_in: Option<String>,
}

/// Refuses as every failure is refused; only the log says why.
fn refused(why: &dyn std::fmt::Display) -> ApiError {
    tracing::debug!(%why, "not authenticated");
    Code::Unauthenticated.into()
}

/// A header that must be a text and stand once.
pub(crate) fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Where a request came from.
pub(crate) fn source(head: &Head) -> IpAddr {
    Source::of(&head.extensions)
}

/// Looks up who a request says it is from.
pub(crate) async fn begin(api: &Api, head: &Head) -> Result<Authenticating, ApiError> {
    // A request that is signed is judged by its signature, whatever else it carries.
    if head.headers.contains_key("authorization") {
        return Ok(Authenticating::Signed(Signed::begin(api, head).await?));
    }
    let token =
        only(&head.headers, "x-auth-token").ok_or_else(|| refused(&"neither a signature nor a token"))?;
    let known = api.store.known_token(token.to_owned()).await?.ok_or_else(|| refused(&"no such token"))?;
    Ok(Authenticating::Token(Proven {
        principal: known.principal,
        revision: known.revision,
        by: "token".to_owned(),
        source: source(head),
        only_in: known.token.project_id,
    }))
}

impl Authenticating {
    /// Whether the body is no part of the proof, so that it need not be read for it.
    pub(crate) fn proves_without_body(&self) -> bool {
        match self {
            Self::Signed(signed) => signed.body_unsigned,
            Self::Token(_) => true,
        }
    }

    /// Judges the whole request.
    pub(crate) fn finish(self, api: &Api, head: &Head, payload: Payload<'_>) -> Result<Proven, ApiError> {
        match self {
            Self::Signed(signed) => signed.finish(api, head, payload),
            Self::Token(proven) => Ok(proven),
        }
    }
}
