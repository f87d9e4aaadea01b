//! HMAC-SHA256, and the key that V11 derives for one day, region and service.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Derives the signing key of V11: the lower-case hex **text** of HKDF-SHA256 with the access key id as salt, the secret
/// key as input and `info` (`<yyyyMMdd>/<region>/<service>`) as context. One block is enough for 32 bytes.
pub fn derive_key(access_key_id: &str, secret_key: &[u8], info: &str) -> String {
    let pseudo_random_key = hmac_sha256(access_key_id.as_bytes(), &[secret_key]);
    hex(&hmac_sha256(&pseudo_random_key, &[info.as_bytes(), &[1]]))
}

/// HMAC-SHA256 over the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The SHA-256 of `bytes` in lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
