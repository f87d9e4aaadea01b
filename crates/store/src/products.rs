//! Products.

use std::collections::HashMap;

use db::{Row, Tx, args};
use domain::{Model, Permit, Scope};
use serde_json::Value as Json;
use types::{
    Code, Fault,
    page::{PageOrder, Paged},
    product::{AddProduct, Product, UpdateProduct},
    text, time,
};

use crate::{
    Context, Error, Store, apps, gate,
    page::{self, List},
};

/// The verbs of products.
pub struct Products<'s>(&'s Store);

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only those of this name.
    pub product_name: Option<String>,
}

impl Store {
    /// Products.
    pub fn products(&self) -> Products<'_> {
        Products(self)
    }
}

const SELECT: &str =
    "SELECT p.record_id, p.app_id, a.app_name, p.product_id, p.name, p.device_type, p.protocol_type,
    p.data_format, p.manufacturer_name, p.industry, p.description, p.created_ms, p.service_capabilities
  FROM product p JOIN app a ON a.project_id = p.project_id AND a.app_id = p.app_id WHERE p.project_id = ?1";

fn product(row: &dyn Row, whole: bool) -> Result<Product, db::Error> {
    let capabilities = if whole { serde_json::from_str(row.text(12)?).ok() } else { None };
    Ok(Product {
        app_id: row.string(1)?,
        app_name: row.string(2)?,
        product_id: row.string(3)?,
        name: row.string(4)?,
        device_type: row.string(5)?,
        protocol_type: row.string(6)?,
        data_format: row.string(7)?,
        manufacturer_name: row.opt_string(8)?,
        industry: row.opt_string(9)?,
        description: row.opt_string(10)?,
        create_time: time::compact(row.int(11)?),
        service_capabilities: capabilities,
    })
}

impl Products<'_> {
    /// Creates a product.
    pub async fn create(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        order: AddProduct,
    ) -> Result<Product, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, scope.project_id())?;
                let app_id = apps::named_or_only(tx, &scope, app_id.as_deref())?;
                insert(tx, context, scope.project_id(), &app_id, &order)
            })
            .await
    }

    /// One page of products, without their models.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: ProductFilter,
        order: PageOrder,
    ) -> Result<Paged<Product>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                if let Some(app_id) = &filter.app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                let list = List {
                    select: SELECT,
                    count: "SELECT COUNT(*) FROM product p WHERE p.project_id = ?1",
                    narrowed: "(?2 IS NULL OR p.app_id = ?2) AND (?3 IS NULL OR p.name = ?3)
                        AND (?4 IS NULL OR ?4 LIKE '%,' || p.app_id || ',%')",
                    id: "p.record_id",
                };
                let (app, name) = (filter.app_id.as_deref(), filter.product_name.as_deref());
                let (project_id, within) = (scope.project_id(), scope.apps_listed());
                let args = args![project_id, app, name, within.as_ref()];
                page::read(tx, &list, args, order, |row| product(row, false))
            })
            .await
    }

    /// One product with its model; of this app, if it is named.
    pub async fn show(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        product_id: String,
    ) -> Result<Product, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| within(tx, &scope, app_id.as_deref(), &product_id)).await
    }

    /// Changes a product. Its model may lose what devices use: what they have reported stays, and what is wanted of them
    /// is checked against the new one from then on.
    pub async fn update(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        product_id: String,
        order: UpdateProduct,
    ) -> Result<Product, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                hold(tx, scope.project_id())?;
                let found = within(tx, &scope, app_id.as_deref(), &product_id)?;
                if let Some(new) = order.protocol_type.as_deref().filter(|new| *new != found.protocol_type) {
                    refuse_protocol(tx, scope.project_id(), &found, new)?;
                }
                change(tx, scope.project_id(), &product_id, &order)?;
                find(tx, scope.project_id(), &product_id)
            })
            .await
    }

    /// Deletes a product that nothing is made of any more.
    pub async fn delete(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        product_id: String,
    ) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let project_id = scope.project_id();
                hold(tx, project_id)?;
                within(tx, &scope, app_id.as_deref(), &product_id)?;
                let of_product = args![project_id, &product_id];
                let has = |what| {
                    Fault::new(Code::ProductInUse, text!("product_id: has ", "product_id：仍有") + what)
                };
                if has_devices(tx, project_id, &product_id)? {
                    return Err(has(text!("devices", "设备")).into());
                }
                let packages = "SELECT 1 FROM ota_package WHERE project_id = ?1 AND product_id = ?2";
                if tx.exists(packages, of_product)? {
                    return Err(has(text!("OTA packages", "升级包")).into());
                }
                tx.execute("DELETE FROM product WHERE project_id = ?1 AND product_id = ?2", of_product)?;
                Ok(())
            })
            .await
    }
}

/// Waits until nobody else makes anything of a product, until this unit of work ends: packages have the gate, devices the
/// row of the project.
fn hold(tx: &mut dyn Tx, project_id: &str) -> Result<(), Error> {
    gate::enter(tx, project_id)?;
    tx.execute("UPDATE project SET devices = devices WHERE project_id = ?1", args![project_id])?;
    Ok(())
}

