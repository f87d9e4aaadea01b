//! From the text of a rule to its tree.

use types::{RecordId, Text, text, time};

use super::{
    CHARS_MAX, CONDITIONS_MAX, Condition, Field, GroupRule, PREFIX_CHARS_MIN, RuleError, Test,
    token::{Placed, Token, tokens},
};
use crate::order::rule::is_letter_digit_or_han;

type Read<T> = Result<T, RuleError>;

pub(super) fn rule(text: &str) -> Read<GroupRule> {
    if text.chars().nth(CHARS_MAX).is_some() {
        let why = text!("a rule has at most {CHARS_MAX} characters", "规则不能超过{CHARS_MAX}个字符");
        return Err(RuleError { at: CHARS_MAX + 1, why });
    }
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, next: 0, end: text.chars().count() + 1 };
    let mut any = vec![vec![reader.condition()?]];
    let mut conditions = 1;
    while let Some(placed) = reader.take() {
        let Some(word) = placed.word(&["and", "or"]) else {
            let why = text!("AND, OR or the end is expected", "此处应为AND、OR或规则的结尾");
            return Err(RuleError { at: placed.at, why });
        };
        if conditions == CONDITIONS_MAX {
            let why =
                text!("a rule has at most {CONDITIONS_MAX} conditions", "规则最多支持{CONDITIONS_MAX}个条件");
            return Err(RuleError { at: placed.at, why });
        }
        conditions += 1;
        let condition = reader.condition()?;
        match any.last_mut() {
            Some(all) if word == "and" => all.push(condition),
            _ => any.push(vec![condition]),
        }
    }
    Ok(GroupRule(any))
}

impl Placed {
    /// Which of some words of the language this is.
    fn word(&self, words: &[&'static str]) -> Option<&'static str> {
        match &self.token {
            Token::Word(word) => words.iter().copied().find(|known| word.eq_ignore_ascii_case(known)),
            _ => None,
        }
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.token, Token::Mark(known) if known == mark)
    }
}

struct Reader<'t> {
    tokens: &'t [Placed],
    next: usize,
    /// Behind the last character.
    end: usize,
}

/// An operator, before its value is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    Below,
    Above,
    Like,
    In,
    NotIn,
}

