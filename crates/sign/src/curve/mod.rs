//! The two algorithms over elliptic curves, ECDSA over P-256 and SM2, and the private keys that an access key stands for.
//!
//! Both sides derive the private key `d` from the access key, so a check needs no public one: the point that a signature
//! stands for is a multiple of the generator, `(u1 + u2·d)·G` where strangers compute `u1·G + u2·Q`. That is the same
//! equation in a fraction of the time. Its factor is secret, so the generator is multiplied in constant time.

pub(crate) mod p256;
pub(crate) mod sm2;

use ::p256::FieldBytes;
use ::p256::elliptic_curve::PrimeField;

use crate::hash::Hash;

/// The longest access key id that the Java signer can derive a key for. A shorter one it fills with zeros, behind all else.
const JAVA_ACCESS_KEY_ID_BYTES: usize = 20;

/// The private keys that the official signers derive from one access key: one, or two if its id is short.
fn private_keys<S: PrimeField<Repr = FieldBytes>>(
    algorithm: &str,
    hash: Hash,
    access_key_id: &str,
    secret_key: &[u8],
) -> Vec<S> {
    let missing = JAVA_ACCESS_KEY_ID_BYTES.saturating_sub(access_key_id.len());
    let fillings = if missing == 0 { vec![0] } else { vec![0, missing] };
    let derive = |filling| {
        let zeros = &[0; JAVA_ACCESS_KEY_ID_BYTES][..filling];
        (0..=u8::MAX).find_map(|counter| {
            let id = [access_key_id.as_bytes(), &[counter]].concat();
            let parts: [&[u8]; 6] = [&[0, 0, 0, 1], algorithm.as_bytes(), &[0], &id, &[0, 0, 1, 0], zeros];
            let below_order = Option::<S>::from(S::from_repr(hash.hmac(secret_key, &parts).into()))?;
            Some(below_order + S::ONE).filter(|key| !bool::from(key.is_zero()))
        })
    };
    // A candidate is refused once in four thousand million times, so 256 in a row are not.
    fillings.into_iter().filter_map(derive).collect()
}

/// A number of a signature: neither zero nor as much as the order of the curve.
fn number<S: PrimeField<Repr = FieldBytes>>(bytes: [u8; 32]) -> Option<S> {
    Option::<S>::from(S::from_repr(bytes.into())).filter(|number| !bool::from(number.is_zero()))
}
