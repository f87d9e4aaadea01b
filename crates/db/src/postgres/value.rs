//! Values in PostgreSQL's binary form.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Error, Row, Value, value};

type Refusal = Box<dyn std::error::Error + Sync + Send>;

/// The type that an argument is declared with. Left to itself, the server takes `?1 - 30000` for a small number, and
/// cannot tell what `?1 IS NULL` is about.
pub(super) fn declared(value: &Value<'_>) -> Type {
    match value {
        Value::Null(None) => Type::UNKNOWN,
        Value::Int(_) | Value::Null(Some(value::Type::Int)) => Type::INT8,
        Value::Text(_) | Value::Null(Some(value::Type::Text)) => Type::TEXT,
        Value::Blob(_) | Value::Null(Some(value::Type::Blob)) => Type::BYTEA,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Refusal> {
        match self {
            Value::Null(_) => return Ok(IsNull::Yes),
            Value::Int(int) => out.extend_from_slice(&int.to_be_bytes()),
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Blob(blob) => out.extend_from_slice(blob),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value of a row, borrowed from it.
struct Received<'r>(Value<'r>);

impl<'r> FromSql<'r> for Received<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Refusal> {
        let wrong = || Refusal::from(format!("a {ty} of {} bytes", raw.len()));
        let value = match *ty {
            Type::INT8 => Value::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Value::Int(i32::from_be_bytes(raw.try_into()?).into()),
            Type::INT2 => Value::Int(i16::from_be_bytes(raw.try_into()?).into()),
            Type::BOOL => Value::Int((raw == [1]).into()),
            // The sum of many BIGINTs.
            Type::NUMERIC => Value::Int(whole_number(raw).ok_or_else(wrong)?),
            Type::BYTEA => Value::Blob(raw),
            _ => Value::Text(std::str::from_utf8(raw)?),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refusal> {
        Ok(Self(Value::Null(None)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A NUMERIC without digits behind the point, if it fits: digits to the base of 10,000, the highest first.
fn whole_number(raw: &[u8]) -> Option<i64> {
    let mut words = raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (digits, weight, sign, _scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut sum = 0i64;
    for place in 0..=weight.max(-1) {
        let digit = if place < digits { words.next()? } else { 0 };
        sum = sum.checked_mul(10_000)?.checked_add(digit.into())?;
    }
    Some(if sign == 0 { sum } else { -sum })
}

impl Row for tokio_postgres::Row {
    fn value(&self, column: usize) -> Result<Value<'_>, Error> {
        let received = self.try_get::<_, Received<'_>>(column);
        received.map(|Received(value)| value).map_err(|_| Error::Type(column, "portable value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_a_whole_number() {
        let numeric =
            |words: &[i16]| -> Vec<u8> { words.iter().flat_map(|word| word.to_be_bytes()).collect() };
        assert_eq!(whole_number(&numeric(&[0, 0, 0, 0])), Some(0));
        assert_eq!(whole_number(&numeric(&[2, 1, 0, 0, 12, 3456])), Some(123_456));
        assert_eq!(whole_number(&numeric(&[1, 1, 0x4000, 0, 7])), Some(-70_000));
        assert_eq!(whole_number(&numeric(&[1, 9, 0, 0, 1])), None, "too large");
    }
}
