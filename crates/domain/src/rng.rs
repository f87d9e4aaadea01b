//! The randomness that everybody is given.

/// A source of random bytes fit for keys.
pub trait Rng: Send + Sync {
    /// Fills `out`.
    fn fill(&self, out: &mut [u8]);
}

impl dyn Rng {
    /// A random number.
    pub fn u32(&self) -> u32 {
        let mut out = [0; 4];
        self.fill(&mut out);
        u32::from_le_bytes(out)
    }

    /// `digits` random lower-case hex digits.
    pub fn hex(&self, digits: usize) -> String {
        self.pick(digits, b"0123456789abcdef")
    }

    /// `len` random characters of `alphabet`, which has 16, 32 or 64 of them, so that none is likelier.
    pub fn pick(&self, len: usize, alphabet: &[u8]) -> String {
        debug_assert!(alphabet.len().is_power_of_two());
        let mut bytes = vec![0; len];
        self.fill(&mut bytes);
        bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
    }

    /// A random UUID, version 4.
    pub fn uuid(&self) -> String {
        let hex = self.hex(32);
        let variant = char::from(b"89ab"[(self.u32() % 4) as usize]);
        format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place; without it no key can be made safely"
    )]
    fn fill(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the operating system gives random bytes");
    }
}
