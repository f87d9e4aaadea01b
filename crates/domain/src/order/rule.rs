//! The patterns of the API's texts. Lengths are counted in characters, as JSON schemas count them.

/// What a text must be like.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Fewest characters.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Which characters; `None` for any.
    pub allowed: Option<fn(char) -> bool>,
    /// How a person would say so.
    pub says: &'static str,
}

impl Rule {
    /// Whether `text` is like that.
    pub fn admits(&self, text: &str) -> bool {
        let count = text.chars().take(self.max + 1).count();
        (self.min..=self.max).contains(&count) && self.allowed.is_none_or(|allowed| text.chars().all(allowed))
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

fn task_name(character: char) -> bool {
    word(character) || han(character)
}

fn name(character: char) -> bool {
    word(character) || han(character) || "?'#().,&%@!-".contains(character)
}

const fn rule(min: usize, max: usize, allowed: Option<fn(char) -> bool>, says: &'static str) -> Rule {
    Rule { min, max, allowed, says }
}

const NAME_SAYS: &str = "letters, digits, Chinese characters and _?'#().,&%@!-";

/// `app_id`, `product_id`
pub const ID36: Rule = rule(1, 36, Some(id), "1 to 36 letters, digits, _ and -");
/// `device_id`, `gateway_id`, `file_id`
pub const ID128: Rule = rule(1, 128, Some(id), "1 to 128 letters, digits, _ and -");
/// `node_id`
pub const NODE_ID: Rule = rule(1, 64, Some(node), "1 to 64 letters, digits, _, - and :");
/// `task_name`
pub const TASK_NAME: Rule =
    rule(1, 128, Some(task_name), "1 to 128 letters, digits, Chinese characters and _");
/// `app_name`, `name` of a product
pub const NAME64: Rule = rule(1, 64, Some(name), NAME_SAYS);
/// `device_type`, `manufacturer_name`
pub const NAME32: Rule = rule(1, 32, Some(name), NAME_SAYS);
/// `device_name`
pub const DEVICE_NAME: Rule = rule(1, 256, None, "1 to 256 characters");
/// `description` of a device
pub const TEXT2048: Rule = rule(0, 2048, None, "at most 2048 characters");
/// `description` of a product
pub const TEXT128: Rule = rule(0, 128, None, "at most 128 characters");
/// `industry`
pub const TEXT64: Rule = rule(0, 64, None, "at most 64 characters");
/// `secret`
pub const SECRET: Rule = rule(8, 32, Some(id), "8 to 32 letters, digits, _ and -");
