//! The patterns of the API's texts. Lengths are counted in characters, as JSON schemas count them.

use types::Word;

/// What a text must be like.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Which lengths of those between; none for all.
    pub only: &'static [usize],
    /// Which characters; `None` for any.
    pub allowed: Option<fn(char) -> bool>,
    /// What a person is told whose text is not.
    pub says: Word,
}

impl Rule {
    /// Whether `text` is like that.
    pub fn admits(&self, text: &str) -> bool {
        let count = text.chars().take(self.max + 1).count();
        (self.min..=self.max).contains(&count)
            && (self.only.is_empty() || self.only.contains(&count))
            && self.allowed.is_none_or(|allowed| text.chars().all(allowed))
    }
}

fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn id(character: char) -> bool {
    word(character) || character == '-'
}

fn node(character: char) -> bool {
    id(character) || character == ':'
}

fn han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fa5}').contains(&character)
}

/// A letter, a digit or a Chinese character.
pub(crate) fn is_letter_digit_or_han(character: char) -> bool {
    character.is_ascii_alphanumeric() || han(character)
}

fn task_name(character: char) -> bool {
    word(character) || han(character)
}

fn hex_id(character: char) -> bool {
    character.is_ascii_hexdigit() || character == '-'
}

fn name(character: char) -> bool {
    word(character) || han(character) || "?'#().,&%@!-".contains(character)
}

fn version(character: char) -> bool {
    id(character) || character == '.'
}

