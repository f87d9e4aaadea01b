//! Products.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod update;

use domain::order::rule;
use types::Code;

use crate::query::Query;

/// What devices speak.
pub(crate) const PROTOCOLS: [(&str, &str); 11] = [
    ("MQTT", "MQTT"),
    ("CoAP", "CoAP"),
    ("HTTP", "HTTP"),
    ("HTTPS", "HTTPS"),
    ("Modbus", "Modbus"),
    ("ONVIF", "ONVIF"),
    ("OPC-UA", "OPC-UA"),
    ("OPC-DA", "OPC-DA"),
    ("Other", "Other"),
    ("TCP", "TCP"),
    ("UDP", "UDP"),
];
/// What they report in.
pub(crate) const DATA_FORMATS: [(&str, &str); 2] = [("json", "json"), ("binary", "binary")];

/// The app that a product is looked for in.
fn app_of(query: &mut Query) -> Option<String> {
    query.text("app_id", rule::ID36, Code::InvalidInput)
}
