//! What goes into a statement and comes out of a row, borrowed.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

/// The portable types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BLOB.
    Blob,
}

/// A value of one of the portable types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// No value, of the type that it would have if that is known: a server asks for it before it knows any value.
    Null(Option<Type>),
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(&'a str),
    /// BLOB.
    Blob(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Int(value.into())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Blob(value)
    }
}

/// What has one type, whatever its value.
trait Typed {
    const TYPE: Type;
}

impl Typed for i64 {
    const TYPE: Type = Type::Int;
}

impl Typed for bool {
    const TYPE: Type = Type::Int;
}

impl Typed for &str {
    const TYPE: Type = Type::Text;
}

impl Typed for &String {
    const TYPE: Type = Type::Text;
}

impl Typed for &[u8] {
    const TYPE: Type = Type::Blob;
}

impl<'a, T: Into<Value<'a>> + Typed> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null(Some(T::TYPE)), Into::into)
    }
}

/// The arguments of a statement: `args![task_id, 5, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed((*self).into()))
    }
}

impl<'a> From<Value<'a>> for ValueRef<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Null(_) => ValueRef::Null,
            Value::Int(int) => ValueRef::Integer(int),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(blob) => ValueRef::Blob(blob),
        }
    }
}
