//! Products: the models of devices.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::Page;

/// What a caller gives to create a product, already checked.
#[derive(Clone, Debug)]
pub struct AddProduct {
    /// Given or `None` to have one assigned.
    pub product_id: Option<String>,
    /// Names may repeat, ids may not.
    pub name: String,
    /// Free text such as `StreetLamp`.
    pub device_type: String,
    /// `MQTT`, `CoAP`, ...
    pub protocol_type: String,
    /// `json` or `binary`.
    pub data_format: String,
    /// The model, kept as given.
    pub service_capabilities: Value,
    /// Optional texts.
    pub manufacturer_name: Option<String>,
    /// Optional text.
    pub industry: Option<String>,
    /// Optional text.
    pub description: Option<String>,
}

/// What a caller gives to change a product, already checked; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdateProduct {
    /// Its name.
    pub name: Option<String>,
    /// Free text such as `StreetLamp`.
    pub device_type: Option<String>,
    /// `MQTT`, `CoAP`, ...
    pub protocol_type: Option<String>,
    /// `json` or `binary`.
    pub data_format: Option<String>,
    /// The whole model, in place of the one before.
    pub service_capabilities: Option<Value>,
    /// Optional text.
    pub manufacturer_name: Option<String>,
    /// Optional text.
    pub industry: Option<String>,
    /// Optional text.
    pub description: Option<String>,
}

/// A product as answered; a list leaves `service_capabilities` out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Product {
    /// The app it belongs to.
    pub app_id: String,
    /// That app's name.
    pub app_name: String,
    /// Its id.
    pub product_id: String,
    /// Its name.
    pub name: String,
    /// Free text.
    pub device_type: String,
    /// The protocol of its devices.
    pub protocol_type: String,
    /// `json` or `binary`.
    pub data_format: String,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manufacturer_name: Option<String>,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_capabilities: Option<Value>,
    /// Compact time.
    pub create_time: String,
}

/// The answer of ListProducts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Products {
    /// One page of them.
    pub products: Vec<Product>,
    /// Which page.
    pub page: Page,
}
