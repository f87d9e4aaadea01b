//! Reads the fields of a JSON object, remembering what is wrong with each.

use std::{ops::RangeInclusive, sync::LazyLock};

use serde_json::{Map, Value as Json};
use types::{Code, Fault, Text, text};

use super::{
    asked::{Object, Shape},
    rule::Rule,
};

/// What an object that is only asked about holds.
static NOTHING: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);

/// The fields of an object. Fields that nobody asks for are ignored, as the service does: a newer SDK may send
/// more than we know.
///
/// The same reader tells what it reads, if it is run with [`Fields::asked`].
pub struct Fields<'v> {
    object: &'v Map<String, Json>,
    prefix: String,
    code: Code,
    wrong: Vec<(Code, Text)>,
    /// Notes what is asked for; none where a request is read.
    asked: Option<Box<Object>>,
}

impl<'v> Fields<'v> {
    /// Reads `value`, which must be an object; what is wrong is refused with `code`.
    pub fn of(value: &'v Json, code: Code) -> Result<Self, Fault> {
        let wrong = || Fault::new(code, text!("body: must be a JSON object", "body：必须是JSON对象"));
        let object = value.as_object().ok_or_else(wrong)?;
        Ok(Self { object, prefix: String::new(), code, wrong: Vec::new(), asked: None })
    }

    /// What `read` asks of an object, of which it is given no more than `given`. What is nested is asked about as if it
    /// were there.
    pub fn asked(given: &Map<String, Json>, read: impl FnOnce(&mut Fields<'_>)) -> Object {
        let mut fields = Fields::about(given, Code::InvalidInput);
        read(&mut fields);
        fields.asked.map(|asked| *asked).unwrap_or_default()
    }

    fn about(object: &'v Map<String, Json>, code: Code) -> Self {
        Self { object, prefix: String::new(), code, wrong: Vec::new(), asked: Some(Box::default()) }
    }

    fn ask(&mut self, name: &str, shape: impl FnOnce() -> Shape) {
        if let Some(asked) = &mut self.asked {
            asked.ask(name, shape());
        }
    }

    /// A field's value for a reader that checks it itself and says here what it must be like; null is the same as absent.
    pub fn given(&mut self, name: &str, shape: impl FnOnce() -> Shape) -> Option<&'v Json> {
        self.ask(name, shape);
        self.json(name)
    }

