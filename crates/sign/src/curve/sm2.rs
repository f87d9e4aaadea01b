//! SM2 with SM3 (GB/T 32918.2-2016).

use sm2::dsa::{Signature, SigningKey, signature::Signer};
use sm2::elliptic_curve::{Group, PrimeField, ops::Reduce, point::AffineCoordinates};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use subtle::{Choice, ConstantTimeEq};

use super::{number, private_keys};
use crate::hash::Hash;
use crate::pair::Pair;

/// The user whose name all signers take.
const USER: &str = "1234567812345678";
/// The coefficients `a` and `b` of the curve (GB/T 32918.5-2017).
const COEFFICIENTS: [[u8; 32]; 2] = [
    *b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
       \xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc",
    *b"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7\
       \xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93",
];

/// A private key.
pub(crate) struct Key {
    private: Scalar,
    /// What is hashed before every text: the user and the public key, as the standard has it and as Python does.
    identities: [[u8; 32]; 2],
}

impl Key {
    /// Those that an access key stands for.
    pub(crate) fn derived(algorithm: &str, access_key_id: &str, secret_key: &[u8]) -> Vec<Self> {
        let private_keys = private_keys(algorithm, Hash::Sm3, access_key_id, secret_key);
        private_keys.into_iter().map(|private| Self { identities: identities(&private), private }).collect()
    }

    /// Whether this key has signed the text.
    pub(crate) fn signed(&self, text: &str, pair: &Pair) -> Choice {
        let (Some(r), Some(s)) = (number::<Scalar>(pair.r), number::<Scalar>(pair.s)) else {
            return Choice::from(0);
        };
        let t = r + s;
        // The signer's nonce, if the signature is right.
        let nonce = s + t * self.private;
        let x = Scalar::reduce(&ProjectivePoint::mul_by_generator(&nonce).to_affine().x());
        let matched = self.identities.iter().fold(Choice::from(0), |matched, identity| {
            let hash = FieldBytes::from(Hash::Sm3.of(&[identity, text.as_bytes()]));
            matched | (Scalar::reduce(&hash) + x).ct_eq(&r)
        });
        matched & !t.is_zero() & !nonce.is_zero()
    }

    /// Signs the text, each time the same (as RFC 6979 has it for ECDSA).
    pub(crate) fn sign(&self, text: &str) -> Option<Pair> {
        let key = SigningKey::from_bytes(USER, &self.private.to_repr()).ok()?;
        let signature: Signature = key.try_sign(text.as_bytes()).ok()?;
        Some(Pair { r: signature.r_bytes().into(), s: signature.s_bytes().into() })
    }
}

/// The hashes of user, curve and public key. Python leaves the zeros out that a coordinate begins with, which one key in 128
/// has; both are always tried, so that the time does not tell which keys those are.
fn identities(private: &Scalar) -> [[u8; 32]; 2] {
    let public = ProjectivePoint::mul_by_generator(private).to_affine();
    let (x, y) = (public.x(), public.y());
    let bits = [0, u8::try_from(8 * USER.len()).expect("a short name")];
    let (base_x, base_y) = (AffinePoint::GENERATOR.x(), AffinePoint::GENERATOR.y());
    let [a, b] = &COEFFICIENTS;
    let hash = |x: &[u8], y: &[u8]| Hash::Sm3.of(&[&bits, USER.as_bytes(), a, b, &base_x, &base_y, x, y]);
    [hash(&x, &y), hash(without_zeros(&x), without_zeros(&y))]
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
