//! The parts of RFC 9110 that a resumed download needs: one byte range, and lists of entity tags.

use std::ops::Range;

/// Which bytes are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bytes {
    /// All: nothing else was asked for, or what was asked for is to be ignored.
    Whole,
    /// These.
    Part(Range<u64>),
    /// Some that are not there.
    Unsatisfiable,
}

/// What a `Range` header asks of `len` bytes. Several ranges are answered with the whole, as the RFC allows.
pub(super) fn bytes(header: Option<&str>, len: u64) -> Bytes {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Bytes::Whole;
    };
    let Some((from, to)) = spec.split_once('-') else { return Bytes::Whole };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    match (from.trim(), to.trim()) {
        ("", last) => match number(last) {
            Some(0) => Bytes::Unsatisfiable,
            Some(last) => Bytes::Part(len.saturating_sub(last)..len),
            None => Bytes::Whole,
        },
        (from, to) => match (number(from), number(to)) {
            (Some(from), _) if from >= len => Bytes::Unsatisfiable,
            (Some(from), None) if to.is_empty() => Bytes::Part(from..len),
            (Some(from), Some(to)) if from <= to => Bytes::Part(from..len.min(to.saturating_add(1))),
            _ => Bytes::Whole,
        },
    }
}

/// The strong tags of an `If-None-Match` or `If-Range` header. A weak one never matches bytes.
pub(crate) fn tags(header: Option<&str>) -> Vec<String> {
    let listed = header.unwrap_or_default().split(',').map(str::trim);
    listed.filter_map(|tag| Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_odd_is_the_whole() {
        for (header, asked) in [
            ("bytes=0-9", Bytes::Part(0..10)),
            ("bytes=90-", Bytes::Part(90..100)),
            ("bytes=-10", Bytes::Part(90..100)),
            ("bytes=-1000", Bytes::Part(0..100)),
            ("bytes=99-1000", Bytes::Part(99..100)),
            ("bytes=100-", Bytes::Unsatisfiable),
            ("bytes=-0", Bytes::Unsatisfiable),
            ("bytes=5-2", Bytes::Whole),
            ("bytes=0-1,5-6", Bytes::Whole),
            ("bytes=a-b", Bytes::Whole),
            ("lines=0-1", Bytes::Whole),
            ("bytes=99999999999999999999-", Bytes::Whole),
        ] {
            assert_eq!(bytes(Some(header), 100), asked, "{header}");
        }
        assert_eq!(tags(Some("\"a\", W/\"b\", \"c\"")), ["a", "c"]);
    }
}
