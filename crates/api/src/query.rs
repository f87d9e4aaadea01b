//! The query of a request, decoded as it was signed: `%XX` is a byte and `+` is a plus, not a space.

use domain::order::{Fields, Object, Shape, rule::Rule};
use serde_json::{Map, Value as Json};
use types::{Code, Fault, RecordId, Text, Word, page::PageOrder, text, time};

/// Most records a page.
const LIMIT_MAX: i64 = 50;
const LIMIT_DEFAULT: i64 = 10;
const OFFSET_MAX: i64 = 500;
/// What [`RecordId`] is read from.
const MARKER: Rule = Rule {
    min: 24,
    max: 24,
    only: &[],
    allowed: Some(|character| character.is_ascii_hexdigit()),
    says: Word::new("must be 24 hex digits", "必须是24位十六进制数字"),
};

/// Decoded parameters, and what was found wrong with those that were asked for.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    wrong: Vec<(Code, Text)>,
    /// Notes what is asked for; none where a request is read.
    asked: Option<Box<Asked>>,
}

/// What a reader asks of a query, told by the reader itself, as [`Fields::asked`] does of a body.
#[derive(Default)]
pub(crate) struct Asked {
    /// The parameters.
    pub(crate) parameters: Object,
    /// What wrong ones are refused with.
    pub(crate) codes: Vec<Code>,
}

impl Query {
    /// What `read` asks of a query in which these stand.
    pub(crate) fn asked(given: &[(&str, &str)], read: impl FnOnce(&mut Self)) -> Asked {
        let pairs = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut query = Self { pairs, wrong: Vec::new(), asked: Some(Box::default()) };
        read(&mut query);
        query.asked.map(|asked| *asked).unwrap_or_default()
    }

    fn ask(&mut self, name: &str, code: Code, shape: impl FnOnce() -> Shape) {
        if let Some(asked) = &mut self.asked {
            asked.parameters.ask(name, shape());
            asked.codes.push(code);
        }
    }

    pub(crate) fn parse(raw: Option<&str>) -> Result<Self, Fault> {
        let pairs = raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        let pairs = pairs.collect::<Option<Vec<_>>>().ok_or_else(|| {
            let why = text!("query: is not percent-encoded UTF-8", "query：不是百分号编码的UTF-8");
            Fault::new(Code::InvalidInput, why)
        })?;
        Ok(Self { pairs, wrong: Vec::new(), asked: None })
    }

    /// A parameter; empty is the same as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Remembers that a parameter is wrong.
    pub(crate) fn wrong(&mut self, code: Code, name: &str, why: Text) {
        self.wrong.push((code, Text::field(name, why)));
    }

    /// A text of a pattern.
    pub(crate) fn text(&mut self, name: &str, rule: Rule, code: Code) -> Option<String> {
        self.ask(name, code, || Shape::Text(rule));
        let value = self.get(name)?.to_owned();
        if rule.admits(&value) {
            return Some(value);
        }
        self.wrong(code, name, rule.says.into());
        None
    }

    /// One of several words.
    pub(crate) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)], code: Code) -> Option<T> {
        let only = || words.iter().map(|(word, _)| (*word).to_owned()).collect();
        self.ask(name, code, || Shape::Word(only()));
        let given = self.get(name)?;
        let found = words.iter().find(|(word, _)| *word == given);
        if found.is_none() {
            let only: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(code, name, text!("must be one of ", "取值只能是") + Text::words(&only));
        }
        found.map(|(_, value)| *value)
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        self.ask(name, Code::InvalidInput, || Shape::Boolean);
        match self.get(name)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let why = text!("must be true or false", "取值只能是true或false");
                self.wrong(Code::InvalidInput, name, why);
                None
            }
        }
    }

    /// A parameter that must be there.
    pub(crate) fn required<T: Default>(&mut self, name: &str, value: Option<T>, code: Code) -> T {
        self.require(name, code);
        value.unwrap_or_default()
    }

    /// Remembers that a parameter is wrong if it is not there.
    pub(crate) fn require(&mut self, name: &str, code: Code) {
        if let Some(asked) = &mut self.asked {
            asked.parameters.require(name);
        }
        if self.get(name).is_none() {
            self.wrong(code, name, text!("is required", "不能为空"));
        }
    }

    /// An object, held by a text as JSON.
    pub(crate) fn held<T>(
        &mut self,
        name: &str,
        code: Code,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        self.ask(name, code, || {
            let object = Fields::asked(&Map::new(), |fields| drop(read(fields)));
            Shape::Held(Box::new(Shape::Object(object)))
        });
        let body = Json::from(Map::from_iter([(name.to_owned(), self.get(name)?.into())]));
        let read = Fields::of(&body, code).and_then(|mut fields| {
            let value = fields.within_or_held(name, read);
            fields.finish(value)
        });
        read.unwrap_or_else(|fault| {
            self.wrong.extend(fault.detail.map(|why| (fault.code, why)));
            None
        })
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&mut self, name: &str, min: i64, max: i64, default: i64, code: Code) -> i64 {
        self.ask(name, code, || Shape::Whole(min, max, 1));
        let Some(text) = self.get(name) else { return default };
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if plain && (min..=max).contains(&number) => number,
            _ => {
                self.wrong(
                    code,
                    name,
                    text!("must be a whole number from {min} to {max}", "必须是{min}~{max}的整数"),
                );
                default
            }
        }
    }

    /// A compact time, in unix ms.
    pub(crate) fn moment(&mut self, name: &str) -> Option<i64> {
        self.ask(name, Code::InvalidTime, || Shape::Moment);
        let found = time::parse_compact(self.get(name)?);
        if found.is_none() {
            let why = text!("must be like 20151212T121212Z", "格式必须形如20151212T121212Z");
            self.wrong(Code::InvalidTime, name, why);
        }
        found
    }

    /// `limit`, `marker` and `offset`.
    pub(crate) fn page(&mut self) -> PageOrder {
        let limit = self.whole("limit", 1, LIMIT_MAX, LIMIT_DEFAULT, Code::LimitOutOfRange);
        let offset = self.whole("offset", 0, OFFSET_MAX, 0, Code::InvalidInput);
        let marker = self.text("marker", MARKER, Code::MarkerOutOfRange);
        let marker = marker.and_then(|marker| marker.parse().ok()).unwrap_or(RecordId::MAX);
        PageOrder { limit, marker, offset }
    }

    /// The value, or everything that is wrong: the first one's code, every one's text.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Fault> {
        Fault::of_all(self.wrong).map_or(Ok(value), Err)
    }
}

/// A percent-encoded text; `None` if it is not one.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                out.push((high << 4 | low) as u8);
            }
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_plus() {
        let query = Query::parse(Some("name=a+b%20%E8%AE%BE&empty=&limit=5")).unwrap();
        assert_eq!(query.get("name"), Some("a+b 设"));
        assert_eq!(query.get("empty"), None);
        assert!(Query::parse(Some("name=%E8%AE")).is_err());
        assert!(Query::parse(Some("name=%4")).is_err());
    }

    #[test]
    fn a_page_names_what_is_out_of_range() {
        for (raw, code) in [
            ("limit=51", Code::LimitOutOfRange),
            ("limit=0", Code::LimitOutOfRange),
            ("limit=%2B5", Code::LimitOutOfRange),
            ("offset=501", Code::InvalidInput),
            ("marker=xyz", Code::MarkerOutOfRange),
        ] {
            let mut query = Query::parse(Some(raw)).unwrap();
            query.page();
            assert_eq!(query.finish(()).unwrap_err().code, code, "{raw}");
        }
    }
}
