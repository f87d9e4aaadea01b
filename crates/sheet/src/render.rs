//! A cell as the text that a person sees in it.
//!
//! Number formats that the cell has are not applied, apart from telling dates from numbers: `0042` that is the number 42
//! with a format of four digits reads as `42`.

use calamine::{DataType, ExcelDateTime};
use std::borrow::Cow;

/// A whole number that has more digits than a spreadsheet keeps.
#[derive(Debug)]
pub(crate) struct DigitsLost;

/// From here on whole numbers have 16 digits; spreadsheets keep 15.
const WHOLE_NUMBER_LIMIT: f64 = 1e15;

/// The text of a cell, without white space around it; empty if the cell is.
pub(crate) fn text<D: DataType>(cell: &D) -> Result<Cow<'_, str>, DigitsLost> {
    let text = if let Some(text) = cell.get_string() {
        Cow::Borrowed(text.trim())
    } else if let Some(value) = cell.get_float() {
        Cow::Owned(number(value)?)
    } else if let Some(value) = cell.get_int() {
        Cow::Owned(value.to_string())
    } else if let Some(value) = cell.get_bool() {
        Cow::Borrowed(if value { "TRUE" } else { "FALSE" })
    } else if let Some(value) = cell.get_datetime() {
        Cow::Owned(date_time(value))
    } else if let Some(text) = cell.get_datetime_iso().or_else(|| cell.get_duration_iso()) {
        Cow::Borrowed(text.trim())
    } else if let Some(error) = cell.get_error() {
        Cow::Owned(error.to_string())
    } else {
        Cow::Borrowed("")
    };
    Ok(text)
}

/// Never an exponent, no `.0`, and 15 significant digits as a spreadsheet shows them: 0.1 + 0.2 is 0.3.
fn number(value: f64) -> Result<String, DigitsLost> {
    if value.fract() == 0.0 {
        return if value.abs() < WHOLE_NUMBER_LIMIT {
            Ok((value as i64).to_string())
        } else {
            Err(DigitsLost)
        };
    }
    let rounded = format!("{value:.14e}").parse().unwrap_or(value);
    Ok(f64::to_string(&rounded))
}

/// ISO 8601, and of date and time only what is there.
fn date_time(value: ExcelDateTime) -> String {
    if value.is_duration() {
        let seconds = (value.as_f64() * 86_400.0).round() as i64;
        let sign = if seconds < 0 { "-" } else { "" };
        let seconds = seconds.unsigned_abs();
        return format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time = match milli {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    };
    if (0.0..1.0).contains(&value.as_f64()) {
        time
    } else if time == "00:00:00" {
        date
    } else {
        format!("{date}T{time}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, Data, ExcelDateTimeType};

    fn shown(cell: &Data) -> String {
        text(cell).unwrap().into_owned()
    }

    #[test]
    fn numbers_look_as_typed() {
        for (value, expected) in [
            (1_234_567_890_123.0, "1234567890123"),
            (999_999_999_999_999.0, "999999999999999"),
            (0.0, "0"),
            (-0.0, "0"),
            (-5.0, "-5"),
            (0.1 + 0.2, "0.3"),
            (1.5, "1.5"),
            (1e-7, "0.0000001"),
            (123_456.789, "123456.789"),
        ] {
            assert_eq!(shown(&Data::Float(value)), expected);
        }
        assert!(text(&Data::Float(1e15)).is_err() && text(&Data::Float(-8.986e18)).is_err());
    }

    #[test]
    fn dates_are_iso() {
        let date = |value| Data::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false));
        assert_eq!(shown(&date(45943.0)), "2025-10-13");
        assert_eq!(shown(&date(45943.5)), "2025-10-13T12:00:00");
        assert_eq!(shown(&date(45943.541)), "2025-10-13T12:59:02.400");
        assert_eq!(shown(&date(0.25)), "06:00:00");
        let duration = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(shown(&Data::DateTime(duration)), "36:00:00");
    }

    #[test]
    fn everything_else() {
        assert_eq!(shown(&Data::String(" \u{a0}设备 1\t".into())), "设备 1");
        assert_eq!(shown(&Data::Bool(true)), "TRUE");
        assert_eq!(shown(&Data::Int(7)), "7");
        assert_eq!(shown(&Data::Error(CellErrorType::Div0)), "#DIV/0!");
        assert_eq!(shown(&Data::DateTimeIso("2026-01-02".into())), "2026-01-02");
        assert_eq!(shown(&Data::Empty), "");
    }
}
