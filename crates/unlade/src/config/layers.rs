//! Settings as they were given, not yet understood: file, then environment, then flags, a later one wins. Each
//! keeps the name it was given under, so that a refusal names what a person has to change.

use std::{collections::BTreeMap, path::Path};

use serde::de::{DeserializeOwned, value::MapDeserializer};

use super::{
    given::{Given, Key},
    settings::SECTIONS,
};
use crate::error::Error;

const PREFIX: &str = "UNLADE_";

/// What was given, by section and key.
#[derive(Default)]
pub(super) struct Layers {
    sections: BTreeMap<&'static str, BTreeMap<String, Given>>,
    unknown: Vec<String>,
}

impl Layers {
    /// Adds the text of a settings file.
    pub(super) fn file(&mut self, path: &Path, text: &str) -> Result<(), Error> {
        let path = path.display();
        let table: toml::Table = toml::from_str(text)
            .map_err(|error| Error::Setting(format!("{path}: {}", error.to_string().trim_end())))?;
        for (name, section) in table {
            let known = SECTIONS.into_iter().find(|section| *section == name);
            let (Some(section_name), toml::Value::Table(settings)) = (known, section) else {
                let sections = SECTIONS.join("], [");
                return Err(Error::Setting(format!(
                    "{path}: {name} is not one of the sections [{sections}]"
                )));
            };
            for (key, value) in settings {
                let origin = format!("{path}: [{section_name}] {key}");
                self.set(section_name, key, Given::value(origin, value));
            }
        }
        Ok(())
    }

    /// Adds the variables that name a section: `UNLADE_SECTION_KEY`. Those of `apart` are no settings.
    pub(super) fn environment(&mut self, variables: impl Iterator<Item = (String, String)>, apart: &[&str]) {
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix(PREFIX).filter(|_| !apart.contains(&variable.as_str()))
            else {
                continue;
            };
            let (section, key) = name.split_once('_').unwrap_or((name, ""));
            match SECTIONS.into_iter().find(|known| section.eq_ignore_ascii_case(known)) {
                Some(section) => self.set(section, key.to_ascii_lowercase(), Given::text(variable, text)),
                None => self.unknown.push(variable),
            }
        }
    }

    /// Adds a flag, if it was given.
    pub(super) fn flag(&mut self, flag: &str, section: &'static str, key: &str, text: Option<String>) {
        if let Some(text) = text {
            self.set(section, key.to_owned(), Given::text(flag.to_owned(), text));
        }
    }

    fn set(&mut self, section: &'static str, key: String, given: Given) {
        self.sections.entry(section).or_default().insert(key, given);
    }

    /// One section, understood.
    pub(super) fn section<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Error> {
        let given = self.sections.remove(name).unwrap_or_default();
        let settings = given.into_iter().map(|(key, given)| (Key::new(key, given.origin()), given));
        T::deserialize(MapDeserializer::new(settings))
            .map_err(|error: toml::de::Error| Error::Setting(error.message().to_owned()))
    }

    /// Variables that look like settings and are none: somebody else's, or typing mistakes.
    pub(super) fn unknown(&mut self) -> Vec<String> {
        std::mem::take(&mut self.unknown)
    }
}
