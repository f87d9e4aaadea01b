//! ECDSA over P-256 with SHA-256 (FIPS 186-5, 6.4).

use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use p256::elliptic_curve::{Group, PrimeField, ops::Reduce, point::AffineCoordinates};
use p256::{FieldBytes, ProjectivePoint, Scalar};
use subtle::{Choice, ConstantTimeEq};

use super::{number, private_keys};
use crate::hash::Hash;
use crate::pair::Pair;

/// A private key.
pub(crate) struct Key(Scalar);

impl Key {
    /// Those that an access key stands for.
    pub(crate) fn derived(algorithm: &str, access_key_id: &str, secret_key: &[u8]) -> Vec<Self> {
        private_keys(algorithm, Hash::Sha256, access_key_id, secret_key).into_iter().map(Self).collect()
    }

    /// Whether this key has signed the text.
    pub(crate) fn signed(&self, text: &str, pair: &Pair) -> Choice {
        let (Some(r), Some(s)) = (number::<Scalar>(pair.r), number::<Scalar>(pair.s)) else {
            return Choice::from(0);
        };
        let hash = Scalar::reduce(&FieldBytes::from(Hash::Sha256.of(&[text.as_bytes()])));
        let Some(inverse) = Option::<Scalar>::from(s.invert()) else { return Choice::from(0) };
        // The signer's nonce, if the signature is right. Of none there is no point, and its x is none that r can be.
        let nonce = inverse * (hash + r * self.0);
        let x = ProjectivePoint::mul_by_generator(&nonce).to_affine().x();
        Scalar::reduce(&x).ct_eq(&r)
    }

    /// Signs the text, each time the same (RFC 6979), as the Java signer does.
    pub(crate) fn sign(&self, text: &str) -> Option<Pair> {
        let key = SigningKey::from_bytes(&self.0.to_repr()).ok()?;
        let signature: Signature = key.try_sign(text.as_bytes()).ok()?;
        let (r, s) = signature.split_bytes();
        Some(Pair { r: r.into(), s: s.into() })
    }
}