impl<'t> Reader<'t> {
    fn take(&mut self) -> Option<&'t Placed> {
        let placed = self.tokens.get(self.next);
        self.next += 1;
        placed
    }

    fn expect<T>(&mut self, why: Text, pick: impl FnOnce(&'t Placed) -> Option<T>) -> Read<T> {
        let at = self.tokens.get(self.next).map_or(self.end, |placed| placed.at);
        self.take().and_then(pick).ok_or(RuleError { at, why })
    }

    fn condition(&mut self) -> Read<Condition> {
        let at = self.tokens.get(self.next).map_or(self.end, |placed| placed.at);
        let name = self.expect(text!("a field is expected", "此处应为字段名"), |placed| match &placed
            .token
        {
            Token::Word(name) => Some(name.as_str()),
            _ => None,
        })?;
        if name == "create_time" {
            let operator = self.operator(at, true, false, true)?;
            return self.test(operator, created).map(Condition::Created);
        }
        let Some((_, field)) = Field::ALL.iter().find(|(known, _)| *known == name) else {
            let names: Vec<_> = Field::ALL.iter().map(|(name, _)| *name).chain(["create_time"]).collect();
            let why = text!("the field must be one of ", "字段只能是") + Text::words(&names);
            return Err(RuleError { at, why });
        };
        let operator = self.operator(at, field.has_order(), field.has_beginnings(), !field.is_of_tag())?;
        self.test(operator, |value| of_field(*field, value)).map(|test| Condition::Text(*field, test))
    }

    fn operator(
        &mut self,
        field_at: usize,
        has_order: bool,
        has_beginnings: bool,
        has_lists: bool,
    ) -> Read<Operator> {
        let why = || {
            text!("one of =, !=, >, <, like, in, not in is expected", "此处应为=、!=、>、<、like、in或not in")
        };
        let operator = self.expect(why(), |placed| match &placed.token {
            Token::Mark("=") => Some(Operator::Is),
            Token::Mark("!=") => Some(Operator::IsNot),
            Token::Mark("<") => Some(Operator::Below),
            Token::Mark(">") => Some(Operator::Above),
            _ => match placed.word(&["like", "in", "not"])? {
                "like" => Some(Operator::Like),
                "in" => Some(Operator::In),
                _ => Some(Operator::NotIn),
            },
        })?;
        if operator == Operator::NotIn {
            self.expect(text!("not is followed by in", "not后面应为in"), |placed| placed.word(&["in"]))?;
        }
        let fits = match operator {
            Operator::Is | Operator::IsNot => true,
            Operator::Below | Operator::Above => has_order,
            Operator::Like => has_beginnings,
            Operator::In | Operator::NotIn => has_lists,
        };
        if fits {
            return Ok(operator);
        }
        Err(RuleError {
            at: field_at,
            why: text!("the field does not have this operator", "该字段不支持此运算符"),
        })
    }

    fn test<V>(&mut self, operator: Operator, make: impl Fn(&str) -> Result<V, Text>) -> Read<Test<V>> {
        Ok(match operator {
            Operator::Is => Test::Is(self.value(make)?),
            Operator::IsNot => Test::IsNot(self.value(make)?),
            Operator::Below => Test::Below(self.value(make)?),
            Operator::Above => Test::Above(self.value(make)?),
            Operator::Like => Test::Begins(self.value(|value| make(beginning(value)?))?),
            Operator::In => Test::In(self.list(make)?),
            Operator::NotIn => Test::NotIn(self.list(make)?),
        })
    }

    fn value<V>(&mut self, make: impl Fn(&str) -> Result<V, Text>) -> Read<V> {
        let at = self.tokens.get(self.next).map_or(self.end, |placed| placed.at);
        let why = text!("a text in single quotes is expected", "此处应为单引号括起的字符串");
        let value = self.expect(why, |placed| match &placed.token {
            Token::Quoted(value) => Some(value.as_str()),
            _ => None,
        })?;
        make(value).map_err(|why| RuleError { at, why })
    }

    fn list<V>(&mut self, make: impl Fn(&str) -> Result<V, Text>) -> Read<Vec<V>> {
        self.expect(text!("( is expected", "此处应为左括号"), |placed| placed.is("(").then_some(()))?;
        let mut values = vec![self.value(&make)?];
        let why = || text!(", or ) is expected", "此处应为逗号或右括号");
        while self.expect(why(), |placed| (placed.is(",") || placed.is(")")).then(|| placed.is(",")))? {
            values.push(self.value(&make)?);
        }
        Ok(values)
    }
}

/// What stands before the `%` of a `like`.
fn beginning(value: &str) -> Result<&str, Text> {
    let plain = |character| is_letter_digit_or_han(character) || character == '_' || character == '-';
    match value.strip_suffix('%') {
        Some(prefix) if prefix.chars().count() >= PREFIX_CHARS_MIN && prefix.chars().all(plain) => Ok(prefix),
        _ => Err(text!(
            "like takes a beginning of at least {PREFIX_CHARS_MIN} letters, digits, Chinese characters, _ and -, then %",
            "like只支持前缀匹配：至少{PREFIX_CHARS_MIN}个中文、字母、数字、_或-，并以%结尾"
        )),
    }
}

fn of_field(field: Field, value: &str) -> Result<String, Text> {
    let words = field.words();
    if value.is_empty() || value.contains('\0') {
        return Err(text!("a value is not empty and holds no U+0000", "取值不能为空，且不含U+0000"));
    }
    if !words.is_empty() && !words.contains(&value) {
        return Err(text!("must be one of ", "取值只能是") + Text::words(words));
    }
    if field != Field::Marker {
        return Ok(value.to_owned());
    }
    let marker =
        value.parse::<RecordId>().map_err(|_| text!("must be 24 hex digits", "必须是24位十六进制数字"))?;
    Ok(marker.to_string())
}

fn created(value: &str) -> Result<i64, Text> {
    let why = || text!("must be like 2015-06-06T12:10:10.000Z", "格式必须形如2015-06-06T12:10:10.000Z");
    time::parse_iso_ms(value).ok_or_else(why)
}
