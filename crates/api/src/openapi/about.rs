//! What an endpoint says about itself: what it reads, told by its own readers, what it answers, and what it refuses with.

use domain::{
    Action, Limits,
    order::{Fields, Object, Shape, asked_beside, rule, rule::Rule},
};
use serde_json::{Map, Value as Json};
use types::Code;
use utoipa::ToSchema;

use super::answers;
use crate::{error, query::Query};

/// What endpoints need to know of the server that they are documented for.
pub(crate) struct Server {
    /// The limits in force.
    pub(crate) limits: Limits,
    /// Whether what goes beyond the cloud is refused.
    pub(crate) strict: bool,
}

/// An endpoint, as it tells about itself.
pub(crate) struct About<'s> {
    /// The server.
    pub(crate) server: &'s Server,
    pub(super) summary: &'static str,
    pub(super) action: Option<Action>,
    pub(super) at: Shape,
    pub(super) query: Object,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) body: Body,
    pub(super) refusals: Vec<(u16, Code)>,
    pub(super) answers: Vec<Answer>,
    /// Schemas that the answers name.
    pub(super) schemas: Map<String, Json>,
}

/// The body that it reads.
#[derive(Default)]
pub(super) enum Body {
    #[default]
    None,
    /// JSON, which may be left out.
    Optional(Object),
    /// JSON.
    Object(Object),
    /// JSON of one form for each word in a field; without the field, of the form of the usual word.
    ByWord { name: &'static str, usual: Option<&'static str>, forms: Vec<(&'static str, Object)> },
    /// Parts, of which one is a file.
    Parts,
    /// The bytes of a file.
    File,
}

/// A success.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) headers: &'static [(&'static str, &'static str)],
}

/// Its body.
pub(super) enum Content {
    None,
    /// JSON of a schema of that name.
    Json(String),
    /// Bytes of that media type.
    Bytes(&'static str),
}

impl<'s> About<'s> {
    pub(super) fn new(server: &'s Server) -> Self {
        Self {
            server,
            summary: "",
            action: None,
            at: Shape::Text(rule::ID128),
            query: Object::default(),
            headers: Vec::new(),
            body: Body::None,
            refusals: Vec::new(),
            answers: Vec::new(),
            schemas: Map::new(),
        }
    }

    /// What it does, in a sentence.
    pub(crate) fn does(&mut self, summary: &'static str) -> &mut Self {
        self.summary = summary;
        self
    }

    /// What it does, and the action that a policy must allow.
    pub(crate) fn lets(&mut self, action: Action, summary: &'static str) -> &mut Self {
        self.action = Some(action);
        self.does(summary)
    }

    /// What the id in its path is refused with if nothing has it.
    pub(crate) fn of(&mut self, missing: Code) -> &mut Self {
        self.refuses(&[missing])
    }

    /// The same, with ids of a pattern of their own.
    pub(crate) fn of_ids(&mut self, rule: Rule, missing: Code) -> &mut Self {
        self.at = Shape::Text(rule);
        self.of(missing)
    }

    /// Its parameters.
    pub(crate) fn asks<T>(&mut self, read: impl FnOnce(&mut Query) -> T) -> &mut Self {
        self.asks_beside(&[], read)
    }

    /// Its parameters, with those that are asked for beside others.
    pub(crate) fn asks_beside<T>(
        &mut self,
        given: &[(&str, &str)],
        read: impl FnOnce(&mut Query) -> T,
    ) -> &mut Self {
        let asked = Query::asked(given, |query| drop(read(query)));
        self.query = asked.parameters;
        self.refuses(&[Code::InvalidInput]).refuses(&asked.codes)
    }

    /// A header that it looks at, and what for.
    pub(crate) fn heeds(&mut self, name: &'static str, what: &'static str) -> &mut Self {
        self.headers.push((name, what));
        self
    }

    /// The body that it needs; what is wrong with it is refused with `code`.
    pub(crate) fn takes<T>(&mut self, code: Code, read: impl FnOnce(&mut Fields<'_>) -> T) -> &mut Self {
        self.body = Body::Object(Fields::asked(&Map::new(), |fields| drop(read(fields))));
        self.refuses(&[code, Code::InvalidFormat])
    }

    /// The body that it may have.
    pub(crate) fn may_take<T>(&mut self, code: Code, read: impl FnOnce(&mut Fields<'_>) -> T) -> &mut Self {
        self.body = Body::Optional(Fields::asked(&Map::new(), |fields| drop(read(fields))));
        self.refuses(&[code, Code::InvalidFormat])
    }

    /// The body that it needs, which has a form of its own for each word in a field.
    pub(crate) fn takes_by<T>(
        &mut self,
        code: Code,
        (name, words): (&'static str, &[&'static str]),
        usual: Option<&'static str>,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> &mut Self {
        let form = |word: &&'static str| (*word, asked_beside(name, word, |fields| drop(read(fields))));
        self.body = Body::ByWord { name, usual, forms: words.iter().map(form).collect() };
        self.refuses(&[code, Code::InvalidFormat])
    }

    /// A body of parts, of which one is a file.
    pub(crate) fn takes_parts(&mut self) -> &mut Self {
        self.body = Body::Parts;
        self.refuses(&[Code::InvalidFormat])
    }

    /// A body that is a file.
    pub(crate) fn takes_file(&mut self) -> &mut Self {
        self.body = Body::File;
        self.refuses(&[Code::InvalidFormat])
    }

    /// What it answers.
    pub(crate) fn gives<T: ToSchema>(&mut self, status: u16) -> &mut Self {
        answers::add::<T>(&mut self.schemas);
        let content = Content::Json(T::name().into_owned());
        self.answers.push(Answer { status, content, headers: &[] });
        self
    }

    /// What it answers without a body.
    pub(crate) fn gives_nothing(&mut self, status: u16) -> &mut Self {
        self.gives_with(status, &[])
    }

    /// The same with headers, each with what it says.
    pub(crate) fn gives_with(
        &mut self,
        status: u16,
        headers: &'static [(&'static str, &'static str)],
    ) -> &mut Self {
        self.answers.push(Answer { status, content: Content::None, headers });
        self
    }

    /// What it answers in bytes.
    pub(crate) fn gives_bytes(
        &mut self,
        status: u16,
        media_type: &'static str,
        headers: &'static [(&'static str, &'static str)],
    ) -> &mut Self {
        self.answers.push(Answer { status, content: Content::Bytes(media_type), headers });
        self
    }

    /// What it may refuse with, beside what every endpoint may.
    pub(crate) fn refuses(&mut self, codes: &[Code]) -> &mut Self {
        for code in codes {
            self.refuses_as(error::status(*code).as_u16(), *code);
        }
        self
    }

    /// The same with a status that is not the code's own.
    pub(crate) fn refuses_as(&mut self, status: u16, code: Code) -> &mut Self {
        self.refusals.push((status, code));
        self
    }

    /// What stands in its path is one of these words.
    pub(crate) fn at_words(&mut self, words: Vec<String>) -> &mut Self {
        self.at = Shape::Word(words);
        self
    }
}
