//! The two hashes of the algorithms, and the HMAC over each.

use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm3::{Digest, Sm3};

/// The hash of an algorithm: of the body, of the canonical request, and within the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sm3,
}

impl Hash {
    /// The header in which a signer states the hash of the body.
    pub(crate) fn content_header(self) -> &'static str {
        match self {
            Self::Sha256 => "X-Sdk-Content-Sha256",
            Self::Sm3 => "X-Sdk-Content-Sm3",
        }
    }

    /// The hash of the parts, one after the other.
    pub(crate) fn of(self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Self::Sha256 => hash::<Sha256>(parts),
            Self::Sm3 => hash::<Sm3>(parts),
        }
    }

    /// The hash in lower-case hex.
    pub(crate) fn hex(self, bytes: &[u8]) -> String {
        hex(&self.of(&[bytes]))
    }

    /// The HMAC over the parts, one after the other.
    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Self::Sha256 => hmac::<Sha256>(key, parts),
            Self::Sm3 => hmac::<Sm3>(key, parts),
        }
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> [u8; 32]
where
    sm3::digest::Output<D>: Into<[u8; 32]>,
{
    let mut hash = D::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

fn hmac<D: EagerHash>(key: &[u8], parts: &[&[u8]]) -> [u8; 32]
where
    sm3::digest::Output<Hmac<D>>: Into<[u8; 32]>,
{
    let mut mac = Hmac::<D>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32905-2016, A.1; of nothing, as the signers have it.
    #[test]
    fn sm3() {
        let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(hex(&Hash::Sm3.of(&[b"a", b"bc"])), abc);
        let empty = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";
        assert_eq!(Hash::Sm3.hex(b""), empty);
    }
}
