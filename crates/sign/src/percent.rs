//! Percent-encoding as the signers do it: everything but `A-Za-z0-9_.-~` is encoded, in upper-case hex.
//!
//! A `+` is a plus sign, never a space: no official client writes a space as `+` on the wire.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Decodes every `%xx`; a `%` that no two hex digits follow stands for itself.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'%', Some(byte)) = (first, escaped(tail)) {
            decoded.push(byte);
            rest = &tail[2..];
        } else {
            decoded.push(*first);
            rest = tail;
        }
    }
    decoded
}

/// Appends the encoded form of `bytes`.
pub(crate) fn encode_into(encoded: &mut String, bytes: &[u8]) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

fn escaped(tail: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match tail {
        [high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(bytes: &[u8]) -> String {
        let mut encoded = String::new();
        encode_into(&mut encoded, bytes);
        encoded
    }

    #[test]
    fn decodes() {
        for (text, bytes) in [
            ("a%20b", "a b"),
            ("%E8%ae%BE", "设"),
            ("100%", "100%"),
            ("%2", "%2"),
            ("%zz", "%zz"),
            ("a+b", "a+b"),
        ] {
            assert_eq!(decode(text), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn encodes() {
        assert_eq!(encode(b"AZaz09_.-~"), "AZaz09_.-~");
        assert_eq!(encode(b" */:+%"), "%20%2A%2F%3A%2B%25");
        assert_eq!(encode("设".as_bytes()), "%E8%AE%BE");
    }
}
