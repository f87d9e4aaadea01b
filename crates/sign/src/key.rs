//! What an access key signs with under each algorithm, and the key that V11 derives for one day, region and service.

use subtle::{Choice, ConstantTimeEq};

use crate::Algorithm;
use crate::authorization::Signature;
use crate::curve::{p256, sm2};
use crate::hash::{Hash, hex};

/// Derives the signing key of V11: the lower-case hex **text** of HKDF-SHA256 with the access key id as salt, the secret
/// key as input and `info` (`<yyyyMMdd>/<region>/<service>`) as context. One block is enough for 32 bytes.
pub fn derive_key(access_key_id: &str, secret_key: &[u8], info: &str) -> String {
    let pseudo_random_key = Hash::Sha256.hmac(access_key_id.as_bytes(), &[secret_key]);
    hex(&Hash::Sha256.hmac(&pseudo_random_key, &[info.as_bytes(), &[1]]))
}

/// The keys of one access key for one algorithm. An official signer uses one of them; most often there is only one.
pub(crate) enum Keys {
    Mac(Hash, Vec<u8>),
    P256(Vec<p256::Key>),
    Sm2(Vec<sm2::Key>),
}

impl Keys {
    pub(crate) fn derived(algorithm: Algorithm<'_>, access_key_id: &str, secret_key: &[u8]) -> Self {
        let name = algorithm.name();
        match algorithm {
            Algorithm::SdkHmacSha256 => Self::Mac(Hash::Sha256, secret_key.to_vec()),
            Algorithm::V11HmacSha256(scope) => {
                Self::Mac(Hash::Sha256, derive_key(access_key_id, secret_key, scope.info()).into_bytes())
            }
            Algorithm::SdkHmacSm3 => Self::Mac(Hash::Sm3, secret_key.to_vec()),
            Algorithm::SdkEcdsaP256Sha256 => Self::P256(p256::Key::derived(name, access_key_id, secret_key)),
            Algorithm::SdkSm2Sm3 => Self::Sm2(sm2::Key::derived(name, access_key_id, secret_key)),
        }
    }

    /// Whether one of them has signed the text. All are tried, also after one has matched.
    pub(crate) fn signed(&self, text: &str, signature: &Signature<'_>) -> Choice {
        match (self, signature) {
            (Self::Mac(hash, key), Signature::Mac(signature)) => {
                hex(&hash.hmac(key, &[text.as_bytes()])).as_bytes().ct_eq(signature.as_bytes())
            }
            (Self::P256(keys), Signature::Pair(pair)) => any(keys.iter().map(|key| key.signed(text, pair))),
            (Self::Sm2(keys), Signature::Pair(pair)) => any(keys.iter().map(|key| key.signed(text, pair))),
            _ => Choice::from(0),
        }
    }

    /// The signature of a text as the `Authorization` header has it. None is made once in 2^256 times.
    pub(crate) fn sign(&self, text: &str) -> Option<String> {
        match self {
            Self::Mac(hash, key) => Some(hex(&hash.hmac(key, &[text.as_bytes()]))),
            Self::P256(keys) => Some(keys.first()?.sign(text)?.spelled()),
            Self::Sm2(keys) => Some(keys.first()?.sign(text)?.spelled()),
        }
    }
}

fn any(choices: impl Iterator<Item = Choice>) -> Choice {
    choices.fold(Choice::from(0), |any, choice| any | choice)
}
