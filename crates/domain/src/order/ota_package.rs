//! The order to make an OTA package.

use serde_json::Value as Json;
use types::{ota_package::NewOtaPackage, text};

use super::{Fields, rule};

/// What is upgraded.
pub const PACKAGE_TYPES: [(&str, &str); 3] = [
    ("softwarePackage", "softwarePackage"),
    ("firmwarePackage", "firmwarePackage"),
    ("modulePackage", "modulePackage"),
];
/// Most versions that a package can name as those it is put on.
const SOURCE_VERSIONS_MAX: usize = 20;
/// Where a file may lie: in the cloud's object store, at a URL, or here, once it was uploaded.
const PLACES: [&str; 3] = ["obs_location", "url", "upload"];

/// Most bytes of what is said of where it lies.
const LOCATION_BYTES: usize = 16 << 10;

/// Reads the fields of a package. A server that is `strict` knows no place but the cloud's.
pub fn ota_package(fields: &mut Fields<'_>, strict: bool) -> NewOtaPackage {
    let package_type = fields.word("package_type", &PACKAGE_TYPES);
    let module_name = match package_type {
        Some("softwarePackage" | "firmwarePackage") => {
            let why = text!("is for a modulePackage only", "仅当package_type为modulePackage时支持");
            fields.refuse("module_name", why);
            None
        }
        _ => fields.text("module_name", rule::MODULE_NAME),
    };
    if package_type == Some("modulePackage") {
        fields.require("module_name");
    }
    file_location(fields, strict);
    NewOtaPackage {
        app_id: fields.required_text("app_id", rule::ID36),
        package_type: fields.required("package_type", package_type).to_owned(),
        product_id: fields.required_text("product_id", rule::ID36),
        module_name,
        version: fields.required_text("version", rule::VERSION),
        support_source_versions: fields
            .texts("support_source_versions", SOURCE_VERSIONS_MAX, rule::VERSION)
            .unwrap_or_default(),
        description: fields.text("description", rule::TEXT1024),
        custom_info: fields.text("custom_info", rule::TEXT4096),
        file_location: {
            let given = fields.json("file_location").cloned();
            fields.required("file_location", given)
        },
    }
}

fn file_location(fields: &mut Fields<'_>, strict: bool) {
    // It is kept as it was given, with what nobody knows.
    if fields.json("file_location").is_some_and(|location| location.to_string().len() > LOCATION_BYTES) {
        let why = text!(
            "must be an object of at most {LOCATION_BYTES} bytes",
            "必须是不超过{LOCATION_BYTES}字节的JSON对象"
        );
        fields.wrong("file_location", why);
    }
    fields.within("file_location", |location| {
        let given = PLACES.iter().filter(|place| location.json(place).is_some()).count();
        if strict || given != 1 {
            match strict {
                true if location.json("obs_location").is_some() => {}
                true => location.wrong("obs_location", text!("is required", "不能为空")),
                false => location.wrong_together(
                    types::Code::PackageInvalid,
                    text!(
                        "file_location: must hold one of obs_location, url and upload",
                        "file_location：只能包含obs_location、url和upload之一"
                    ),
                ),
            }
        }
        location.within("obs_location", |obs| {
            obs.required_text("region_name", rule::REGION);
            obs.required_text("bucket_name", rule::BUCKET);
            obs.required_text("object_key", rule::TEXT1_1024);
            sign(obs);
        });
        location.url("url", rule::URL);
        location.beside("url", sign);
        location.within("upload", |upload| {
            upload.required_text("file_name", rule::FILE_NAME);
            upload.text("sign", rule::SHA256);
        });
    });
}

/// The digest of the file that devices check; by SHA-256 unless it says MD5.
fn sign(fields: &mut Fields<'_>) {
    let methods = [("SHA256", rule::SHA256), ("MD5", rule::MD5)];
    fields.by_word("sign_method", &methods, rule::SHA256, |fields, rule| fields.text("sign", rule));
}

/// The name and, if it was given, the digest of the file that is to be uploaded for a package; `None` if its file lies
/// elsewhere.
pub fn upload_of(file_location: &Json) -> Option<(String, Option<String>)> {
    let upload = file_location.get("upload")?;
    let text = |name: &str| upload.get(name).and_then(Json::as_str).map(str::to_owned);
    Some((text("file_name")?, text("sign")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::{Code, Language};

    use super::*;

    fn read(body: &Json, strict: bool) -> Result<NewOtaPackage, String> {
        let mut fields = Fields::of(body, Code::PackageInvalid).unwrap();
        let order = ota_package(&mut fields, strict);
        fields.finish(order).map_err(|fault| fault.message(Language::English))
    }

    fn body(more: &Json) -> Json {
        let mut body = json!({ "app_id": "a", "package_type": "firmwarePackage", "product_id": "p", "version": "1.0",
            "file_location": { "obs_location": { "region_name": "cn-north-4", "bucket_name": "own", "object_key": "a/b" } } });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    #[test]
    fn a_file_lies_in_one_place() {
        let at = |location: Json, strict| read(&body(&json!({ "file_location": location })), strict);
        let (url, upload) = (
            json!({ "url": "https://host/f", "sign": "a".repeat(64) }),
            json!({ "upload": { "file_name": "f.bin" } }),
        );
        assert!(read(&body(&json!({})), true).is_ok());
        assert!(at(url.clone(), false).is_ok() && at(upload.clone(), false).is_ok());
        for beyond in [url, upload] {
            assert!(at(beyond, true).unwrap_err().contains("file_location.obs_location: is required"));
        }
        assert!(at(json!({}), false).unwrap_err().contains("must hold one of"));
        assert!(at(json!({ "url": "ftp://x" }), false).unwrap_err().contains("file_location.url"));
        assert!(at(json!({ "url": "http://" }), false).is_err());
        assert!(
            at(json!({ "upload": { "file_name": "a/b" } }), false).unwrap_err().contains("upload.file_name")
        );
        let both = json!({ "url": "http://h/f", "upload": { "file_name": "f" } });
        assert!(at(both, false).unwrap_err().contains("must hold one of"));
    }

    #[test]
    fn every_field_has_its_limits() {
        for (more, says) in [
            (json!({ "package_type": "x" }), "package_type"),
            (json!({ "version": "a b" }), "version"),
            (json!({ "version": "v".repeat(257) }), "version"),
            (json!({ "support_source_versions": vec!["1"; 21] }), "support_source_versions"),
            (json!({ "support_source_versions": ["1", "a b"] }), "support_source_versions[1]"),
            (json!({ "description": "x".repeat(1025) }), "description"),
            (json!({ "custom_info": "x".repeat(4097) }), "custom_info"),
            (json!({ "module_name": "m" }), "module_name: is for a modulePackage only"),
            (json!({ "package_type": "modulePackage" }), "module_name: is required"),
            (json!({ "file_location": null }), "file_location: is required"),
        ] {
            let refused = read(&body(&more), false).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
