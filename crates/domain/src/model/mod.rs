//! The model of a product: the services of its devices, with properties that can be written and commands that can be
//! sent. [`read`] makes it from the body that creates a product and says what is wrong with it; [`Model::parse`] makes it
//! from what is stored. What is wanted of a device is checked against it.

mod check;
mod read;
mod shape;

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use types::Code;

pub use read::read;
pub use shape::Shape;

use crate::order::Fields;

/// The field of a product that holds its model.
const FIELD: &str = "service_capabilities";

/// A product's model. Names are unique within what they stand in.
#[derive(Clone, Debug, Default)]
pub struct Model {
    services: HashMap<String, Service>,
}

/// One service.
#[derive(Clone, Debug, Default)]
pub struct Service {
    properties: HashMap<String, Property>,
    commands: HashMap<String, Vec<Para>>,
}

/// One property.
#[derive(Clone, Debug)]
pub struct Property {
    /// What its values are like.
    pub shape: Shape,
    /// Whether its `method` holds a W.
    pub writable: bool,
    /// What a new device is to be set to.
    pub default_value: Option<Json>,
}

/// One parameter of a command.
#[derive(Clone, Debug)]
pub struct Para {
    /// Its name.
    pub name: String,
    /// What its values are like.
    pub shape: Shape,
    /// Whether a command must have it.
    pub required: bool,
}

impl Model {
    /// The model that a product was stored with. Whatever [`read`] would refuse of it, because it was stored when less was
    /// checked, is left out or taken for the most general thing it can be: a model never stands in the way of its devices.
    pub fn parse(service_capabilities: &str) -> Self {
        let stored = serde_json::from_str::<Json>(service_capabilities).unwrap_or_default();
        let body = Json::from(Map::from_iter([(FIELD.to_owned(), stored)]));
        Fields::of(&body, Code::ProductInvalid)
            .map(|mut fields| read::services(&mut fields))
            .unwrap_or_default()
    }

    /// A service.
    pub fn service(&self, service_id: &str) -> Option<&Service> {
        self.services.get(service_id)
    }

    /// What a new device is to be set to, by service: the default values that can be written and are of their
    /// property's type. The documentation's own sample has one that is not.
    pub fn defaults(&self) -> Vec<(&str, Map<String, Json>)> {
        let mut defaults: Vec<_> = self
            .services
            .iter()
            .map(|(service_id, service)| (service_id.as_str(), service.defaults()))
            .filter(|(_, values)| !values.is_empty())
            .collect();
        defaults.sort_unstable_by_key(|(service_id, _)| *service_id);
        defaults
    }
}

impl Service {
    /// A property.
    pub fn property(&self, property_name: &str) -> Option<&Property> {
        self.properties.get(property_name)
    }

    /// The parameters of a command.
    pub fn command(&self, command_name: &str) -> Option<&[Para]> {
        self.commands.get(command_name).map(Vec::as_slice)
    }

    fn defaults(&self) -> Map<String, Json> {
        let values = self.properties.iter().filter_map(|(name, property)| {
            let value = property.default_value.as_ref()?;
            (property.writable && property.shape.admits(value).is_ok()).then(|| (name.clone(), value.clone()))
        });
        values.collect()
    }
}
