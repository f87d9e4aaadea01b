//! What a verb answers: one value, told as a table to people and as it is to programs.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// What came of a verb.
pub(crate) struct Answer {
    json: Json,
    as_text: Text,
    /// What the shell is told.
    pub(super) code: u8,
}

enum Text {
    /// The fields that people are shown, in their order.
    Columns(&'static [&'static str]),
    Words(String),
}

impl Answer {
    /// Things, a line each, or one thing, a field a line.
    pub(super) fn of(columns: &'static [&'static str], json: impl Into<Json>) -> Self {
        Self { json: json.into(), as_text: Text::Columns(columns), code: 0 }
    }

    /// What has no fields to show.
    pub(super) fn words(words: impl Into<String>, json: Json) -> Self {
        Self { json, as_text: Text::Words(words.into()), code: 0 }
    }

    /// What it is about, by ids and names. Nothing else of it: it may hold a secret.
    pub(super) fn about(&self, noun: &str) -> BTreeMap<String, String> {
        let id = self.json["id"].as_str().map(|id| (format!("{noun}_id"), id.to_owned()));
        let named = ["access_key_id", "project_id", "policy", "grantee", "group", "user"];
        let named =
            named.iter().filter_map(|name| Some(((*name).to_owned(), self.json[*name].as_str()?.to_owned())));
        id.into_iter().chain(named).collect()
    }

    /// With what the shell is told.
    pub(super) fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// As a text without its last line end.
    pub(super) fn told(&self, as_json: bool) -> String {
        match (&self.as_text, &self.json) {
            _ if as_json => format!("{:#}", self.json),
            (Text::Words(words), _) => words.clone(),
            (Text::Columns(columns), Json::Array(things)) => table(columns, things),
            (Text::Columns(columns), thing) => fields(columns, thing),
        }
    }
}

/// What somebody chose must not move the cursor of whoever reads it.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn shown(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Json::String(text) if text.is_empty() => "-".to_owned(),
        Json::String(text) => harmless(text),
        Json::Array(values) if values.is_empty() => "-".to_owned(),
        Json::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn table(columns: &[&str], things: &[Json]) -> String {
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|column| column.to_uppercase()).collect()];
    lines.extend(things.iter().map(|thing| columns.iter().map(|column| shown(&thing[column])).collect()));
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(widths.iter().copied()).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn fields(columns: &[&str], thing: &Json) -> String {
    let width = columns.iter().map(|column| column.len()).max().unwrap_or_default();
    let line = |column: &&str| format!("{column:<width$}  {}", shown(&thing[*column]));
    columns.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn people_see_columns_and_programs_see_everything() {
        let users =
            json!([{"name": "ops", "enabled": true, "id": 7}, {"name": "a\u{1b}[2J", "enabled": false}]);
        let answer = Answer::of(&["name", "enabled"], users.clone());
        assert_eq!(answer.told(false), "NAME   ENABLED\nops    yes\na\u{fffd}[2J  no");
        assert_eq!(serde_json::from_str::<Json>(&answer.told(true)).unwrap(), users);
        let one = Answer::of(&["name", "groups"], json!({"name": "ops", "groups": ["a", "b"]}));
        assert_eq!(one.told(false), "name    ops\ngroups  a, b");
    }
}
