//! OTA packages: what devices are upgraded to. Where a file lies is told when its package is made; one that is uploaded
//! here becomes an object, once, so that it never changes under an upgrade.

use db::{Row, Tx, args};
use domain::{Permit, Scope, order::upload_of};
use serde_json::{Value as Json, json};
use types::{
    Code, Fault,
    ota_package::{NewOtaPackage, OtaPackage},
    page::{PageOrder, Paged},
    text, time,
};

use crate::{
    Context, Error, Store, apps, garbage, gate,
    page::{self, List},
    products,
};

/// The verbs of OTA packages.
pub struct OtaPackages<'s>(&'s Store);

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct PackageFilter {
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only of this type.
    pub package_type: Option<String>,
    /// Only for this product.
    pub product_id: Option<String>,
    /// Only this version.
    pub version: Option<String>,
}

/// A file that was uploaded and lies as an object.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Where its bytes lie.
    pub object_key: String,
    /// How many there are.
    pub bytes: i64,
    /// Their SHA-256.
    pub sha256: String,
}

/// A package as those see it who upgrade devices.
#[derive(Clone, Debug)]
pub struct Package {
    /// As it is answered.
    pub package: OtaPackage,
    /// The file that was uploaded for it.
    pub uploaded: Option<Uploaded>,
}

impl Store {
    /// OTA packages.
    pub fn ota_packages(&self) -> OtaPackages<'_> {
        OtaPackages(self)
    }
}

const SELECT: &str = "SELECT o.package_id, o.app_id, o.package_type, o.product_id, p.name, o.module_name, o.version,
    o.support_source_versions, o.description, o.custom_info, o.created_ms, o.file_location, o.object_key, o.bytes,
    o.sha256
  FROM ota_package o JOIN product p ON p.project_id = o.project_id AND p.product_id = o.product_id
  WHERE o.project_id = ?1";

fn package(row: &dyn Row) -> Result<Package, db::Error> {
    let versions = row.opt_text(7)?.and_then(|text| serde_json::from_str(text).ok());
    let mut file_location: Option<Json> = row.opt_text(11)?.and_then(|text| serde_json::from_str(text).ok());
    let uploaded = match (row.opt_string(12)?, row.opt_int(13)?, row.opt_string(14)?) {
        (Some(object_key), Some(bytes), Some(sha256)) => Some(Uploaded { object_key, bytes, sha256 }),
        _ => None,
    };
    if let (Some(location), Some(Uploaded { bytes, sha256, .. })) = (&mut file_location, &uploaded) {
        location["upload"]["sign_method"] = json!("SHA256");
        location["upload"]["sign"] = json!(sha256);
        location["upload"]["file_size"] = json!(bytes);
    }
    let package = OtaPackage {
        package_id: row.string(0)?,
        app_id: row.string(1)?,
        package_type: row.string(2)?,
        product_id: row.string(3)?,
        product_name: row.string(4)?,
        module_name: row.opt_string(5)?,
        version: row.string(6)?,
        support_source_versions: versions.unwrap_or_default(),
        description: row.opt_string(8)?,
        custom_info: row.opt_string(9)?,
        create_time: time::compact(row.int(10)?),
        file_location,
    };
    Ok(Package { package, uploaded })
}

impl OtaPackages<'_> {
    /// Makes a package.
    pub async fn create(&self, permit: &Permit, order: NewOtaPackage) -> Result<OtaPackage, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, scope.project_id())?;
                apps::must_exist(tx, &scope, &order.app_id)?;
                insert(tx, context, scope.project_id(), &order)
            })
            .await
    }

    /// One page of packages, without the places of their files.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: PackageFilter,
        order: PageOrder,
    ) -> Result<Paged<OtaPackage>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                if let Some(app_id) = &filter.app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                list(tx, &scope, &filter, order)
            })
            .await
    }

    /// One package.
    pub async fn show(&self, permit: &Permit, package_id: String) -> Result<OtaPackage, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| Ok(within(tx, &scope, &package_id)?.package)).await
    }

    /// Deletes a package, and the file that was uploaded for it.
    pub async fn delete(&self, permit: &Permit, package_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                within(tx, &scope, &package_id)?;
                let gone = tx.first(
                    "DELETE FROM ota_package WHERE project_id = ?1 AND package_id = ?2 RETURNING object_key",
                    args![scope.project_id(), &package_id],
                    |row| row.opt_string(0),
                )?;
                // Another call may have done it since we looked.
                match gone.ok_or(Code::PackageMissing)? {
                    Some(object_key) => garbage::doom(tx, &object_key, context.clock.now_ms()),
                    None => Ok(()),
                }
            })
            .await
    }

    /// Whether a package waits for its file; asked before the bytes are read.
    pub async fn may_upload(&self, permit: &Permit, package_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| awaits_file(&within(tx, &scope, &package_id)?).map(|_| ())).await
    }

    /// Records the file of a package.
    pub async fn upload(
        &self,
        permit: &Permit,
        package_id: String,
        file: Uploaded,
    ) -> Result<OtaPackage, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let (file_name, sign) = awaits_file(&within(tx, &scope, &package_id)?)?;
                if sign.is_some_and(|sign| !sign.eq_ignore_ascii_case(&file.sha256)) {
                    let is = &file.sha256;
                    let why = text!("sign: the file's SHA-256 is {is}", "sign：文件的SHA-256是{is}");
                    return Err(Fault::new(Code::PackageInvalid, why).into());
                }
                let kept = tx.execute(
                    "UPDATE ota_package SET object_key = ?3, file_name = ?4, bytes = ?5, sha256 = ?6
                      WHERE project_id = ?1 AND package_id = ?2 AND object_key IS NULL",
                    args![
                        scope.project_id(),
                        &package_id,
                        &file.object_key,
                        &file_name,
                        file.bytes,
                        &file.sha256
                    ],
                )?;
                // Another upload may have come first, or a deletion.
                let package = within(tx, &scope, &package_id)?.package;
                if kept == 0 { Err(has_file()) } else { Ok(package) }
            })
            .await
    }
}

