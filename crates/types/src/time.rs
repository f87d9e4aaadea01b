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

/// Writes many ISO-ms times one after another. Most are of the same day as the one before, and only another day's date
/// is worked out.
pub struct IsoMs {
    day: i64,
    /// The latest time of that day.
    text: [u8; 24],
}

impl IsoMs {
    const DAY_MS: i64 = 86_400_000;

    /// Nothing is written yet.
    pub fn new() -> Self {
        Self { day: 0, text: iso_ms_bytes(0) }
    }

    /// The same as [`iso_ms_bytes`].
    pub fn bytes(&mut self, unix_ms: i64) -> [u8; 24] {
        let day = unix_ms.div_euclid(Self::DAY_MS);
        if day != self.day {
            self.text = iso_ms_bytes(unix_ms);
            // What is out of the calendar's reach was shown as the epoch, whatever its day.
            self.day = if Timestamp::from_millisecond(unix_ms).is_ok() { day } else { i64::MAX };
            return self.text;
        }
        // A day's milliseconds fit.
        let ms = unix_ms.rem_euclid(Self::DAY_MS) as u32;
        digits(&mut self.text[11..13], ms / 3_600_000);
        digits(&mut self.text[14..16], ms / 60_000 % 60);
        digits(&mut self.text[17..19], ms / 1_000 % 60);
        digits(&mut self.text[20..23], ms % 1_000);
        self.text
    }
}

impl Default for IsoMs {
    fn default() -> Self {
        Self::new()
    }
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

/// Unix milliseconds of an ISO-ms time; `None` if it is not one.
pub fn parse_iso_ms(text: &str) -> Option<i64> {
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    let bytes = text.as_bytes();
    if bytes.len() != 24 || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to);
    let (date, time) =
        ([part(0, 4)?, part(5, 7)?, part(8, 10)?], [part(11, 13)?, part(14, 16)?, part(17, 19)?]);
    let seconds = parse_compact(&format!("{}T{}Z", date.concat(), time.concat()))?;
    let ms = part(20, 23)?;
    ms.bytes().all(|byte| byte.is_ascii_digit()).then(|| ms.parse::<i64>().ok())?.map(|ms| seconds + ms)
}

#[cfg(test)]
mod tests {
    use super::{IsoMs, compact, iso_ms, iso_ms_bytes, parse_compact, parse_iso_ms};

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for at in [0, 1_597_234_332_333, -1, 253_402_200_000_000] {
            assert_eq!(parse_iso_ms(&iso_ms(at)), Some(at));
        }
        for wrong in [
            "2020-08-12T12:12:12Z",
            "2020-13-12T12:12:12.333Z",
            "2020-08-12T12:12:12.3é3Z",
            "+020-08-12T12:12:12.333Z",
        ] {
            assert_eq!(parse_iso_ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn both_formats_of_the_documentation() {
        let at = parse_compact("20200812T121212Z").unwrap() + 333;
        assert_eq!(iso_ms(at), "2020-08-12T12:12:12.333Z");
        assert_eq!(compact(at), "20200812T121212Z");
    }

    #[test]
    fn many_times_are_written_as_each_alone() {
        let day = IsoMs::DAY_MS;
        let mut writer = IsoMs::new();
        let near = [0, 1, -1, day - 1, day, -day, 1_597_234_332_333, 5];
        let far = [i64::MAX, i64::MAX - 1, i64::MIN, i64::MIN + 1];
        let steps = (0..500).map(|n| 1_700_000_000_000 + n * 7_919_113);
        for unix_ms in near.into_iter().chain(far).chain(near).chain(steps) {
            assert_eq!(writer.bytes(unix_ms), iso_ms_bytes(unix_ms), "{unix_ms}");
        }
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
