//! Lists of devices. Whatever a list is narrowed to, an index has its devices in the order of the list, so that a page
//! is read where it begins: a [`Strand`] is a run of such an index, and a list that spans several apps is woven from
//! one strand an app. What is left to be looked at row by row is told in `docs/scaling.md`.

use db::{Tx, Value, args};
use domain::Scope;
use types::{
    RecordId,
    device::Device,
    page::{PageOrder, Paged},
};

use super::read::{SELECT, device};
use crate::{Error, apps, page, products, tags};

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only this product's.
    pub product_id: Option<String>,
    /// Only sub-devices of this gateway.
    pub gateway_id: Option<String>,
    /// And of its sub-devices.
    pub is_cascade: bool,
    /// Only this node id.
    pub node_id: Option<String>,
    /// Only names that contain this.
    pub device_name: Option<String>,
    /// Created at this time or later, unix ms.
    pub start_ms: Option<i64>,
    /// Created before this time, unix ms.
    pub end_ms: Option<i64>,
}

/// The devices `d` that one run of an index has in the order of the list; ?2 is what the index begins with.
#[derive(Clone, Copy)]
enum Strand {
    Project,
    App,
    Product,
    Node,
    Gateway,
    Cascade,
}

impl Strand {
    const fn sql(self) -> &'static str {
        match self {
            // So that ?2 has a type.
            Self::Project => "d.project_id = ?2",
            Self::App => "d.app_id = ?2",
            Self::Product => "d.product_id = ?2",
            // The id is unique in a product, so that there is one look a product.
            Self::Node => {
                "d.node_id = ?2 AND d.product_id IN (SELECT p.product_id FROM product p WHERE p.project_id = ?1)"
            }
            Self::Gateway => "d.gateway_id = ?2 AND d.gateway_id <> d.device_id",
            Self::Cascade => {
                "d.gateway_id <> d.device_id AND d.gateway_id IN (
                    SELECT g.device_id FROM device g WHERE g.project_id = ?1 AND g.device_id = ?2
                    UNION ALL SELECT c.device_id FROM device c
                      WHERE c.project_id = ?1 AND c.gateway_id = ?2 AND c.gateway_id <> c.device_id)"
            }
        }
    }
}

/// What else a device of a strand must be like.
const REST: &str = "(?3 IS NULL OR d.app_id = ?3) AND (?4 IS NULL OR d.product_id = ?4)
    AND (?5 IS NULL OR d.node_id = ?5) AND (?6 IS NULL OR LOWER(d.device_name) LIKE ?6 ESCAPE '!')
    AND (?7 IS NULL OR ?7 LIKE '%,' || d.app_id || ',%') AND d.record_id >= ?8 AND d.record_id < ?9";

/// A list that was asked for.
pub(super) struct List<'a> {
    scope: &'a Scope,
    filter: &'a DeviceFilter,
    like: Option<String>,
    within: Option<String>,
    /// When a device was created is the beginning of its record id, so that a time is a place in the list.
    from: String,
    to: RecordId,
}

impl<'a> List<'a> {
    pub(super) fn new(scope: &'a Scope, filter: &'a DeviceFilter) -> Self {
        let at = |ms: i64| RecordId::new(ms, 0, 0);
        Self {
            scope,
            filter,
            like: filter.device_name.as_deref().map(contains),
            within: scope.apps_listed(),
            from: at(filter.start_ms.unwrap_or(0)).to_string(),
            to: filter.end_ms.map_or(RecordId::MAX, at),
        }
    }

    /// One page of it.
    pub(super) fn page(&self, tx: &mut dyn Tx, order: PageOrder) -> Result<Paged<Device>, Error> {
        let strands = self.strands(tx)?;
        let count = self.count(tx, &strands)?;
        let mut ids = Vec::new();
        for (strand, key) in &strands {
            let sql = format!(
                "SELECT d.record_id FROM device d WHERE d.project_id = ?1 AND {} AND {REST}
                  ORDER BY d.record_id DESC LIMIT ?10",
                strand.sql()
            );
            let (before, most) = (self.to.min(order.marker).to_string(), order.limit + order.offset);
            let mut args = self.args(key, &before);
            args.push(most.into());
            ids.extend(tx.all(&sql, &args, |row| row.string(0))?);
        }
        ids.sort_unstable_by(|one, other| other.cmp(one));
        let (offset, limit) = (order.offset.unsigned_abs() as usize, order.limit.unsigned_abs() as usize);
        let ids: Vec<String> = ids.into_iter().skip(offset).take(limit).collect();
        Ok(page::paged(self.devices(tx, &ids)?, count))
    }

