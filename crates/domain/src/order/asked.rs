//! What a reader asks of a request, told by the reader itself: it is run once with [`Fields::asked`] over an object that
//! holds next to nothing, and every field that it asks for is noted with what it must be like. So what is documented of a
//! request and what is read of it are one.

use super::{Fields, rule::Rule};

/// What a value must be like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A text.
    Text(Rule),
    /// A URL of http or https.
    Url(Rule),
    /// A text with a grammar of its own: most characters, and what it is.
    Written(usize, &'static str),
    /// One of these words.
    Word(Vec<String>),
    /// `true` or `false`.
    Boolean,
    /// A whole number: the least, the most, and what it is a multiple of.
    Whole(i64, i64, i64),
    /// A number that is not negative.
    Amount,
    /// A compact time.
    Moment,
    /// An object.
    Object(Object),
    /// An object whose fields are not read, of at most so many bytes or characters as JSON.
    Free(usize),
    /// An object whose keys alone are read.
    Keys(Rule),
    /// A text that holds something else as JSON.
    Held(Box<Shape>),
    /// A list: its fewest and most items, and what each is like.
    List(usize, usize, Box<Shape>),
    /// Any of these.
    Either(Vec<Shape>),
    /// Anything.
    Any,
    /// What must not be there.
    Nothing,
}

impl Shape {
    /// A list of texts.
    pub fn texts(least: usize, most: usize, rule: Rule) -> Self {
        Self::List(least, most, Box::new(Self::Text(rule)))
    }
}

/// The fields of an object.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Each, in the order in which they are asked for.
    pub fields: Vec<Field>,
    /// Whether any other field is refused.
    pub closed: bool,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Each thing that it may be; one that is asked for in several ways is like any of them.
    pub shapes: Vec<Shape>,
}

impl Object {
    /// Notes that a field is asked for.
    pub fn ask(&mut self, name: &str, shape: Shape) {
        self.field(name).shapes.push(shape);
    }

    /// Notes that a field must be there.
    pub fn require(&mut self, name: &str) {
        self.field(name).required = true;
    }

    fn field(&mut self, name: &str) -> &mut Field {
        let known = self.fields.iter().position(|field| field.name == name);
        let at = known.unwrap_or_else(|| {
            self.fields.push(Field { name: name.to_owned(), required: false, shapes: Vec::new() });
            self.fields.len() - 1
        });
        &mut self.fields[at]
    }
}

/// What `read` asks of an object in which `word` stands in the field `name`: whatever else depends on that word is asked
/// for as if it were given.
pub fn asked_beside(name: &str, word: &str, read: impl FnOnce(&mut Fields<'_>)) -> Object {
    let given = serde_json::Map::from_iter([(name.to_owned(), word.into())]);
    Fields::asked(&given, read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{add_device, ota_package, rule};

    fn names(object: &Object) -> Vec<&str> {
        object.fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn a_reader_tells_every_field_that_it_reads() {
        let object = Fields::asked(&serde_json::Map::new(), |fields| drop(add_device(fields)));
        let auth = object.fields.iter().find(|field| field.name == "auth_info").unwrap();
        let Shape::Object(auth) = &auth.shapes[0] else { panic!("{auth:?}") };
        assert_eq!(names(auth), ["auth_type", "secret", "fingerprint", "secure_access", "timeout"]);
        let required: Vec<_> = object.fields.iter().filter(|field| field.required).collect();
        assert_eq!(
            required.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["node_id", "product_id"]
        );
        assert!(matches!(required[0].shapes[..], [Shape::Text(Rule { max: 64, .. })]));
        let shadow = object.fields.iter().find(|field| field.name == "shadow").unwrap();
        let Shape::List(0, 500, service) = &shadow.shapes[0] else { panic!("{shadow:?}") };
        let Shape::Object(service) = &**service else { panic!("{service:?}") };
        assert_eq!(names(service), ["service_id", "version", "desired"]);
    }

    #[test]
    fn what_depends_on_a_word_is_asked_for_beside_it() {
        let of = |word: &str| {
            let object = asked_beside("package_type", word, |fields| drop(ota_package(fields, false)));
            object.fields.into_iter().find(|field| field.name == "module_name").unwrap()
        };
        assert!(of("modulePackage").required);
        assert!(matches!(of("softwarePackage").shapes[..], [Shape::Nothing]));
    }

    #[test]
    fn a_field_that_is_asked_for_twice_is_one() {
        let mut object = Object::default();
        object.ask("sign", Shape::Text(rule::SHA256));
        object.require("sign");
        object.ask("sign", Shape::Text(rule::MD5));
        assert_eq!((object.fields.len(), object.fields[0].shapes.len()), (1, 2));
        assert!(object.fields[0].required);
    }
}
