//! What a value of a property or a parameter is like: its data type, and the limits that belong to the type. A limit that
//! does not (the `max_length` of a decimal in the documentation's own sample) is checked for its form and means nothing;
//! nor does `step`, which the service calls descriptive.

use serde_json::Value as Json;
use types::{Text, text, time};

use crate::order::{self, Fields, rule};

/// What a value is like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `int` of 32 bits, `long` of 64: from the first to the last number.
    Whole(i64, i64),
    /// `decimal`: from the first to the last number.
    Decimal(f64, f64),
    /// `string`: at most so many characters.
    Text(usize),
    /// `DateTime`: a compact time.
    Time,
    /// `jsonObject`
    Object,
    /// `enum`: one of these words.
    Enum(Vec<String>),
    /// `boolean`
    Boolean,
    /// `string list`
    TextList,
    /// A model that was stored unchecked does not say.
    Any,
}

#[derive(Clone, Copy)]
enum DataType {
    Int,
    Long,
    Decimal,
    String,
    DateTime,
    JsonObject,
    Enum,
    Boolean,
    StringList,
}

const DATA_TYPES: [(&str, DataType); 9] = [
    ("int", DataType::Int),
    ("long", DataType::Long),
    ("decimal", DataType::Decimal),
    ("string", DataType::String),
    ("DateTime", DataType::DateTime),
    ("jsonObject", DataType::JsonObject),
    ("enum", DataType::Enum),
    ("boolean", DataType::Boolean),
    ("string list", DataType::StringList),
];

impl Shape {
    /// Reads `data_type` and its limits.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let data_type = fields.word("data_type", &DATA_TYPES);
        fields.require("data_type");
        let words = enum_list(fields);
        let (min, max) = (fields.text("min", rule::BOUND16), fields.text("max", rule::BOUND16));
        let max_length = fields.int("max_length", 0, i64::from(i32::MAX)).unwrap_or(0);
        if fields
            .given("step", || order::Shape::Amount)
            .is_some_and(|step| step.as_f64().is_none_or(|step| step < 0.0))
        {
            fields.wrong("step", text!("must be a number that is not negative", "必须是非负数"));
        }
        let (min, max) = (min.as_deref(), max.as_deref());
        match data_type {
            None => Shape::Any,
            Some(DataType::Int) => whole(fields, min, max, i32::MIN.into(), i32::MAX.into()),
            Some(DataType::Long) => whole(fields, min, max, i64::MIN, i64::MAX),
            Some(DataType::Decimal) => decimal(fields, min, max),
            // Those who edit models by hand leave a 0 where there is no limit.
            Some(DataType::String) if max_length == 0 => Shape::Text(usize::MAX),
            Some(DataType::String) => Shape::Text(usize::try_from(max_length).unwrap_or(usize::MAX)),
            Some(DataType::DateTime) => Shape::Time,
            Some(DataType::JsonObject) => Shape::Object,
            Some(DataType::Enum) if words.is_empty() => {
                if fields.json("enum_list").is_none_or(|list| list.as_array().is_some_and(Vec::is_empty)) {
                    fields.wrong("enum_list", text!("is required of an enum", "数据类型为enum时不能为空"));
                }
                Shape::Any
            }
            Some(DataType::Enum) => Shape::Enum(words),
            Some(DataType::Boolean) => Shape::Boolean,
            Some(DataType::StringList) => Shape::TextList,
        }
    }

    /// Says what is wrong with a value.
    pub fn admits(&self, value: &Json) -> Result<(), Text> {
        let (fine, says) = match self {
            Shape::Any => return Ok(()),
            Shape::Whole(min, max) => (
                value.as_i64().is_some_and(|number| (*min..=*max).contains(&number)),
                text!("must be a whole number from {min} to {max}", "必须是{min}~{max}的整数"),
            ),
            Shape::Decimal(min, max) => (
                value.as_f64().is_some_and(|number| (*min..=*max).contains(&number)),
                match (min.is_finite(), max.is_finite()) {
                    (false, false) => text!("must be a number", "必须是数字"),
                    (true, false) => text!("must be a number from {min}", "必须是不小于{min}的数字"),
                    (false, true) => text!("must be a number up to {max}", "必须是不大于{max}的数字"),
                    (true, true) => text!("must be a number from {min} to {max}", "必须是{min}~{max}的数字"),
                },
            ),
            Shape::Text(usize::MAX) => (value.is_string(), text!("must be a string", "必须是字符串")),
            Shape::Text(max) => (
                value.as_str().is_some_and(|text| text.chars().take(max.saturating_add(1)).count() <= *max),
                text!("must be a string of at most {max} characters", "必须是不超过{max}个字符的字符串"),
            ),
            Shape::Time => (
                value.as_str().is_some_and(|text| time::parse_compact(text).is_some()),
                text!("must be like 20151212T121212Z", "格式必须形如20151212T121212Z"),
            ),
            Shape::Object => (value.is_object(), text!("must be an object", "必须是JSON对象")),
            Shape::Enum(words) => (
                value.as_str().is_some_and(|text| words.iter().any(|word| word == text)),
                text!("must be one of ", "取值只能是") + Text::words(words),
            ),
            Shape::Boolean => (value.is_boolean(), text!("must be true or false", "取值只能是true或false")),
            Shape::TextList => (
                value.as_array().is_some_and(|items| items.iter().all(Json::is_string)),
                text!("must be an array of strings", "必须是字符串数组"),
            ),
        };
        if fine { Ok(()) } else { Err(says) }
    }
}

