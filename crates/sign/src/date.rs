//! `X-Sdk-Date`: read, written, and compared with a clock that the caller passes in.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::Rejected;

/// How far `X-Sdk-Date` may be from the clock of the server, on either side: 15 minutes, as the cloud's gateway has it.
pub const CLOCK_SKEW_MAX_MS: i64 = 15 * 60 * 1000;

/// The moment a request was signed, to the second: `yyyyMMddTHHmmssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdkDate([u8; SdkDate::BYTES]);

impl SdkDate {
    const BYTES: usize = 16;

    /// The text for a moment in Unix milliseconds; none outside the years 0 to 9999.
    pub fn from_ms(unix_ms: i64) -> Option<Self> {
        let timestamp = Timestamp::from_millisecond(unix_ms).ok()?;
        let date_time = TimeZone::UTC.to_datetime(timestamp);
        let text = date_time.strftime("%Y%m%dT%H%M%SZ").to_string();
        text.as_bytes().try_into().ok().map(Self)
    }

    /// Reads the value of the header; the shape must be exact, since the text itself is part of what is signed.
    pub(crate) fn parse(value: &[u8]) -> Result<Self, Rejected> {
        let date = Self(value.try_into().map_err(|_| Rejected::DateMalformed)?);
        date.unix_ms().ok_or(Rejected::DateMalformed)?;
        Ok(date)
    }

    /// Checks that the request is neither old nor from the future.
    pub(crate) fn check_fresh(&self, now_ms: i64) -> Result<(), Rejected> {
        let date_ms = self.unix_ms().ok_or(Rejected::DateMalformed)?;
        let skew_ms = now_ms.saturating_sub(date_ms);
        if skew_ms.saturating_abs() > CLOCK_SKEW_MAX_MS {
            return Err(Rejected::Stale { skew_ms });
        }
        Ok(())
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        // Only digits, 'T' and 'Z' get into the array.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The day, `yyyyMMdd`: the first part of the scope of a derived key.
    pub fn day(&self) -> &str {
        self.as_str().get(..8).unwrap_or_default()
    }

    fn unix_ms(&self) -> Option<i64> {
        let text = &self.0;
        if text[8] != b'T' || text[15] != b'Z' {
            return None;
        }
        let number = |from: usize, to: usize| {
            text[from..to].iter().try_fold(0_i16, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + i16::from(byte - b'0'))
            })
        };
        let small = |from: usize| number(from, from + 2).and_then(|number| i8::try_from(number).ok());
        let date_time =
            DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(9)?, small(11)?, small(13)?, 0).ok()?;
        Some(TimeZone::UTC.to_timestamp(date_time).ok()?.as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT_MS: i64 = 1_767_323_045_000; // 2026-01-02T03:04:05Z

    #[test]
    fn reads_what_it_writes() {
        let date = SdkDate::from_ms(MOMENT_MS + 999).unwrap();
        assert_eq!((date.as_str(), date.day()), ("20260102T030405Z", "20260102"));
        assert_eq!(SdkDate::parse(b"20260102T030405Z").unwrap().unix_ms(), Some(MOMENT_MS));
        assert!(SdkDate::from_ms(i64::MAX).is_none());
    }

    #[test]
    fn refuses_other_shapes() {
        for text in [
            "",
            "20260102",
            "20260102T030405",
            "20260102T030405z",
            "20260102 030405Z",
            "20261302T030405Z",
            "20260230T030405Z",
            "20260102T240405Z",
            "20260102T030460Z",
            "-0260102T030405Z",
            "2026010２T0304Z",
        ] {
            assert_eq!(SdkDate::parse(text.as_bytes()), Err(Rejected::DateMalformed), "{text}");
        }
    }

    #[test]
    fn the_window_is_fifteen_minutes_on_both_sides() {
        let date = SdkDate::parse(b"20260102T030405Z").unwrap();
        for skew_ms in [0, CLOCK_SKEW_MAX_MS, -CLOCK_SKEW_MAX_MS] {
            assert_eq!(date.check_fresh(MOMENT_MS + skew_ms), Ok(()));
        }
        for skew_ms in [CLOCK_SKEW_MAX_MS + 1, -CLOCK_SKEW_MAX_MS - 1] {
            assert_eq!(date.check_fresh(MOMENT_MS + skew_ms), Err(Rejected::Stale { skew_ms }));
        }
        assert!(date.check_fresh(i64::MIN).is_err() && date.check_fresh(i64::MAX).is_err());
    }
}