fn has_file() -> Error {
    let why = text!("package_id: the package has its file", "package_id：升级包已有文件");
    Fault::new(Code::PackageInvalid, why).into()
}

/// The name and the digest that were promised of a file that is to be uploaded.
fn awaits_file(found: &Package) -> Result<(String, Option<String>), Error> {
    let promised = found.package.file_location.as_ref().and_then(upload_of);
    match promised {
        Some(promised) if found.uploaded.is_none() => Ok(promised),
        Some(_) => Err(has_file()),
        None => {
            let why = text!(
                "file_location: the file lies elsewhere; only a package with file_location.upload takes one",
                "file_location：文件在别处，只有包含file_location.upload的升级包可以上传文件"
            );
            Err(Fault::new(Code::PackageInvalid, why).into())
        }
    }
}

fn within(tx: &mut dyn Tx, scope: &Scope, package_id: &str) -> Result<Package, Error> {
    let found = find(tx, scope.project_id(), package_id)?.ok_or(Code::PackageMissing)?;
    scope.admit(&found.package.app_id)?;
    Ok(found)
}

/// A package of a project.
pub fn find(tx: &mut dyn Tx, project_id: &str, package_id: &str) -> Result<Option<Package>, Error> {
    Ok(tx.first(&format!("{SELECT} AND o.package_id = ?2"), args![project_id, package_id], package)?)
}

fn list(
    tx: &mut dyn Tx,
    scope: &Scope,
    filter: &PackageFilter,
    order: PageOrder,
) -> Result<Paged<OtaPackage>, Error> {
    let list = List {
        select: SELECT,
        count: "SELECT COUNT(*) FROM ota_package o WHERE o.project_id = ?1",
        narrowed: "(?2 IS NULL OR o.app_id = ?2) AND (?3 IS NULL OR o.package_type = ?3)
            AND (?4 IS NULL OR o.product_id = ?4) AND (?5 IS NULL OR o.version = ?5)
            AND (?6 IS NULL OR ?6 LIKE '%,' || o.app_id || ',%')",
        id: "o.package_id",
    };
    let PackageFilter { app_id, package_type, product_id, version } = filter;
    let within = scope.apps_listed();
    let args = args![
        scope.project_id(),
        app_id.as_ref(),
        package_type.as_ref(),
        product_id.as_ref(),
        version.as_ref(),
        within.as_ref(),
    ];
    page::read(tx, &list, args, order, |row| Ok(OtaPackage { file_location: None, ..package(row)?.package }))
}

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    order: &NewOtaPackage,
) -> Result<OtaPackage, Error> {
    let of = products::app_of(tx, project_id, &order.product_id)?;
    if of.as_ref() != Some(&order.app_id) {
        return Err(Fault::of_value(Code::ProductMissing, "product_id", &order.product_id).into());
    }
    let limit = context.limits.ota_packages;
    let count = tx.count("SELECT COUNT(*) FROM ota_package WHERE project_id = ?1", args![project_id])?;
    if count >= limit {
        return Err(Fault::at_limit(Code::PackageQuota, "limits.ota_packages", limit).into());
    }
    let package_id = context.ids.next().to_string();
    let versions = &order.support_source_versions;
    tx.execute(
        "INSERT INTO ota_package (project_id, package_id, app_id, package_type, product_id, version,
           support_source_versions, description, custom_info, module_name, file_location, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        args![
            project_id,
            &package_id,
            &order.app_id,
            &order.package_type,
            &order.product_id,
            &order.version,
            &Json::from(versions.as_slice()).to_string(),
            order.description.as_ref(),
            order.custom_info.as_ref(),
            order.module_name.as_ref(),
            &order.file_location.to_string(),
            context.clock.now_ms(),
        ],
    )?;
    let made = find(tx, project_id, &package_id)?;
    Ok(made.ok_or(Code::PackageMissing)?.package)
}
