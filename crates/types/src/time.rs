//! The two time formats of the wire, both UTC: compact `yyyyMMdd'T'HHmmss'Z'` and ISO-ms
//! `yyyy-MM-dd'T'HH:mm:ss.SSS'Z'`. Everywhere else a time is unix milliseconds in an `i64`.

use jiff::{Timestamp, civil::DateTime, tz::Offset};

fn civil(unix_ms: i64) -> DateTime {
    Offset::UTC.to_datetime(Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// `value` in decimal over the whole of `out`, zeros in front.
fn digits(out: &mut [u8], mut value: u32) {
    for byte in out.iter_mut().rev() {
        *byte = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Fills `template` with the date and time at the given places. The year is the first four bytes.
fn fill<const N: usize>(
    template: &[u8; N],
    unix_ms: i64,
    [month, day, hour, minute, second]: [usize; 5],
) -> [u8; N] {
    let at = civil(unix_ms);
    let mut out = *template;
    digits(&mut out[0..4], at.year().unsigned_abs().into());
    for (place, value) in [
        (month, at.month()),
        (day, at.day()),
        (hour, at.hour()),
        (minute, at.minute()),
        (second, at.second()),
    ] {
        digits(&mut out[place..place + 2], value.unsigned_abs().into());
    }
    out
}

fn owned(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// `20151212T121212Z`
pub fn compact(unix_ms: i64) -> String {
    owned(&fill(b"00000000T000000Z", unix_ms, [4, 6, 9, 11, 13]))
}

/// `2020-08-12T12:12:12.333Z` without an allocation; see [`iso_ms`].
pub fn iso_ms_bytes(unix_ms: i64) -> [u8; 24] {
    let mut out = fill(b"0000-00-00T00:00:00.000Z", unix_ms, [5, 8, 11, 14, 17]);
    digits(&mut out[20..23], unix_ms.rem_euclid(1000) as u32);
    out
}

/// `2020-08-12T12:12:12.333Z`
pub fn iso_ms(unix_ms: i64) -> String {
    owned(&iso_ms_bytes(unix_ms))
}

/// Unix milliseconds of a compact time; `None` if it is not one.
pub fn parse_compact(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i16> {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let narrow = |value: i16| i8::try_from(value).ok();
    let at = DateTime::new(
        number(0, 4)?,
        narrow(number(4, 6)?)?,
        narrow(number(6, 8)?)?,
        narrow(number(9, 11)?)?,
        narrow(number(11, 13)?)?,
        narrow(number(13, 15)?)?,
        0,
    )
    .ok()?;
    Offset::UTC.to_timestamp(at).ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::{compact, iso_ms, parse_compact};

    #[test]
    fn both_formats_of_the_documentation() {
        let at = parse_compact("20200812T121212Z").unwrap() + 333;
        assert_eq!(iso_ms(at), "2020-08-12T12:12:12.333Z");
        assert_eq!(compact(at), "20200812T121212Z");
    }

    #[test]
    fn what_is_not_a_compact_time() {
        for text in [
            "",
            "20200812T121212",
            "20201312T121212Z",
            "20200230T000000Z",
            "2020081２T12121Z",
            "+0200812T121212Z",
        ] {
            assert_eq!(parse_compact(text), None, "{text}");
        }
    }
}
