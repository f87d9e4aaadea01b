//! OTA packages: what devices are upgraded to.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::Page;

/// What a caller gives to make a package, already checked.
#[derive(Clone, Debug)]
pub struct NewOtaPackage {
    /// The app it belongs to.
    pub app_id: String,
    /// `softwarePackage`, `firmwarePackage` or `modulePackage`.
    pub package_type: String,
    /// The product whose devices it is for.
    pub product_id: String,
    /// Of a module's package: which module.
    pub module_name: Option<String>,
    /// The version that it brings.
    pub version: String,
    /// The versions that it can be put on; none for any.
    pub support_source_versions: Vec<String>,
    /// Optional text.
    pub description: Option<String>,
    /// What devices are told with it.
    pub custom_info: Option<String>,
    /// Where its file lies, as it was given.
    pub file_location: Value,
}

/// A package as answered; a list leaves `file_location` out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OtaPackage {
    /// Its id.
    pub package_id: String,
    /// The app it belongs to.
    pub app_id: String,
    /// `softwarePackage`, `firmwarePackage` or `modulePackage`.
    pub package_type: String,
    /// The product whose devices it is for.
    pub product_id: String,
    /// That product's name.
    pub product_name: String,
    /// Of a module's package: which module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module_name: Option<String>,
    /// The version that it brings.
    pub version: String,
    /// The versions that it can be put on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub support_source_versions: Vec<String>,
    /// Optional text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What devices are told with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_info: Option<String>,
    /// Compact time.
    pub create_time: String,
    /// Where its file lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_location: Option<Value>,
}

/// The answer of ListOtaPackageInfo.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OtaPackages {
    /// One page of them.
    pub packages: Vec<OtaPackage>,
    /// Which page.
    pub page: Page,
}