    /// A field's value, for whoever looks at what is read elsewhere; null is the same as absent.
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
        self.require(name);
        value.unwrap_or_default()
    }

    /// Remembers that a field is wrong if it is not there.
    pub fn require(&mut self, name: &str) {
        self.require_with(self.code, name);
    }

    /// The same with a code of its own.
    pub fn require_with(&mut self, code: Code, name: &str) {
        if let Some(asked) = &mut self.asked {
            asked.require(name);
        }
        if self.json(name).is_none() {
            self.wrong_with(code, name, text!("is required", "不能为空"));
        }
    }

    /// Remembers that a field is wrong if it is there.
    pub fn refuse(&mut self, name: &str, why: Text) {
        if self.given(name, || Shape::Nothing).is_some() {
            self.wrong(name, why);
        }
    }

    /// Remembers that any field is wrong but these.
    pub fn only(&mut self, names: &[&str]) {
        if let Some(asked) = &mut self.asked {
            asked.closed = true;
        }
        if let Some(other) = self.object.keys().find(|key| !names.contains(&key.as_str())) {
            let names = Text::words(names);
            self.wrong(other, text!("is unknown; known are ", "未知；仅支持") + names);
        }
    }

    /// A text.
    pub fn text(&mut self, name: &str, rule: Rule) -> Option<String> {
        self.ask(name, || Shape::Text(rule));
        self.admitted(name, rule)
    }

    fn admitted(&mut self, name: &str, rule: Rule) -> Option<String> {
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

    /// A URL of http or https, of as many characters as `rule` says and such as it says.
    pub fn url(&mut self, name: &str, rule: Rule) -> Option<String> {
        self.ask(name, || Shape::Url(rule));
        let url = self.admitted(name, rule)?;
        let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        if !host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
            self.wrong(name, rule.says.into());
        }
        Some(url)
    }

    /// A list of texts, of which each may be wrong.
    pub fn texts(&mut self, name: &str, most: usize, rule: Rule) -> Option<Vec<String>> {
        let given = self.given(name, || Shape::texts(0, most, rule))?;
        let list = given.as_array().filter(|list| list.len() <= most);
        let texts = list.and_then(|list| list.iter().map(Json::as_str).collect::<Option<Vec<_>>>());
        let Some(texts) = texts else {
            let why = text!("must be an array of at most {most} strings", "必须是不超过{most}项的字符串数组");
            self.wrong(name, why);
            return None;
        };
        for (place, _) in texts.iter().enumerate().filter(|(_, text)| !rule.admits(text)) {
            self.wrong(&format!("{name}[{place}]"), rule.says.into());
        }
        Some(texts.into_iter().map(str::to_owned).collect())
    }

    /// An object that is kept as it is, of at most so many bytes as JSON.
    pub fn object(&mut self, name: &str, most: usize) -> Option<Json> {
        let given = self.given(name, || Shape::Free(most))?;
        if !given.is_object() || given.to_string().len() > most {
            let why = text!("must be an object of at most {most} bytes", "必须是不超过{most}字节的JSON对象");
            self.wrong(name, why);
        }
        Some(given.clone())
    }

    /// One of several words.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        self.word_with(self.code, name, words)
    }

    /// One of several words; any other has a code of its own.
    pub fn word_with<T: Copy>(&mut self, code: Code, name: &str, words: &[(&str, T)]) -> Option<T> {
        // Beside one that is given, what depends on the others is not asked for.
        let beside = self.object.get(name).and_then(Json::as_str);
        self.ask(name, || {
            let meant =
                words.iter().map(|(word, _)| *word).filter(|word| beside.is_none_or(|given| given == *word));
            Shape::Word(meant.map(str::to_owned).collect())
        });
        let value = self.json(name)?;
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong_with(code, name, text!("must be one of ", "取值只能是") + Text::words(&words));
        }
        found.map(|(_, value)| *value)
    }

    /// One of several words, and what is read in the way that it says, or that `usual` says without it.
    pub fn by_word<T: Copy, U>(
        &mut self,
        name: &str,
        words: &[(&str, T)],
        usual: T,
        mut read: impl FnMut(&mut Self, T) -> U,
    ) -> U {
        let word = self.word(name, words);
        if self.asked.is_some() {
            words.iter().for_each(|(_, word)| drop(read(self, *word)));
        }
        read(self, word.unwrap_or(usual))
    }

    /// Reads what is only read where another field is given.
    pub fn beside(&mut self, name: &str, read: impl FnOnce(&mut Self)) {
        if self.asked.is_some() || self.json(name).is_some() {
            read(self);
        }
    }

    /// A boolean.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.given(name, || Shape::Boolean)?;
        if !value.is_boolean() {
            self.wrong(name, text!("must be true or false", "取值只能是true或false"));
        }
        value.as_bool()
    }

    /// A whole number within bounds.
    pub fn int(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let value = self.given(name, || Shape::Whole(min, max, 1))?;
        let found = value.as_i64().filter(|number| (min..=max).contains(number));
        if found.is_none() {
            self.wrong(name, text!("must be a whole number from {min} to {max}", "必须是{min}~{max}的整数"));
        }
        found
    }

    /// A whole number within bounds that is a multiple of another.
    pub fn multiple(&mut self, name: &str, min: i64, max: i64, of: i64) -> Option<i64> {
        self.ask(name, || Shape::Whole(min, max, of));
        let number =
            self.json(name)?.as_i64().filter(|number| (min..=max).contains(number) && number % of == 0);
        if number.is_none() {
            let why = text!(
                "must be a whole number from {min} to {max}, a multiple of {of}",
                "必须是{min}~{max}的整数，且为{of}的倍数"
            );
            self.wrong(name, why);
        }
        number
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
        if let Some(asked) = &mut self.asked {
            let mut inner = Fields::about(&NOTHING, code);
            read(&mut inner);
            asked.ask(name, Shape::Object(inner.asked.map(|asked| *asked).unwrap_or_default()));
            return None;
        }
        let Some(object) = self.json(name)?.as_object() else {
            self.wrong_with(code, name, text!("must be an object", "必须是JSON对象"));
            return None;
        };
        let prefix = format!("{}{name}.", self.prefix);
        let mut inner = Fields { object, prefix, code, wrong: Vec::new(), asked: None };
        let value = read(&mut inner);
        self.wrong.append(&mut inner.wrong);
        Some(value)
    }

    /// Reads an object within this one that may also come as a text that holds it.
    pub fn within_or_held<T>(&mut self, name: &str, read: impl Fn(&mut Fields<'_>) -> T) -> Option<T> {
        if self.asked.is_some() {
            let object = Fields::asked(&NOTHING, |fields| drop(read(fields)));
            let held = Shape::Held(Box::new(Shape::Object(object.clone())));
            self.ask(name, || Shape::Either(vec![Shape::Object(object), held]));
            return None;
        }
        let given = self.json(name)?;
        let held: Option<Json> = given.as_str().map(|text| serde_json::from_str(text).unwrap_or_default());
        let Some(object) = held.as_ref().unwrap_or(given).as_object() else {
            let why = text!(
                "must be an object, or a string that holds one",
                "必须是JSON对象，或内容为JSON对象的字符串"
            );
            self.wrong(name, why);
            return None;
        };
        let prefix = format!("{}{name}.", self.prefix);
        let mut inner = Fields { object, prefix, code: self.code, wrong: Vec::new(), asked: None };
        let value = read(&mut inner);
        self.wrong.append(&mut inner.wrong);
        Some(value)
    }

    /// Reads each object of a list of so many. Whoever has filtered a list down to nothing is told so, where it may not be
    /// empty.
    pub fn each<T>(
        &mut self,
        name: &str,
        lengths: RangeInclusive<usize>,
        read: impl FnMut(&mut Fields<'v>) -> T,
    ) -> Option<Vec<T>> {
        let value = self.json(name);
        let most = *lengths.end();
        if value.is_some_and(|value| value.as_array().is_none_or(|list| list.len() > most)) {
            self.wrong(name, text!("must be a list of at most {most}", "必须是不超过{most}项的列表"));
            return None;
        }
        let read_all = self.items(name, lengths.clone(), read);
        if read_all.as_ref().is_some_and(|list| list.len() < *lengths.start()) {
            self.wrong(name, text!("must not be empty", "不能为空"));
        }
        read_all
    }

    /// Reads each object of a list, whether or not it has as many as it should.
    pub fn items<T>(
        &mut self,
        name: &str,
        lengths: RangeInclusive<usize>,
        mut read: impl FnMut(&mut Fields<'v>) -> T,
    ) -> Option<Vec<T>> {
        if let Some(asked) = &mut self.asked {
            let mut inner = Fields::about(&NOTHING, self.code);
            read(&mut inner);
            let item = Shape::Object(inner.asked.map(|asked| *asked).unwrap_or_default());
            asked.ask(name, Shape::List(*lengths.start(), *lengths.end(), Box::new(item)));
        }
        let list = self.json(name)?.as_array()?;
        let mut read_all = Vec::with_capacity(list.len());
        for (at, item) in list.iter().enumerate() {
            let place = format!("{name}[{at}]");
            let Some(object) = item.as_object() else {
                self.wrong(&place, text!("must be an object", "必须是JSON对象"));
                continue;
            };
            let prefix = format!("{}{place}.", self.prefix);
            let mut inner = Fields { object, prefix, code: self.code, wrong: Vec::new(), asked: None };
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
