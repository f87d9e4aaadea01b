//! A request as the signature sees it: borrowed, and exactly as it was on the wire.
//!
//! Nothing here is normalised, decoded or re-serialised; whoever makes a [`Request`] must not do so either.

use crate::Rejected;

/// What was signed, or is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, upper-case as every official client sends it.
    pub method: &'a str,
    /// The path, percent-encoded as on the wire, without the query.
    pub path: &'a str,
    /// What follows the `?`, if there is one, as on the wire.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: Headers<'a>,
    /// The body.
    pub payload: Payload<'a>,
}

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// The whole body; empty if there is none.
    Bytes(&'a [u8]),
    /// A body that is read after the signature is checked (an upload). Only a request that says `UNSIGNED-PAYLOAD` may be
    /// verified so.
    Streamed,
}

/// The headers of a request, each a name in any case and the bytes of its value.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a>(pub &'a [(&'a str, &'a [u8])]);

impl<'a> Headers<'a> {
    /// The value of a header that may be present once.
    ///
    /// A repeated header is refused, never joined or picked from: a signer signs one value, and a reader that takes the
    /// other one would act on something that nobody signed.
    pub(crate) fn at_most_one(self, name: &str) -> Result<Option<&'a [u8]>, Rejected> {
        let mut values = self.0.iter().filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => Ok(Some(trimmed(value))),
            (Some(_), Some(_)) => Err(Rejected::HeaderRepeated(name.to_owned())),
        }
    }

    /// The value of a header that must be present once.
    pub(crate) fn exactly_one(self, name: &str) -> Result<&'a [u8], Rejected> {
        self.at_most_one(name)?.ok_or_else(|| Rejected::HeaderAbsent(name.to_owned()))
    }
}

/// A value without the optional white space around it (RFC 9110, 5.5).
///
/// Python and Go trim before they sign, Java does not. That needs no variant of its own: the white space is not part of
/// the value on the wire, so a value that Java signs with it can be verified by nobody.
fn trimmed(value: &[u8]) -> &[u8] {
    value.trim_ascii()
}
