//! The two numbers of a signature over a curve, as ASN.1 DER in hex: `SEQUENCE { INTEGER r, INTEGER s }`.
//!
//! There is one spelling of each pair, the one that all official signers write: lengths of one byte, numbers without a sign
//! and without a superfluous zero, lower-case hex, nothing behind. Whether `r` and `s` are below the order of the curve is
//! for the check over it. A pair with the other `s` (the order less `s`) is another signature, and as good a one: the
//! signers do not choose between them.

use crate::hash::hex;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// Two tags and lengths of numbers that each take 33 bytes, behind a tag and a length.
const BYTES_MAX: usize = 2 + 2 * (2 + 33);

/// The numbers, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) r: [u8; 32],
    pub(crate) s: [u8; 32],
}

impl Pair {
    /// Reads the one spelling of a pair.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES_MAX];
        let bytes = unhex(text, &mut bytes)?;
        let [SEQUENCE, length, content @ ..] = bytes else { return None };
        if usize::from(*length) != content.len() {
            return None;
        }
        let (r, rest) = number(content)?;
        let (s, rest) = number(rest)?;
        rest.is_empty().then_some(Self { r, s })
    }

    /// Writes it.
    pub(crate) fn spelled(&self) -> String {
        let content = [written(&self.r), written(&self.s)].concat();
        let length = u8::try_from(content.len()).expect("two numbers of 33 bytes at most");
        hex(&[&[SEQUENCE, length], &content[..]].concat())
    }
}

/// A positive number of at most 32 bytes, and what follows it.
fn number(bytes: &[u8]) -> Option<([u8; 32], &[u8])> {
    let [INTEGER, length, rest @ ..] = bytes else { return None };
    let (digits, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match digits {
        // A zero is there for the sign of the next byte only.
        [0, next, ..] if *next >= 0x80 => &digits[1..],
        [1..0x80, ..] => digits,
        _ => return None,
    };
    let mut number = [0; 32];
    number[32_usize.checked_sub(digits.len())?..].copy_from_slice(digits);
    Some((number, rest))
}

fn written(number: &[u8; 32]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count().min(31);
    let digits = &number[zeros..];
    let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
    let length = u8::try_from(sign.len() + digits.len()).expect("33 bytes at most");
    [&[INTEGER, length], sign, digits].concat()
}

fn unhex<'a>(text: &str, bytes: &'a mut [u8; BYTES_MAX]) -> Option<&'a [u8]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (digits, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let bytes = bytes.get_mut(..digits.len())?;
    for (byte, [high, low]) in bytes.iter_mut().zip(digits) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(r: u8, s: u8) -> Pair {
        let number = |last| {
            let mut number = [0; 32];
            number[31] = last;
            number
        };
        Pair { r: number(r), s: number(s) }
    }

    #[test]
    fn a_pair_has_one_spelling() {
        let long = "ff".repeat(32);
        let cases = [
            ("3006020101020102".to_owned(), small(1, 2)),
            ("300702017f02020080".to_owned(), small(0x7f, 0x80)),
            (format!("3046022100{long}022100{long}"), Pair { r: [255; 32], s: [255; 32] }),
        ];
        for (text, pair) in cases {
            assert_eq!((Pair::parse(&text), pair.spelled()), (Some(pair), text));
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let (long, longer) = ("7f".repeat(32), "7f".repeat(33));
        for text in [
            "",
            "30",
            "3000",
            "3003020101",
            // Another tag, another length, something behind or between.
            "3106020101020102",
            "3006030101020102",
            "3005020101020102",
            "3007020101020102",
            "300602010102010200",
            "3008020101020102", /* and nothing */
            "300802010102010205",
            "30080201010201020500",
            // A length that is longer than it must be, and the indefinite one.
            "308106020101020102",
            "30820006020101020102",
            "300702810101020102",
            "3080020101020102",
            "30800201010201020000",
            // Zero, a negative number, a superfluous zero, no digits, too many.
            "3006020100020102",
            "3006020101020100",
            "3006020180020102",
            "300702020001020102",
            "300802030000800201",
            "30050200020102",
            &format!("3026022100{long}020101"),
            &format!("3026022_{longer}020101"),
            &format!("30260221{longer}020101"),
            // The hex.
            "3006020101020102 ",
            "300602010102010",
            "300602010102017F",
            "300602010102017g",
            "+006020101020102",
        ] {
            assert_eq!(Pair::parse(text), None, "{text}");
        }
        assert_eq!(Pair::parse(&"30".repeat(1000)), None);
    }
}