fn region(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

fn bucket(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || "-.".contains(character)
}

fn hex(character: char) -> bool {
    character.is_ascii_hexdigit()
}

fn file_name(character: char) -> bool {
    version(character) || han(character)
}

fn service(character: char) -> bool {
    name(character) || character == '$'
}

fn tag(character: char) -> bool {
    id(character) || han(character) || character == '.'
}

fn group_text(character: char) -> bool {
    name(character) || character == ' '
}

fn lower_hex(character: char) -> bool {
    matches!(character, '0'..='9' | 'a'..='f')
}

fn instance_id(character: char) -> bool {
    lower_hex(character) || character == '-'
}

fn desired_key(character: char) -> bool {
    !['.', '$', '\0'].contains(&character)
}

fn in_url(character: char) -> bool {
    !character.is_whitespace() && !character.is_control()
}

/// A database ends a text at U+0000, or refuses it: a filter on it would find every name.
fn not_nul(character: char) -> bool {
    character != '\0'
}

const fn rule(
    min: usize,
    max: usize,
    allowed: Option<fn(char) -> bool>,
    english: &'static str,
    chinese: &'static str,
) -> Rule {
    Rule { min, max, only: &[], allowed, says: Word::new(english, chinese) }
}

const fn text_rule(max: usize, english: &'static str, chinese: &'static str) -> Rule {
    rule(0, max, Some(not_nul), english, chinese)
}

const fn name_rule(max: usize) -> Rule {
    rule(
        1,
        max,
        Some(name),
        "must be letters, digits, Chinese characters and _?'#().,&%@!-",
        "只能包含中文、字母、数字和_?'#().,&%@!-",
    )
}

/// `app_id`, `product_id`
pub const ID36: Rule = rule(
    1,
    36,
    Some(id),
    "must be 1 to 36 letters, digits, _ and -",
    "必须为1~36个字符，只能包含字母、数字、下划线（_）和连接符（-）",
);
/// `device_id`, `gateway_id`, `file_id`
pub const ID128: Rule = rule(
    1,
    128,
    Some(id),
    "must be 1 to 128 letters, digits, _ and -",
    "必须为1~128个字符，只能包含字母、数字、下划线（_）和连接符（-）",
);
/// `node_id`
pub const NODE_ID: Rule = rule(
    1,
    64,
    Some(node),
    "must be 1 to 64 letters, digits, _, - and :",
    "必须为1~64个字符，只能包含字母、数字、下划线（_）、连接符（-）和冒号（:）",
);
/// `task_name`
pub const TASK_NAME: Rule = rule(
    1,
    128,
    Some(task_name),
    "must be 1 to 128 letters, digits, Chinese characters and _",
    "必须为1~128个字符，只能包含中文、字母、数字和下划线（_）",
);
/// `app_name`, `name` of a product
pub const NAME64: Rule = name_rule(64);
/// `name` and `description` of a group
pub const GROUP_TEXT64: Rule = rule(
    1,
    64,
    Some(group_text),
    "must be 1 to 64 letters, digits, Chinese characters, spaces and _?'#().,&%@!-",
    "必须为1~64个字符，只能包含中文、字母、数字、空格和_?'#().,&%@!-",
);
/// `group_id`
pub const GROUP_ID: Rule = rule(
    1,
    36,
    Some(hex_id),
    "must be 1 to 36 hex digits and -",
    "必须为1~36个字符，只能包含十六进制数字和连接符（-）",
);
/// `device_type`, `manufacturer_name`
pub const NAME32: Rule = name_rule(32);
/// `device_name`
pub const DEVICE_NAME: Rule = rule(
    1,
    256,
    Some(not_nul),
    "must be 1 to 256 characters without U+0000",
    "必须为1~256个字符，且不含U+0000",
);
const fn version_rule(max: usize, english: &'static str, chinese: &'static str) -> Rule {
    rule(1, max, Some(version), english, chinese)
}

/// `version` of an OTA package
pub const VERSION: Rule = version_rule(
    256,
    "must be 1 to 256 letters, digits, _, - and .",
    "必须为1~256个字符，只能包含字母、数字、下划线（_）、连接符（-）和英文点（.）",
);
/// `module_name`
pub const MODULE_NAME: Rule = version_rule(
    64,
    "must be 1 to 64 letters, digits, _, - and .",
    "必须为1~64个字符，只能包含字母、数字、下划线（_）、连接符（-）和英文点（.）",
);
/// `region_name`
pub const REGION: Rule = rule(
    1,
    256,
    Some(region),
    "must be 1 to 256 letters, digits and -",
    "必须为1~256个字符，只能包含字母、数字和连接符（-）",
);
/// `bucket_name`
pub const BUCKET: Rule = rule(
    3,
    63,
    Some(bucket),
    "must be 3 to 63 lower-case letters, digits, - and .",
    "必须为3~63个字符，只能包含小写字母、数字、连接符（-）和英文点（.）",
);
/// `object_key`
pub const TEXT1_1024: Rule = rule(
    1,
    1024,
    Some(not_nul),
    "must be 1 to 1024 characters without U+0000",
    "必须为1~1024个字符，且不含U+0000",
);
/// `url`
pub const URL: Rule = rule(
    8,
    1024,
    Some(in_url),
    "must be 8 to 1024 characters without spaces that begin with http:// or https:// and a host",
    "必须为8~1024个字符，不含空格，且以http://或https://及主机名开头",
);
/// `fingerprint`: by SHA-1 or SHA-256
pub const FINGERPRINT: Rule = Rule {
    only: &[40, 64],
    ..rule(40, 64, Some(hex), "must be 40 or 64 hex digits", "必须是40或64位十六进制数字")
};
/// `Instance-Id`
pub const INSTANCE_ID: Rule = rule(
    1,
    36,
    Some(instance_id),
    "must be 1 to 36 of 0-9, a-f and -",
    "必须为1~36个字符，只能包含0-9、a-f和连接符（-）",
);
/// `task_id` of a condition
pub const TASK_ID: Rule =
    rule(1, 24, Some(lower_hex), "must be 1 to 24 lower-case hex digits", "必须是1~24位小写十六进制数字");
/// `sign` by SHA-256
pub const SHA256: Rule = rule(64, 64, Some(hex), "must be 64 hex digits", "必须是64位十六进制数字");
/// `sign` by MD5
pub const MD5: Rule = rule(32, 32, Some(hex), "must be 32 hex digits", "必须是32位十六进制数字");
/// `file_name`
pub const FILE_NAME: Rule = rule(
    1,
    128,
    Some(file_name),
    "must be 1 to 128 letters, digits, Chinese characters, _, - and .",
    "必须为1~128个字符，只能包含中文、字母、数字、下划线（_）、连接符（-）和英文点（.）",
);
/// `description` of an OTA package
pub const TEXT1024: Rule =
    text_rule(1024, "must be at most 1024 characters without U+0000", "不能超过1024个字符，且不含U+0000");
/// `custom_info`
pub const TEXT4096: Rule =
    text_rule(4096, "must be at most 4096 characters without U+0000", "不能超过4096个字符，且不含U+0000");
/// `message`, which may have no more bytes than characters. Documented: 256 KB.
pub const MESSAGE: Rule =
    text_rule(256 << 10, "must be at most 262144 bytes without U+0000", "不能超过262144字节，且不含U+0000");
/// `response_name`
pub const NAME128: Rule = name_rule(128);
/// `service_id`, `service_type`
pub const SERVICE64: Rule = rule(
    1,
    64,
    Some(service),
    "must be 1 to 64 letters, digits, Chinese characters and _?'#().,&%@!-$",
    "必须为1~64个字符，只能包含中文、字母、数字和_?'#().,&%@!-$",
);
/// A word of an `enum_list`
pub const ENUM_WORD: Rule =
    rule(1, usize::MAX - 1, Some(word), "must be letters, digits and _", "只能包含字母、数字和下划线（_）");
/// `min`, `max` of a product model
pub const BOUND16: Rule = rule(1, 16, Some(not_nul), "must be 1 to 16 characters", "必须为1~16个字符");
/// `unit`
pub const TEXT16: Rule =
    text_rule(16, "must be at most 16 characters without U+0000", "不能超过16个字符，且不含U+0000");
/// `service_id` of a shadow
pub const SERVICE256: Rule = rule(
    1,
    256,
    Some(not_nul),
    "must be 1 to 256 characters without U+0000",
    "必须为1~256个字符，且不含U+0000",
);
/// A key of `desired`
pub const DESIRED_KEY: Rule =
    rule(0, usize::MAX - 1, Some(desired_key), "must not have ., $ or U+0000", "不能包含.、$和U+0000");
/// `tag_key`
pub const TAG_KEY: Rule = rule(
    1,
    64,
    Some(tag),
    "must be 1 to 64 letters, digits, Chinese characters, _, . and -",
    "必须为1~64个字符，只能包含中文、字母、数字、下划线（_）、点（.）和连接符（-）",
);
/// `tag_value`
pub const TAG_VALUE: Rule = rule(
    1,
    128,
    Some(tag),
    "must be 1 to 128 letters, digits, Chinese characters, _, . and -",
    "必须为1~128个字符，只能包含中文、字母、数字、下划线（_）、点（.）和连接符（-）",
);
/// `description` of a device
pub const TEXT2048: Rule =
    text_rule(2048, "must be at most 2048 characters without U+0000", "不能超过2048个字符，且不含U+0000");
/// `description` of a product
pub const TEXT128: Rule =
    text_rule(128, "must be at most 128 characters without U+0000", "不能超过128个字符，且不含U+0000");
/// `industry`
pub const TEXT64: Rule =
    text_rule(64, "must be at most 64 characters without U+0000", "不能超过64个字符，且不含U+0000");
/// `secret`
pub const SECRET: Rule = rule(
    8,
    32,
    Some(id),
    "must be 8 to 32 letters, digits, _ and -",
    "必须为8~32个字符，只能包含字母、数字、下划线（_）和连接符（-）",
);
