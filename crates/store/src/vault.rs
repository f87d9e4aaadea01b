//! Secrets at rest: AES-256-GCM under the master key. A secret must be recoverable, since it is the key of an
//! HMAC that we have to compute, so it is sealed and not hashed.
//!
//! ```text
//! | version 1 | key id 8 | nonce 12 | ciphertext and tag |
//! ```
//! The key id lets two master keys live side by side while secrets are sealed anew.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use domain::Rng;
use sha2::{Digest, Sha256};

use crate::Error;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 8 + 12;
/// Bytes of a secret that is not there: as many as an access key's have.
const NOTHING: usize = 40;

/// A master key.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A new one.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Self(key)
    }

    /// From 64 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut key = [0; 32];
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(text.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(key))
    }

    /// As 64 hex digits, for the key file.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MasterKey(..)")
    }
}

/// Seals and opens secrets.
pub struct Vault {
    /// The current one first.
    keys: Vec<Key>,
}

/// A master key, made ready once: a task of a million devices seals as many secrets.
struct Key {
    id: [u8; 8],
    cipher: Aes256Gcm,
}

impl From<MasterKey> for Key {
    fn from(key: MasterKey) -> Self {
        let mut id = [0; 8];
        id.copy_from_slice(&Sha256::digest(key.0)[..8]);
        Self { id, cipher: Aes256Gcm::new(&key.0.into()) }
    }
}

impl Vault {
    /// A vault that seals under `current` and opens what was sealed under any of `keys`.
    pub fn new(current: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { keys: std::iter::once(current).chain(older).map(Key::from).collect() }
    }

    /// Seals `secret` for the row that `place` names, so that it opens nowhere else.
    pub fn seal(&self, rng: &dyn Rng, place: &str, secret: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let mut nonce = [0; 12];
        rng.fill(&mut nonce);
        let mut out = Vec::with_capacity(HEAD + secret.len() + 16);
        out.push(VERSION);
        out.extend(key.id);
        out.extend(nonce);
        let sealed = key.cipher.encrypt(&nonce.into(), Payload { msg: secret, aad: place.as_bytes() });
        // AES-GCM refuses only texts of many gigabytes.
        out.extend(sealed.unwrap_or_default());
        out
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (head, text) = sealed.split_at_checked(HEAD).ok_or(Error::Sealed)?;
        let key =
            self.keys.iter().find(|key| head[0] == VERSION && head[1..9] == key.id).ok_or(Error::Sealed)?;
        let nonce: [u8; 12] = head[9..].try_into().map_err(|_| Error::Sealed)?;
        key.cipher
            .decrypt(&nonce.into(), Payload { msg: text, aad: place.as_bytes() })
            .map_err(|_| Error::Sealed)
    }

    /// The work of [`Vault::open`] for a secret that is not there, so that its absence takes as long: to seal is as much.
    pub fn open_nothing(&self) {
        let key = &self.keys[0];
        let nothing = Payload { msg: &[0; NOTHING], aad: b"access_key/no-such-access-key" };
        std::hint::black_box(key.cipher.encrypt(&[0; 12].into(), nothing).is_ok());
    }

    /// Whether `sealed` is under the current key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.get(1..9) == Some(&self.keys[0].id[..])
    }
}

#[cfg(test)]
mod tests {
    use domain::SystemRng;

    use super::*;

    #[test]
    fn a_secret_opens_only_at_its_place_and_under_its_key() {
        let (old, new) = (MasterKey::random(&SystemRng), MasterKey::random(&SystemRng));
        let sealed = Vault::new(old.clone(), vec![]).seal(&SystemRng, "access_key/A", b"secret");
        let both = Vault::new(new.clone(), vec![MasterKey::from_hex(&old.to_hex()).unwrap()]);
        assert_eq!(both.open("access_key/A", &sealed).unwrap(), b"secret");
        assert!(!both.is_current(&sealed));
        assert!(both.open("access_key/B", &sealed).is_err());
        assert!(Vault::new(new, vec![]).open("access_key/A", &sealed).is_err());
        assert!(both.open("access_key/A", &sealed[..20]).is_err());
        assert!(!format!("{old:?}").contains(&old.to_hex()[..8]));
    }
}
