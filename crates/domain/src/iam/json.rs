//! JSON as a policy is read from: an object keeps a name that is said twice, because the reader of a document that says
//! `Deny` and then `Allow` must not be the one who picks; and whatever is refused is refused by its place.

use std::{collections::HashSet, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use types::{Text, text};

/// How much of a stranger's word a refusal repeats.
const SHOWN_CHARS: usize = 64;

/// A stranger's word, as a refusal repeats it.
pub(super) fn shown(word: &str) -> String {
    let mut shown: String = word.chars().take(SHOWN_CHARS).collect();
    if shown.len() < word.len() {
        shown.push('…');
    }
    shown
}

/// Where in a document: `Statement[0].Action[2]`.
pub(super) struct Place(String);

impl Place {
    /// The document itself.
    pub(super) fn root() -> Self {
        Self(String::new())
    }

    /// The same, where it is refused as a whole.
    pub(super) fn document() -> Self {
        Self("document".to_owned())
    }

    pub(super) fn field(&self, name: &str) -> Self {
        let name = shown(name);
        Self(if self.0.is_empty() { name } else { format!("{}.{name}", self.0) })
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// What is wrong there.
    pub(super) fn says(&self, text: Text) -> Text {
        if self.0.is_empty() { text } else { Text::field(&self.0, text) }
    }

    /// Puts what a field says where it is kept, unless it was said before.
    pub(super) fn once<T>(&self, kept: &mut Option<T>, said: T) -> Result<(), Text> {
        if kept.replace(said).is_some() {
            return Err(self.says(text!("is there twice", "重复出现")));
        }
        Ok(())
    }

    /// What a field that must be there says.
    pub(super) fn need<T>(&self, name: &str, kept: Option<T>) -> Result<T, Text> {
        kept.ok_or_else(|| self.field(name).says(text!("is missing", "缺失")))
    }

    /// Nothing but these fields may be here.
    pub(super) fn unknown(&self, known: &[&str]) -> Text {
        self.says(text!("is no such field; there are ", "不是可用的字段，可用的有") + Text::words(known))
    }

    /// At most so many.
    pub(super) fn most(&self, count: usize, most: usize) -> Result<(), Text> {
        if count > most {
            return Err(
                self.says(text!("has {count}, at most {most} are taken", "有{count}个，最多{most}个"))
            );
        }
        Ok(())
    }
}

/// Any JSON.
pub(super) enum Node {
    Text(String),
    List(Vec<Node>),
    /// In the order of the document, with whatever is said twice.
    Object(Vec<(String, Node)>),
    /// A number, a truth or null: nothing in a policy is one.
    Other,
}

impl Node {
    pub(super) fn text(self, place: &Place) -> Result<String, Text> {
        match self {
            Node::Text(text) => Ok(text),
            _ => Err(place.says(text!("must be a string", "必须是字符串"))),
        }
    }

    pub(super) fn list(self, place: &Place) -> Result<Vec<Node>, Text> {
        match self {
            Node::List(list) if !list.is_empty() => Ok(list),
            Node::List(_) => Err(place.says(text!("must not be empty", "不能为空"))),
            _ => Err(place.says(text!("must be a list", "必须是数组"))),
        }
    }

    pub(super) fn object(self, place: &Place) -> Result<Vec<(String, Node)>, Text> {
        match self {
            Node::Object(fields) => Ok(fields),
            _ => Err(place.says(text!("must be an object", "必须是对象"))),
        }
    }

    fn said_once(&self, place: &Place) -> Result<(), Text> {
        match self {
            Node::Text(_) | Node::Other => Ok(()),
            Node::List(list) => {
                list.iter().enumerate().try_for_each(|(index, node)| node.said_once(&place.item(index)))
            }
            Node::Object(fields) => {
                let mut said = HashSet::new();
                fields.iter().try_for_each(|(name, node)| {
                    let at = place.field(name);
                    if !said.insert(name.as_str()) {
                        return Err(at.says(text!("is there twice", "重复出现")));
                    }
                    node.said_once(&at)
                })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

/// Refuses what says a field twice, anywhere in it, by its place. For whoever hands on what a body holds as a value, in
/// which the last one would have won before a policy in it is read.
pub fn said_once(body: &[u8]) -> Result<(), Text> {
    // What is no JSON is refused by whoever reads it.
    serde_json::from_slice(body).map_or(Ok(()), |node: Node| node.said_once(&Place::root()))
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Node::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use types::Language;

    use super::*;

    #[test]
    fn what_is_said_twice_is_found_at_any_depth_and_told_by_its_place() {
        let told = |body: &str| {
            said_once(body.as_bytes()).err().map(|why| why.in_language(Language::English).to_owned())
        };
        for (body, place) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"a":[{"b":{"c":[],"d":null,"c":{}}}]}"#, "a[0].b.c"),
            (
                r#"{"role":{"policy":{"Statement":[{},{"Effect":"Deny","\u0045ffect":"Allow"}]}}}"#,
                "role.policy.Statement[1].Effect",
            ),
        ] {
            assert_eq!(told(body), Some(format!("{place}: is there twice")));
        }
        for body in [r#"{"a":{"a":{"b":1}},"b":[{"a":1},{"a":2}],"A":1}"#, "[]", "5", "{"] {
            assert_eq!(told(body), None, "{body}");
        }
    }
}