fn has_devices(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<bool, Error> {
    // Not those that a deleted app has left, of a product that had the same id.
    let sql = "SELECT 1 FROM product p JOIN device d
        ON d.project_id = p.project_id AND d.product_id = p.product_id AND d.app_id = p.app_id
      WHERE p.project_id = ?1 AND p.product_id = ?2";
    Ok(tx.exists(sql, args![project_id, product_id])?)
}

/// Devices were made for the protocol that they speak, and the service lets nothing become CoAP.
fn refuse_protocol(tx: &mut dyn Tx, project_id: &str, found: &Product, new: &str) -> Result<(), Error> {
    let old = &found.protocol_type;
    let why = match new {
        "CoAP" => text!("protocol_type: {old} can not become CoAP", "protocol_type：{old}不能修改为CoAP"),
        _ if has_devices(tx, project_id, &found.product_id)? => {
            text!("protocol_type: the product has devices", "protocol_type：产品下仍有设备")
        }
        _ => return Ok(()),
    };
    Err(Fault::new(Code::ProtocolFixed, why).into())
}

fn change(tx: &mut dyn Tx, project_id: &str, product_id: &str, order: &UpdateProduct) -> Result<(), Error> {
    let capabilities = order.service_capabilities.as_ref().map(Json::to_string);
    tx.execute(
        "UPDATE product SET name = COALESCE(?3, name), device_type = COALESCE(?4, device_type),
           protocol_type = COALESCE(?5, protocol_type), data_format = COALESCE(?6, data_format),
           manufacturer_name = COALESCE(?7, manufacturer_name), industry = COALESCE(?8, industry),
           description = COALESCE(?9, description), service_capabilities = COALESCE(?10, service_capabilities)
         WHERE project_id = ?1 AND product_id = ?2",
        args![
            project_id,
            product_id,
            order.name.as_ref(),
            order.device_type.as_ref(),
            order.protocol_type.as_ref(),
            order.data_format.as_ref(),
            order.manufacturer_name.as_ref(),
            order.industry.as_ref(),
            order.description.as_ref(),
            capabilities.as_ref(),
        ],
    )?;
    Ok(())
}

/// A product that a permit is for, in the app that is named, if one is.
fn within(tx: &mut dyn Tx, scope: &Scope, app_id: Option<&str>, product_id: &str) -> Result<Product, Error> {
    if let Some(app_id) = app_id {
        apps::must_exist(tx, scope, app_id)?;
    }
    let product = find(tx, scope.project_id(), product_id)?;
    if app_id.is_some_and(|app_id| app_id != product.app_id) {
        return Err(Code::ProductMissing.into());
    }
    scope.admit(&product.app_id)?;
    Ok(product)
}

fn find(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<Product, Error> {
    let sql = format!("{SELECT} AND p.product_id = ?2");
    tx.first(&sql, args![project_id, product_id], |row| product(row, true))?
        .ok_or(Code::ProductMissing.into())
}

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    order: &AddProduct,
) -> Result<Product, Error> {
    let count = tx.count("SELECT COUNT(*) FROM product WHERE project_id = ?1", args![project_id])?;
    if count >= context.limits.products {
        return Err(Fault::at_limit(Code::ProductQuota, "limits.products", context.limits.products).into());
    }
    let record_id = context.ids.next().to_string();
    let product_id = order.product_id.as_ref().unwrap_or(&record_id);
    let taken = "SELECT 1 FROM product WHERE project_id = ?1 AND product_id = ?2";
    if tx.exists(taken, args![project_id, product_id])? {
        return Err(Fault::of_value(Code::ProductTaken, "product_id", product_id).into());
    }
    let capabilities: &Json = &order.service_capabilities;
    tx.execute(
        "INSERT INTO product (project_id, product_id, record_id, app_id, name, device_type, protocol_type, data_format,
           manufacturer_name, industry, description, service_capabilities, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        args![
            project_id,
            product_id,
            &record_id,
            app_id,
            &order.name,
            &order.device_type,
            &order.protocol_type,
            &order.data_format,
            order.manufacturer_name.as_ref(),
            order.industry.as_ref(),
            order.description.as_ref(),
            &capabilities.to_string(),
            context.clock.now_ms(),
        ],
    )?;
    find(tx, project_id, product_id)
}

/// The app of a product, if the product exists.
pub fn app_of(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT app_id FROM product WHERE project_id = ?1 AND product_id = ?2";
    Ok(tx.first(sql, args![project_id, product_id], |row| row.string(0))?)
}

/// Whether one thing fits the models of products. A model is large, so that of each product it is read once, whatever
/// many devices the thing is for.
#[derive(Default)]
pub struct Fits(HashMap<String, Result<(), Fault>>);

impl Fits {
    /// Whether it fits a product's, by what `check` says of it.
    pub fn check(
        &mut self,
        tx: &mut dyn Tx,
        project_id: &str,
        product_id: &str,
        check: impl FnOnce(&Model) -> Result<(), Fault>,
    ) -> Result<(), Error> {
        if let Some(known) = self.0.get(product_id) {
            return Ok(known.clone()?);
        }
        let fits = check(&model(tx, project_id, product_id)?);
        self.0.insert(product_id.to_owned(), fits.clone());
        Ok(fits?)
    }
}

/// The model of a product; one that is gone has an empty one.
fn model(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<Model, Error> {
    let sql = "SELECT service_capabilities FROM product WHERE project_id = ?1 AND product_id = ?2";
    let stored = tx.first(sql, args![project_id, product_id], |row| row.string(0))?;
    Ok(Model::parse(&stored.unwrap_or_default()))
}