    /// The strands that have every device of the list, each once.
    fn strands(&self, tx: &mut dyn Tx) -> Result<Vec<(Strand, String)>, Error> {
        let filter = self.filter;
        if let Some(app_id) = &filter.app_id {
            apps::must_exist(tx, self.scope, app_id)?;
        }
        let one = |strand, key: &String| Ok(vec![(strand, key.clone())]);
        if let Some(gateway_id) = &filter.gateway_id {
            return one(if filter.is_cascade { Strand::Cascade } else { Strand::Gateway }, gateway_id);
        }
        if let Some(node_id) = &filter.node_id {
            return one(Strand::Node, node_id);
        }
        if let Some(product_id) = &filter.product_id {
            // All of a product lies in one app, or else each of its devices would be looked at for nothing.
            let app_id = products::app_of(tx, self.scope.project_id(), product_id)?;
            let within = app_id.is_some_and(|app_id| {
                self.scope.admit(&app_id).is_ok() && filter.app_id.as_ref().is_none_or(|only| *only == app_id)
            });
            return if within { one(Strand::Product, product_id) } else { Ok(Vec::new()) };
        }
        if let Some(app_id) = &filter.app_id {
            return one(Strand::App, app_id);
        }
        // The index of the whole project has no names.
        if self.within.is_none() && self.like.is_none() {
            return Ok(vec![(Strand::Project, self.scope.project_id().to_owned())]);
        }
        let sql =
            "SELECT app_id FROM app WHERE project_id = ?1 AND (?2 IS NULL OR ?2 LIKE '%,' || app_id || ',%')";
        let apps = tx.all(sql, args![self.scope.project_id(), self.within.as_ref()], |row| row.string(0))?;
        Ok(apps.into_iter().map(|app_id| (Strand::App, app_id)).collect())
    }

    /// How many devices the list has. The project's own number is kept; any other is counted within an index.
    fn count(&self, tx: &mut dyn Tx, strands: &[(Strand, String)]) -> Result<i64, Error> {
        let project_id = self.scope.project_id();
        let timed = self.filter.start_ms.is_some() || self.filter.end_ms.is_some();
        if !timed && matches!(strands, [(Strand::Project, _)]) {
            return Ok(tx.count("SELECT devices FROM project WHERE project_id = ?1", args![project_id])?);
        }
        let to = self.to.to_string();
        strands.iter().try_fold(0, |sum, (strand, key)| {
            let sql = format!(
                "SELECT COUNT(*) FROM device d WHERE d.project_id = ?1 AND {} AND {REST}",
                strand.sql()
            );
            Ok(sum + tx.count(&sql, &self.args(key, &to))?)
        })
    }

    fn args<'v>(&'v self, key: &'v str, before: &'v str) -> Vec<Value<'v>> {
        let filter = self.filter;
        vec![
            self.scope.project_id().into(),
            key.into(),
            filter.app_id.as_ref().into(),
            filter.product_id.as_ref().into(),
            filter.node_id.as_ref().into(),
            self.like.as_ref().into(),
            self.within.as_ref().into(),
            self.from.as_str().into(),
            before.into(),
        ]
    }

    /// The devices of these records, in their order, with their tags.
    fn devices(&self, tx: &mut dyn Tx, ids: &[String]) -> Result<Vec<(RecordId, Device)>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let project_id = self.scope.project_id();
        let places: Vec<String> = (2..ids.len() + 2).map(|at| format!("?{at}")).collect();
        let sql = format!("{SELECT} AND d.record_id IN ({}) ORDER BY d.record_id DESC", places.join(", "));
        let mut args = vec![project_id.into()];
        args.extend(ids.iter().map(Value::from));
        let mut devices = tx.all(&sql, &args, |row| Ok((page::record_id(row, 0)?, device(row)?)))?;
        tags::fill(tx, project_id, devices.iter_mut().map(|(_, device)| device))?;
        Ok(devices)
    }
}

/// A LIKE pattern that finds `text` anywhere in a lower-cased text, its own wildcards taken literally. Not every
/// server's LIKE finds `a` in `A`, and their LOWER agrees on ASCII alone.
fn contains(text: &str) -> String {
    let literal = text.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}