fn enum_list(fields: &mut Fields<'_>) -> Vec<String> {
    let words = || order::Shape::texts(0, usize::MAX, rule::ENUM_WORD);
    let Some(list) = fields.given("enum_list", words) else { return Vec::new() };
    let Some(items) = list.as_array() else {
        fields.wrong("enum_list", text!("must be an array", "必须是数组"));
        return Vec::new();
    };
    let mut words: Vec<String> = Vec::with_capacity(items.len());
    let mut seen = std::collections::HashSet::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let name = format!("enum_list[{place}]");
        match item.as_str() {
            Some(word) if !rule::ENUM_WORD.admits(word) => fields.wrong(&name, rule::ENUM_WORD.says.into()),
            Some(word) if seen.insert(word) => words.push(word.to_owned()),
            Some(_) => fields.wrong(&name, text!("stands there twice", "重复")),
            None => fields.wrong(&name, text!("must be a string", "必须是字符串")),
        }
    }
    words
}

/// A limit that is a number in a text; one that is not is as if it was not there.
fn bound<T: std::str::FromStr>(
    fields: &mut Fields<'_>,
    name: &str,
    given: Option<&str>,
    fits: impl FnOnce(&T) -> bool,
    says: Text,
) -> Option<T> {
    let found = given?.parse().ok().filter(fits);
    if found.is_none() {
        fields.wrong(name, says);
    }
    found
}

/// Whether the limits of a value leave one.
fn in_order<T: PartialOrd + Copy>(fields: &mut Fields<'_>, min: T, max: T, widest: (T, T)) -> (T, T) {
    if min <= max {
        return (min, max);
    }
    fields.wrong("min", text!("must not be greater than max", "不能大于max"));
    widest
}

fn whole(fields: &mut Fields<'_>, min: Option<&str>, max: Option<&str>, least: i64, most: i64) -> Shape {
    let fits = |number: &i64| (least..=most).contains(number);
    let says = || text!("must be a whole number from {least} to {most}", "必须是{least}~{most}的整数");
    let min = bound(fields, "min", min, fits, says()).unwrap_or(least);
    let max = bound(fields, "max", max, fits, says()).unwrap_or(most);
    let (min, max) = in_order(fields, min, max, (least, most));
    Shape::Whole(min, max)
}

