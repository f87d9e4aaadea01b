//! Proof by a signature.

use axum::http::request::Parts as Head;
use sign::{Authorization, Headers, Payload, Rejected};
use store::identity::KnownKey;

use super::{Proven, only, refused, source};
use crate::{Api, error::ApiError};

const SECURITY_TOKEN: &str = "x-security-token";

/// A signed request whose key has been looked up.
pub(crate) struct Signed {
    authorization: String,
    /// Whether its signer has left the body out.
    pub(super) body_unsigned: bool,
    key: Option<KnownKey>,
}

fn headers(head: &Head) -> Vec<(&str, &[u8])> {
    head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

impl Signed {
    pub(super) async fn begin(api: &Api, head: &Head) -> Result<Self, ApiError> {
        let header =
            only(&head.headers, "authorization").ok_or_else(|| refused(&"no Authorization"))?.to_owned();
        let authorization = Authorization::parse(&header).map_err(|error| refused(&error))?;
        let prechecked =
            sign::precheck(&authorization, Headers(&headers(head))).map_err(|error| refused(&error))?;
        api.0.lockout.refuse_locked(authorization.access_key_id(), source(head))?;
        let access_key_id = authorization.access_key_id().to_owned();
        // A temporary key counts only with its token, and a permanent one only without any.
        let key = match head.headers.contains_key(SECURITY_TOKEN) {
            true => api.store.known_temporary_key(access_key_id).await?,
            false => api.store.known_key(access_key_id).await?,
        };
        Ok(Self { authorization: header, body_unsigned: prechecked.body_unsigned, key })
    }

    pub(super) fn finish(self, api: &Api, head: &Head, payload: Payload<'_>) -> Result<Proven, ApiError> {
        let authorization = Authorization::parse(&self.authorization).map_err(|error| refused(&error))?;
        let headers = headers(head);
        let request = sign::Request {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query(),
            headers: Headers(&headers),
            payload,
        };
        let now = api.store.now_ms();
        let verdict = match &self.key {
            Some(key) => sign::verify(&authorization, &request, &key.secret, now).and_then(|()| {
                let token = only(&head.headers, SECURITY_TOKEN);
                if key.admits_token(token) { Ok(key) } else { Err(Rejected::Signature) }
            }),
            None => Err(sign::verify_unknown(&authorization, &request, now)),
        };
        let (by, source) = (authorization.access_key_id(), source(head));
        match verdict {
            Ok(key) => {
                api.0.lockout.succeeded(by, source);
                let (principal, revision) = (key.principal.clone(), key.revision);
                Ok(Proven { principal, revision, by: by.to_owned(), source, only_in: None })
            }
            Err(rejected) => {
                if matches!(rejected, Rejected::Signature) {
                    api.0.lockout.failed(by, source);
                }
                Err(refused(&rejected))
            }
        }
    }
}
