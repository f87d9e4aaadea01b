//! The canonical request and the string to sign.
//!
//! ```text
//! METHOD                      string to sign:
//! /canonical/uri/               <algorithm>
//! canonical=query               <X-Sdk-Date>
//! name:value                    [<scope>]            only V11
//! ...                           hex(hash(canonical request))
//!
//! name;...
//! payload hash
//! ```
//!
//! Two wire forms may have one canonical form (`/a` and `/a/`, `%7e` and `~`, `/` and `%2F` in a path): that is how the
//! published algorithm is, and every official signer relies on it. A route must therefore not give `%2F` a meaning.

use crate::percent;
use crate::{Algorithm, Rejected, Request, SdkDate};

/// The forms that the official signers give to one and the same query: a closed list.
///
/// They differ only in a query with upper-case keys or with one key more than once. Keys are always sorted (by their
/// decoded bytes), and key and value are always decoded and encoded again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryForm {
    /// As published, and as the Go SDK does it: the values of one key are sorted. So does Python with a list of strings.
    Sorted,
    /// The values of one key stay in the order of the wire. Java does not sort them, and Python sorts a list of numbers by
    /// number and sends it in that order.
    ValuesAsSent,
    /// [`QueryForm::Sorted`], with the keys in lower case: what older versions of the Go SDK sign while they send the keys
    /// as they are.
    LowerCaseKeys,
}

impl QueryForm {
    /// Every form, the most frequent first.
    pub const ALL: [Self; 3] = [Self::Sorted, Self::ValuesAsSent, Self::LowerCaseKeys];
}

/// Builds the canonical request over the signed headers that are named.
///
/// # Errors
/// A signed header is absent, repeated or has a control character, or the method is not a word of upper-case letters: a
/// line feed in any of them could move the border between two parts.
pub fn canonical_request(
    request: &Request<'_>,
    signed_headers: &str,
    query_form: QueryForm,
    payload_hash: &str,
) -> Result<Vec<u8>, Rejected> {
    if request.method.is_empty() || !request.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Rejected::MethodMalformed);
    }
    let mut canonical = Vec::with_capacity(1024);
    let mut line = |line: &[&[u8]]| {
        line.iter().for_each(|part| canonical.extend_from_slice(part));
        canonical.push(b'\n');
    };
    line(&[request.method.as_bytes()]);
    line(&[canonical_uri(request.path).as_bytes()]);
    line(&[canonical_query(request.query, query_form).as_bytes()]);
    for name in signed_headers.split(';') {
        let value = request.headers.exactly_one(name)?;
        if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Rejected::HeaderMalformed(name.to_owned()));
        }
        line(&[name.as_bytes(), b":", value]);
    }
    line(&[]);
    line(&[signed_headers.as_bytes()]);
    canonical.extend_from_slice(payload_hash.as_bytes());
    Ok(canonical)
}

/// Builds the text that the signature is over.
pub fn string_to_sign(algorithm: Algorithm<'_>, date: &SdkDate, canonical_request: &[u8]) -> String {
    let hash = algorithm.hash().hex(canonical_request);
    let (name, date) = (algorithm.name(), date.as_str());
    match algorithm {
        Algorithm::V11HmacSha256(scope) => format!("{name}\n{date}\n{}\n{hash}", scope.info()),
        _ => format!("{name}\n{date}\n{hash}"),
    }
}

/// Decodes the path, encodes it again and ends it with a slash, which is only here and not on the wire.
fn canonical_uri(path: &str) -> String {
    let mut canonical = String::with_capacity(path.len() + 1);
    // The order matters: Python decodes before it splits, so that a `%2F` becomes a border between segments.
    for (index, segment) in percent::decode(path).split(|byte| *byte == b'/').enumerate() {
        if index > 0 {
            canonical.push('/');
        }
        percent::encode_into(&mut canonical, segment);
    }
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

/// Every distinct canonical form of the query. How many there are depends on the query alone, never on a secret.
pub(crate) fn query_forms(query: Option<&str>) -> Vec<QueryForm> {
    let mut seen: Vec<String> = Vec::new();
    let mut forms = Vec::new();
    for form in QueryForm::ALL {
        let canonical = canonical_query(query, form);
        if !seen.contains(&canonical) {
            seen.push(canonical);
            forms.push(form);
        }
    }
    forms
}

fn canonical_query(query: Option<&str>, form: QueryForm) -> String {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return String::new() };
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = query.split('&').map(|pair| decoded_pair(pair, form)).collect();
    match form {
        QueryForm::Sorted | QueryForm::LowerCaseKeys => pairs.sort(),
        QueryForm::ValuesAsSent => pairs.sort_by(|(left, _), (right, _)| left.cmp(right)),
    }
    let mut canonical = String::with_capacity(query.len() + 8);
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            canonical.push('&');
        }
        percent::encode_into(&mut canonical, key);
        canonical.push('=');
        percent::encode_into(&mut canonical, value);
    }
    canonical
}

/// `key=value`, or `key` alone, which Go sends for an empty value and signs as `key=`.
fn decoded_pair(pair: &str, form: QueryForm) -> (Vec<u8>, Vec<u8>) {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let mut key = percent::decode(key);
    if form == QueryForm::LowerCaseKeys {
        key.make_ascii_lowercase();
    }
    (key, percent::decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        for (path, expected) in [
            ("/", "/"),
            ("", "/"),
            ("/v5/iot", "/v5/iot/"),
            ("/v5/iot/", "/v5/iot/"),
            ("/a%20b/设", "/a%20b/%E8%AE%BE/"),
            ("/a%2fb", "/a/b/"),
            ("//a:b*", "//a%3Ab%2A/"),
        ] {
            assert_eq!(canonical_uri(path), expected, "{path}");
        }
    }

    #[test]
    fn queries() {
        let cases = [
            ("b=2&a=1", ["a=1&b=2"; 3]),
            ("a=10&a=2", ["a=10&a=2"; 3]),
            ("a=2&a=10", ["a=10&a=2", "a=2&a=10", "a=10&a=2"]),
            ("b=1&A=2", ["A=2&b=1", "A=2&b=1", "a=2&b=1"]),
            ("B=1&a=2", ["B=1&a=2", "B=1&a=2", "a=2&b=1"]),
            ("empty", ["empty="; 3]),
            ("a=b=c&q=%2a+%7E", ["a=b%3Dc&q=%2A%2B~"; 3]),
            ("a&&b", ["=&a=&b="; 3]),
            ("", [""; 3]),
        ];
        for (query, expected) in cases {
            let forms = QueryForm::ALL.map(|form| canonical_query(Some(query), form));
            assert_eq!(forms, expected, "{query}");
        }
        assert_eq!(query_forms(None), [QueryForm::Sorted]);
        assert_eq!(query_forms(Some("a=2&a=1&B=1")).len(), 3);
    }
}