fn decimal(fields: &mut Fields<'_>, min: Option<&str>, max: Option<&str>) -> Shape {
    let says = || text!("must be a number", "必须是数字");
    let fits = |number: &f64| number.is_finite();
    let min = bound(fields, "min", min, fits, says()).unwrap_or(f64::NEG_INFINITY);
    let max = bound(fields, "max", max, fits, says()).unwrap_or(f64::INFINITY);
    let (min, max) = in_order(fields, min, max, (f64::NEG_INFINITY, f64::INFINITY));
    Shape::Decimal(min, max)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::{Code, Language};

    use super::*;

    fn shape(body: &Json) -> Result<Shape, String> {
        let mut fields = Fields::of(body, Code::ProductInvalid).unwrap();
        let shape = Shape::read(&mut fields);
        fields.finish(shape).map_err(|fault| fault.detail.unwrap().in_language(Language::English).to_owned())
    }

    #[test]
    fn every_type_has_its_limits() {
        let read = |body| shape(&body).unwrap();
        assert_eq!(read(json!({ "data_type": "int" })), Shape::Whole(i32::MIN.into(), i32::MAX.into()));
        assert_eq!(read(json!({ "data_type": "long", "min": "-5", "max": "7" })), Shape::Whole(-5, 7));
        assert_eq!(read(json!({ "data_type": "decimal", "min": "0.5" })), Shape::Decimal(0.5, f64::INFINITY));
        assert_eq!(read(json!({ "data_type": "string", "max_length": 3 })), Shape::Text(3));
        assert_eq!(read(json!({ "data_type": "string", "max_length": 0 })), Shape::Text(usize::MAX));
        let words = read(json!({ "data_type": "enum", "enum_list": ["ON", "OFF"] }));
        assert_eq!(words, Shape::Enum(vec!["ON".into(), "OFF".into()]));
    }

    #[test]
    fn what_does_not_belong_to_a_type_means_nothing() {
        let of_sample =
            json!({ "data_type": "decimal", "min": "1", "max": "100", "max_length": 100, "step": 0.1 });
        assert_eq!(shape(&of_sample), Ok(Shape::Decimal(1.0, 100.0)));
        let of_text =
            json!({ "data_type": "string", "min": "1", "max": "0", "max_length": 9, "enum_list": ["a"] });
        assert_eq!(shape(&of_text), Ok(Shape::Text(9)));
    }

    #[test]
    fn what_contradicts_its_type_is_refused_by_name() {
        for (body, says) in [
            (json!({}), "data_type: is required"),
            (json!({ "data_type": "float" }), "data_type: must be one of int, long"),
            (json!({ "data_type": "int", "min": "1.5" }), "min: must be a whole number"),
            (json!({ "data_type": "int", "max": "2147483648" }), "max: must be a whole number"),
            (json!({ "data_type": "decimal", "min": "NaN" }), "min: must be a number"),
            (json!({ "data_type": "decimal", "min": "2", "max": "1" }), "min: must not be greater than max"),
            (json!({ "data_type": "int", "min": 1 }), "min: must be a string"),
            (json!({ "data_type": "int", "min": "12345678901234567" }), "min: must be 1 to 16 characters"),
            (json!({ "data_type": "string", "max_length": -1 }), "max_length: must be a whole number"),
            (json!({ "data_type": "int", "step": -0.1 }), "step: must be a number"),
            (json!({ "data_type": "enum" }), "enum_list: is required of an enum"),
            (json!({ "data_type": "enum", "enum_list": [] }), "enum_list: is required of an enum"),
            (json!({ "data_type": "enum", "enum_list": ["a b"] }), "enum_list[0]: must be letters"),
            (json!({ "data_type": "enum", "enum_list": ["a", "a"] }), "enum_list[1]: stands there twice"),
            (json!({ "data_type": "enum", "enum_list": [1] }), "enum_list[0]: must be a string"),
        ] {
            let refused = shape(&body).unwrap_err();
            assert!(refused.starts_with(says), "{body}: {refused}");
        }
    }

    #[test]
    fn a_value_is_of_its_type_and_within_its_limits() {
        for (shape, fine, wrong) in [
            (Shape::Whole(-1, 5), vec![json!(-1), json!(5)], vec![json!(6), json!(1.5), json!("1")]),
            (Shape::Decimal(0.5, 1.0), vec![json!(0.5), json!(1)], vec![json!(0.4), json!("1"), json!(true)]),
            (Shape::Text(2), vec![json!(""), json!("设备")], vec![json!("abc"), json!(1)]),
            (Shape::Time, vec![json!("20151212T121212Z")], vec![json!("2015-12-12"), json!(1)]),
            (Shape::Object, vec![json!({})], vec![json!([]), json!("{}")]),
            (Shape::Enum(vec!["ON".into()]), vec![json!("ON")], vec![json!("on"), json!(1)]),
            (Shape::Boolean, vec![json!(true)], vec![json!("true"), json!(1)]),
            (Shape::TextList, vec![json!([]), json!(["a"])], vec![json!("a"), json!([1])]),
            (Shape::Any, vec![json!(1), json!({})], vec![]),
        ] {
            for value in fine {
                assert_eq!(shape.admits(&value), Ok(()), "{shape:?}");
            }
            for value in wrong {
                assert!(shape.admits(&value).is_err(), "{shape:?} {value}");
            }
        }
    }
}
