//! The query of a request, decoded as it was signed: `%XX` is a byte and `+` is a plus, not a space.

use domain::order::rule::Rule;
use types::{Code, Fault, RecordId, Text, page::PageOrder, text, time};

/// Most records a page.
const LIMIT_MAX: i64 = 50;
const LIMIT_DEFAULT: i64 = 10;
const OFFSET_MAX: i64 = 500;

/// Decoded parameters, and what was found wrong with those that were asked for.
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    wrong: Vec<(Code, Text)>,
}

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Result<Self, Fault> {
        let pairs = raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        let pairs = pairs.collect::<Option<Vec<_>>>().ok_or_else(|| {
            let why = text!("query: is not percent-encoded UTF-8", "query：不是百分号编码的UTF-8");
            Fault::new(Code::InvalidInput, why)
        })?;
        Ok(Self { pairs, wrong: Vec::new() })
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
        let value = self.get(name)?.to_owned();
        if rule.admits(&value) {
            return Some(value);
        }
        self.wrong(code, name, rule.says.into());
        None
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&mut self, name: &str, min: i64, max: i64, default: i64, code: Code) -> i64 {
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
        let marker = match self.get("marker").map(str::parse) {
            None => RecordId::MAX,
            Some(Ok(marker)) => marker,
            Some(Err(_)) => {
                self.wrong(
                    Code::MarkerOutOfRange,
                    "marker",
                    text!("must be 24 hex digits", "必须是24位十六进制数字"),
                );
                RecordId::MAX
            }
        };
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
