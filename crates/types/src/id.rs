//! Record ids: 24 lower-case hex digits that grow with time, so that an id is also its record's place in
//! every list and the `marker` of a page. Who makes them is `domain::Ids`.

use std::{fmt, str::FromStr};

/// ```text
///  32 bits   10 bits       22 bits    32 bits
/// | seconds | millisecond | sequence | random |
/// ```
/// The seconds stand first, as in the ids the service itself shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(u128);

impl RecordId {
    /// Greater than every id: the default marker.
    pub const MAX: RecordId = RecordId((1 << 96) - 1);
    /// How many ids one millisecond can hold.
    pub const SEQUENCE_MAX: u32 = (1 << 22) - 1;

    /// The id of the `sequence`-th record of a millisecond; of the last second that has room, in 2106, if that comes later.
    pub fn new(unix_ms: i64, sequence: u32, random: u32) -> Self {
        let ms = u128::from(unix_ms.max(0).unsigned_abs());
        let (seconds, milli) = ((ms / 1000).min(u128::from(u32::MAX)), ms % 1000);
        let sequence = u128::from(sequence & Self::SEQUENCE_MAX);
        RecordId(seconds << 64 | milli << 54 | sequence << 32 | u128::from(random))
    }

    /// The millisecond in which it was made and its place in it.
    pub fn made(self) -> (i64, u32) {
        let (seconds, milli) = ((self.0 >> 64) as i64, ((self.0 >> 54) & 0x3FF) as i64);
        (seconds * 1000 + milli, ((self.0 >> 32) as u32) & Self::SEQUENCE_MAX)
    }

    /// The marker of the `ordinal`-th row of something that counts its rows.
    pub fn from_ordinal(ordinal: i64) -> Self {
        RecordId(u128::from(ordinal.max(0).unsigned_abs()))
    }

    /// The ordinal of such a marker; a marker beyond every ordinal is the greatest one.
    pub fn ordinal(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:024x}", self.0)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The text is not 24 hex digits.
#[derive(Debug, PartialEq, Eq)]
pub struct NotARecordId;

impl FromStr for RecordId {
    type Err = NotARecordId;

    fn from_str(text: &str) -> Result<Self, NotARecordId> {
        if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotARecordId);
        }
        u128::from_str_radix(text, 16).map(RecordId).map_err(|_| NotARecordId)
    }
}

#[cfg(test)]
mod tests {
    use super::RecordId;

    #[test]
    fn ids_sort_as_they_were_made() {
        let first = RecordId::new(1_700_000_000_999, 7, u32::MAX);
        let second = RecordId::new(1_700_000_000_999, 8, 0);
        let third = RecordId::new(1_700_000_001_000, 0, 0);
        assert!(first < second && second < third && third < RecordId::MAX);
        assert!(first.to_string() < second.to_string() && second.to_string() < third.to_string());
        assert_eq!(third.to_string().parse(), Ok(third));
        assert_eq!(first.made(), (1_700_000_000_999, 7));
    }

    #[test]
    fn ordinals_survive_the_trip() {
        let marker = RecordId::from_ordinal(99_999);
        assert_eq!(marker.to_string().parse::<RecordId>().map(RecordId::ordinal), Ok(99_999));
        assert_eq!(RecordId::MAX.ordinal(), i64::MAX);
    }
}
