//! From what readers ask for to JSON Schema, as OpenAPI 3.1 has it.

use domain::order::{Field, Object, Shape, rule::Rule};
use serde_json::{Map, Value as Json, json};

/// A compact time. It takes the 29th of any February.
pub(super) const COMPACT: &str = "^[0-9]{4}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-9])|(?:0[13-9]|1[0-2])30|(?:0[13578]|1[02])31)\
    T(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z$";

/// The schema of a value.
pub(super) fn of(shape: &Shape) -> Json {
    match shape {
        Shape::Text(rule) => text(*rule, rule.pattern()),
        Shape::Url(rule) => {
            let mut url = text(*rule, Some(rule.pattern_of_url()));
            url["format"] = "uri".into();
            url
        }
        Shape::Written(most, what) => {
            json!({ "type": "string", "minLength": 1, "maxLength": most, "description": what })
        }
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Whole(least, most, 1) => {
            json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most })
        }
        Shape::Whole(least, most, of) => {
            json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most, "multipleOf": of })
        }
        Shape::Amount => json!({ "type": "number", "minimum": 0 }),
        Shape::Moment => json!({ "type": "string", "pattern": COMPACT }),
        Shape::Object(fields) => object(fields),
        Shape::Keys(rule) => json!({ "type": "object", "propertyNames": text(*rule, rule.pattern()) }),
        Shape::Free(most) => {
            json!({ "type": "object", "description": format!("As JSON no longer than {most}.") })
        }
        Shape::Held(held) => {
            json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": of(held) })
        }
        Shape::List(least, most, item) => list(*least, *most, item),
        Shape::Either(shapes) => either(shapes),
        Shape::Any => json!({}),
        Shape::Nothing => json!({ "type": "null" }),
    }
}

/// The schema of an object's fields. A field that may be absent may as well be null.
pub(super) fn object(object: &Object) -> Json {
    let mut schema = json!({ "type": "object", "properties": {} });
    for Field { name, required, shapes } in &object.fields {
        let value = either(shapes);
        schema["properties"][name] = if *required { value } else { or_null(value) };
    }
    let required = object.fields.iter().filter(|field| field.required).map(|field| field.name.as_str());
    let required: Vec<&str> = required.collect();
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    if object.closed {
        schema["additionalProperties"] = false.into();
    }
    schema
}

/// The schema of a value that is like any of these.
pub(super) fn either(shapes: &[Shape]) -> Json {
    let mut schemas: Vec<Json> = Vec::with_capacity(shapes.len());
    for schema in shapes.iter().map(of) {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    match schemas.len() {
        1 => schemas.remove(0),
        _ => json!({ "anyOf": schemas }),
    }
}

/// An object of one form for each word in a field, as few forms as there are: words of the same form share it.
pub(super) fn by_word(name: &str, usual: Option<&str>, forms: &[(&str, Object)]) -> Json {
    let mut distinct: Vec<(Json, Vec<&str>)> = Vec::new();
    for (word, form) in forms {
        let mut form = object(form);
        form["properties"].as_object_mut().map(|properties| properties.remove(name));
        match distinct.iter_mut().find(|(known, _)| *known == form) {
            Some((_, words)) => words.push(word),
            None => distinct.push((form, vec![word])),
        }
    }
    let schemas: Vec<Json> =
        distinct.into_iter().map(|(form, words)| worded(form, name, usual, &words)).collect();
    if let [_] = schemas[..] {
        schemas.into_iter().next().unwrap_or_default()
    } else {
        json!({ "oneOf": schemas })
    }
}

/// A form with the words that it is for.
fn worded(mut form: Json, name: &str, usual: Option<&str>, words: &[&str]) -> Json {
    let meant = json!({ "type": "string", "enum": words });
    if usual.is_some_and(|usual| words.contains(&usual)) {
        form["properties"][name] = or_null(meant);
        return form;
    }
    form["properties"][name] = meant;
    let mut required: Vec<Json> = form["required"].as_array().cloned().unwrap_or_default();
    if !required.contains(&name.into()) {
        required.push(name.into());
    }
    form["required"] = required.into();
    form
}

fn text(rule: Rule, pattern: Option<String>) -> Json {
    let mut schema = Map::new();
    schema.insert("type".into(), "string".into());
    if rule.min > 0 {
        schema.insert("minLength".into(), rule.min.into());
    }
    if rule.max < usize::MAX - 1 {
        schema.insert("maxLength".into(), rule.max.into());
    }
    if let Some(pattern) = pattern {
        schema.insert("pattern".into(), pattern.into());
    }
    schema.into()
}

fn list(least: usize, most: usize, item: &Shape) -> Json {
    let mut schema = json!({ "type": "array", "items": of(item) });
    if least > 0 {
        schema["minItems"] = least.into();
    }
    if most < usize::MAX {
        schema["maxItems"] = most.into();
    }
    schema
}

fn or_null(mut schema: Json) -> Json {
    if let Some(any) = schema.get_mut("anyOf").and_then(Json::as_array_mut) {
        any.push(json!({ "type": "null" }));
        return schema;
    }
    match schema.get("type").cloned() {
        // What may be anything may be null, and so may what must not be there.
        None => {}
        Some(one) if one == "null" => {}
        Some(one) => schema["type"] = json!([one, "null"]),
    }
    if let Some(words) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        words.push(Json::Null);
    }
    schema
}
