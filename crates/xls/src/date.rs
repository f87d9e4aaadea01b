//! Instants as a sheet holds them: days since 1900 in UTC, or text where that would mean different days to
//! different programs.

const DAY_MS: i64 = 86_400_000;
/// Days from Excel's day 0 to 1970. Excel counts a 29 February 1900, so its day 0 is 1899-12-30 for any day after.
const DAYS_TO_1970: i64 = 25_569;
/// 1900-03-01, the first day on which all programs agree, and 10000-01-01, which Excel does not know.
const SERIALS: std::ops::Range<i64> = 61 * DAY_MS..2_958_466 * DAY_MS;

/// The days since 1900 of an instant, if it is a date to every program.
pub(crate) fn serial(unix_ms: i64) -> Option<f64> {
    let ms = unix_ms.checked_add(DAYS_TO_1970 * DAY_MS).filter(|ms| SERIALS.contains(ms))?;
    // One rounding only, of less than a microsecond.
    Some(ms as f64 / DAY_MS as f64)
}

/// The instant by ISO 8601, which wants a sign before a year that has not four digits.
pub(crate) fn iso(unix_ms: i64) -> String {
    let (days, ms) = (unix_ms.div_euclid(DAY_MS), unix_ms.rem_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    let year = if (0..10_000).contains(&year) { format!("{year:04}") } else { format!("{year:+05}") };
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
}

/// Year, month and day of a day since 1970, in the Gregorian calendar. Years begin in March here, so that the
/// day which some of them lack is their last.
fn civil(days: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    // Days since 0000-03-01, in eras of 400 years, which are all alike.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1_460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months of 31 and 30 days by turns, five of which have 153.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + era * 400 + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_number_that_excel_gives_it() {
        assert_eq!(serial(0), Some(25_569.0));
        assert_eq!(serial(951_782_400_000), Some(36_585.0), "2000-02-29");
        assert_eq!(serial(1_732_406_400_000 + DAY_MS / 4), Some(45_620.25), "2024-11-24T06:00Z");
        assert_eq!(serial((61 - DAYS_TO_1970) * DAY_MS), Some(61.0));
        assert_eq!(serial((61 - DAYS_TO_1970) * DAY_MS - 1), None);
        assert_eq!(serial((2_958_466 - DAYS_TO_1970) * DAY_MS), None);
        assert!(serial(i64::MAX).is_none() && serial(i64::MIN).is_none());
    }

    #[test]
    fn milliseconds_survive_as_a_fraction_of_a_day() {
        for ms in [1, 999, 1_732_447_268_123, 253_402_300_799_999, -2_203_891_199_999] {
            let days = serial(ms).unwrap();
            assert_eq!((days * DAY_MS as f64).round() as i64 - DAYS_TO_1970 * DAY_MS, ms);
        }
    }

    #[test]
    fn what_is_no_date_to_excel_is_iso_text() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(-2_203_891_200_001), "1900-02-28T23:59:59.999Z");
        assert_eq!(iso(253_402_300_800_000), "+10000-01-01T00:00:00.000Z");
        assert_eq!(iso(-62_167_219_200_001), "-0001-12-31T23:59:59.999Z");
        assert_eq!(iso(951_825_599_001), "2000-02-29T11:59:59.001Z");
        assert!(
            iso(i64::MAX).starts_with("+292278994-08-17") && iso(i64::MIN).starts_with("-292275055-05-16")
        );
    }
}
