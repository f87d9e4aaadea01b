//! Reads the fields of a JSON object, remembering what is wrong with each.

use serde_json::{Map, Value as Json};
use types::{Code, Fault, Text, text};

use super::rule::Rule;

/// The fields of an object. Fields that nobody asks for are ignored, as the service does: a newer SDK may send
/// more than we know.
pub struct Fields<'v> {
    object: &'v Map<String, Json>,
    prefix: String,
    code: Code,
    wrong: Vec<(Code, Text)>,
}

impl<'v> Fields<'v> {
    /// Reads `value`, which must be an object; what is wrong is refused with `code`.
    pub fn of(value: &'v Json, code: Code) -> Result<Self, Fault> {
        let wrong = || Fault::new(code, text!("body: must be a JSON object", "body：必须是JSON对象"));
        let object = value.as_object().ok_or_else(wrong)?;
        Ok(Self { object, prefix: String::new(), code, wrong: Vec::new() })
    }

    /// A field's value; null is the same as absent.
    pub fn json(&mut self, name: &str) -> Option<&'v Json> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Remembers that a field is wrong.
    pub fn wrong(&mut self, name: &str, why: Text) {
        self.wrong_with(self.code, name, why);
    }

    /// Remembers that a field is wrong in a way that has a code of its own.
    pub fn wrong_with(&mut self, code: Code, name: &str, why: Text) {
        self.wrong.push((code, Text::field(format_args!("{}{name}", self.prefix), why)));
    }

    /// Remembers what is wrong with several fields at once, which it names.
    pub fn wrong_together(&mut self, code: Code, why: Text) {
        self.wrong.push((code, why));
    }

    /// A field that must be there.
    pub fn required<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        if value.is_none() && self.json(name).is_none() {
            self.wrong(name, text!("is required", "不能为空"));
        }
        value.unwrap_or_default()
    }

    /// A text.
    pub fn text(&mut self, name: &str, rule: Rule) -> Option<String> {
        match self.json(name)? {
            Json::String(text) if rule.admits(text) => return Some(text.clone()),
            Json::String(_) => self.wrong(name, rule.says.into()),
            _ => self.wrong(name, text!("must be a string", "必须是字符串")),
        }
        None
    }

    /// A text that must be there.
    pub fn required_text(&mut self, name: &str, rule: Rule) -> String {
        let value = self.text(name, rule);
        self.required(name, value)
    }

    /// One of several words.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.json(name)?;
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(name, text!("must be one of ", "取值只能是") + Text::words(&words));
        }
        found.map(|(_, value)| *value)
    }

    /// A boolean.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.json(name)?;
        if !value.is_boolean() {
            self.wrong(name, text!("must be true or false", "取值只能是true或false"));
        }
        value.as_bool()
    }

    /// A whole number within bounds.
    pub fn int(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let value = self.json(name)?;
        let found = value.as_i64().filter(|number| (min..=max).contains(number));
        if found.is_none() {
            self.wrong(name, text!("must be a whole number from {min} to {max}", "必须是{min}~{max}的整数"));
        }
        found
    }

    /// Reads an object within this one.
    pub fn within<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'v>) -> T) -> Option<T> {
        self.within_as(self.code, name, read)
    }

    /// Reads an object within this one; what is wrong there has a code of its own.
    pub fn within_as<T>(
        &mut self,
        code: Code,
        name: &str,
        read: impl FnOnce(&mut Fields<'v>) -> T,
    ) -> Option<T> {
        let Some(object) = self.json(name)?.as_object() else {
            self.wrong_with(code, name, text!("must be an object", "必须是JSON对象"));
            return None;
        };
        let prefix = format!("{}{name}.", self.prefix);
        let mut inner = Fields { object, prefix, code, wrong: Vec::new() };
        let value = read(&mut inner);
        self.wrong.append(&mut inner.wrong);
        Some(value)
    }

    /// Reads each object of a list of at most `most`.
    pub fn each<T>(
        &mut self,
        name: &str,
        most: usize,
        mut read: impl FnMut(&mut Fields<'v>) -> T,
    ) -> Option<Vec<T>> {
        let list = self.json(name)?.as_array().filter(|list| list.len() <= most);
        let Some(list) = list else {
            self.wrong(name, text!("must be a list of at most {most}", "必须是不超过{most}项的列表"));
            return None;
        };
        let mut read_all = Vec::with_capacity(list.len());
        for (at, item) in list.iter().enumerate() {
            let place = format!("{name}[{at}]");
            let Some(object) = item.as_object() else {
                self.wrong(&place, text!("must be an object", "必须是JSON对象"));
                continue;
            };
            let prefix = format!("{}{place}.", self.prefix);
            let mut inner = Fields { object, prefix, code: self.code, wrong: Vec::new() };
            read_all.push(read(&mut inner));
            self.wrong.append(&mut inner.wrong);
        }
        Some(read_all)
    }

    /// The value, or everything that is wrong: the first one's code, every one's text.
    pub fn finish<T>(self, value: T) -> Result<T, Fault> {
        Fault::of_all(self.wrong).map_or(Ok(value), Err)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::Language;

    use super::*;
    use crate::order::rule;

    #[test]
    fn every_error_at_once_each_with_its_field() {
        let body = json!({ "app_id": 5, "limit": 51, "auth": { "kind": "x" }, "name": "a b", "unknown": 1 });
        let mut fields = Fields::of(&body, Code::InvalidInput).unwrap();
        fields.text("app_id", rule::ID36);
        fields.int("limit", 1, 50);
        fields.within("auth", |auth| auth.word("kind", &[("SECRET", 1)]));
        fields.required_text("name", rule::TASK_NAME);
        fields.required_text("missing", rule::TASK_NAME);
        let fault = fields.finish(()).unwrap_err();
        assert_eq!(fault.code, Code::InvalidInput);
        let detail = fault.message(Language::English);
        for field in ["app_id: ", "limit: ", "auth.kind: ", "name: ", "missing: is required"] {
            assert!(detail.contains(field), "{detail}");
        }
        assert!(!detail.contains("unknown"));
    }

    #[test]
    fn lengths_are_characters() {
        assert!(rule::TASK_NAME.admits(&"任".repeat(128)));
        assert!(!rule::TASK_NAME.admits(&"任".repeat(129)));
        assert!(!rule::TASK_NAME.admits(""));
        assert!(rule::DEVICE_NAME.admits("=HYPERLINK(\"😀\")"));
    }
}
