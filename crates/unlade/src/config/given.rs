//! A setting as it was given, which becomes what its field asks for: a value of the settings file has a type
//! already, a text from the environment is read as the type that the field has.

use serde::{
    Deserializer,
    de::{Error as _, IntoDeserializer, Visitor},
    forward_to_deserialize_any,
};
use toml::{Value, de::Error};

/// The name of a setting.
pub(super) struct Key {
    key: String,
    origin: String,
}

impl Key {
    pub(super) fn new(key: String, origin: &str) -> Self {
        Self { key, origin: origin.to_owned() }
    }
}

/// The value of a setting.
pub(super) struct Given {
    origin: String,
    value: Value,
    is_text: bool,
}

impl Given {
    /// A value with a type.
    pub(super) fn value(origin: String, value: Value) -> Self {
        Self { origin, value, is_text: false }
    }

    /// A text that may stand for anything.
    pub(super) fn text(origin: String, text: String) -> Self {
        Self { origin, value: Value::String(text), is_text: true }
    }

    /// What a person has to change.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The value, a text read as a whole number; none of our numbers may be negative.
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.value.as_str() {
            Some(text) if self.is_text => match text.trim().parse() {
                Ok(number) => Value::Integer(number),
                Err(_) => {
                    return Err(Error::custom(format!("{}: {text:?} is not a whole number", self.origin)));
                }
            },
            _ => self.value,
        };
        if value.as_integer().is_some_and(|number| number < 0) {
            return Err(Error::custom(format!("{}: may not be negative", self.origin)));
        }
        value.deserialize_any(visitor).map_err(named(&self.origin))
    }
}

fn named(origin: &str) -> impl FnOnce(Error) -> Error {
    move |error| Error::custom(format!("{origin}: {}", error.message()))
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Given {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_any(visitor).map_err(named(&self.origin))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor).map_err(named(&self.origin))
    }

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 }
    numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match self.value.as_str().map(str::parse) {
            Some(Ok(truth)) if self.is_text => Value::Boolean(truth),
            _ => self.value,
        };
        value.deserialize_any(visitor).map_err(named(&self.origin))
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

impl<'de> Deserializer<'de> for Key {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(&self.key).map_err(named(&self.origin))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Given {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl IntoDeserializer<'_, Error> for Key {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
