//! The rule of a dynamic group: the `where` clause of the service's device search, as a typed tree.
//!
//! The language is the documented one and nothing more: up to five conditions joined by `AND` and `OR`, of which `AND`
//! binds closer; no parentheses, no null and no empty text. Words are of any case, values and fields are not.
//!
//! | operator | fields |
//! |---|---|
//! | `=` `!=` | all |
//! | `>` `<` | `create_time`, `marker` |
//! | `like 'abcd%'` | `device_name`, `node_id`, `tag_key`, `tag_value`: a beginning of at least four letters, digits, Chinese characters, `_` and `-` |
//! | `in (...)` `not in (...)` | all but `tag_key` and `tag_value` |
//!
//! What the documentation leaves open: a device that lacks a value is unlike every value, and conditions on tags that are
//! joined by `AND` are about one and the same tag of the device.

mod admit;
mod parse;
mod print;
mod token;

use types::{Text, text};

pub use admit::Subject;

/// Most characters of a rule. Documented: 200.
pub const CHARS_MAX: usize = 200;
/// Most conditions of a rule. Documented: 5.
pub const CONDITIONS_MAX: usize = 5;
/// Fewest characters before the `%` of a `like`. Documented: 4.
pub const PREFIX_CHARS_MIN: usize = 4;

/// A rule: a device must meet every condition of any of these lists. None of them is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule(pub Vec<Vec<Condition>>);

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// On a text of the device.
    Text(Field, Test<String>),
    /// On when it was added, unix ms.
    Created(Test<i64>),
}

/// How a value is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test<V> {
    /// `=`
    Is(V),
    /// `!=`
    IsNot(V),
    /// `<`
    Below(V),
    /// `>`
    Above(V),
    /// `like`, without the `%`.
    Begins(V),
    /// `in`
    In(Vec<V>),
    /// `not in`
    NotIn(Vec<V>),
}

/// A text of a device that a condition may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The app it belongs to.
    AppId,
    /// Its id.
    DeviceId,
    /// Its gateway; a direct device is its own.
    GatewayId,
    /// The product it is one of.
    ProductId,
    /// Its name.
    DeviceName,
    /// Its own id.
    NodeId,
    /// Its status.
    Status,
    /// Its place below a gateway.
    NodeType,
    /// The key of a tag of it.
    TagKey,
    /// The value of a tag of it.
    TagValue,
    /// The version of its software.
    SwVersion,
    /// The version of its firmware.
    FwVersion,
    /// A static group that it is in.
    GroupId,
    /// Its record.
    Marker,
}

impl Condition {
    /// Whether it is about a tag.
    pub const fn is_of_tag(&self) -> bool {
        matches!(self, Condition::Text(Field::TagKey | Field::TagValue, _))
    }
}

impl Field {
    /// Every one, by the name that it has in a rule.
    pub const ALL: [(&str, Field); 14] = [
        ("app_id", Field::AppId),
        ("device_id", Field::DeviceId),
        ("gateway_id", Field::GatewayId),
        ("product_id", Field::ProductId),
        ("device_name", Field::DeviceName),
        ("node_id", Field::NodeId),
        ("status", Field::Status),
        ("node_type", Field::NodeType),
        ("tag_key", Field::TagKey),
        ("tag_value", Field::TagValue),
        ("sw_version", Field::SwVersion),
        ("fw_version", Field::FwVersion),
        ("group_id", Field::GroupId),
        ("marker", Field::Marker),
    ];

    const fn is_of_tag(self) -> bool {
        matches!(self, Field::TagKey | Field::TagValue)
    }

    const fn has_beginnings(self) -> bool {
        self.is_of_tag() || matches!(self, Field::DeviceName | Field::NodeId)
    }

    const fn has_order(self) -> bool {
        matches!(self, Field::Marker)
    }

    /// The only values that it can have, if there are only some.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Field::Status => &["ONLINE", "OFFLINE", "ABNORMAL", "INACTIVE", "FROZEN"],
            Field::NodeType => &["GATEWAY", "ENDPOINT"],
            _ => &[],
        }
    }
}

/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The character, counted from 1; one behind the last if something is missing.
    pub at: usize,
    /// What is wrong there.
    pub why: Text,
}

impl RuleError {
    /// What a person is told.
    pub fn text(self) -> Text {
        let at = self.at;
        text!("at character {at}: ", "第{at}个字符：") + self.why
    }
}

impl GroupRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// It is none of the language.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        parse::rule(text)
    }
}
