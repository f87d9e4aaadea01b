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

/// The devices `d` of a project that one run of an index has in the order of the list, or that are few; ?2 is what it
/// begins with.
#[derive(Clone, Copy, PartialEq)]
enum Strand {
    Project,
    App,
    Product,
    Node,
    Gateway,
    Cascade,
}

impl Strand {
    /// Where the devices come from. What stands on the left of a CROSS JOIN is read first, also by a planner who would
    /// rather walk through the whole list.
    const fn sql(self) -> &'static str {
        match self {
            // So that ?2 has a type.
            Self::Project => "device d WHERE d.project_id = ?2",
            Self::App => "device d WHERE d.app_id = ?2",
            Self::Product => "device d WHERE d.product_id = ?2",
            // A node id is unique in a product, so that there is one look a product.
            Self::Node => {
                "product p CROSS JOIN device d
                  WHERE p.project_id = ?1 AND d.product_id = p.product_id AND d.node_id = ?2"
            }
            Self::Gateway => "device d WHERE d.gateway_id = ?2 AND d.gateway_id <> d.device_id",
            Self::Cascade => {
                "(SELECT g.device_id FROM device g WHERE g.project_id = ?1 AND g.device_id = ?2
                  UNION ALL SELECT c.device_id FROM device c
                    WHERE c.project_id = ?1 AND c.gateway_id = ?2 AND c.gateway_id <> c.device_id) above
                  CROSS JOIN device d WHERE d.gateway_id = above.device_id AND d.gateway_id <> d.device_id"
            }
        }
    }

    /// Whether all of its devices are of one app. Those of a product are, but for what a deleted app has left of one that
    /// had the same id.
    const fn is_of_one_app(self) -> bool {
        matches!(self, Self::App)
    }
}

/// The rest of a query, from FROM on, and its arguments.
struct Rest<'v> {
    sql: String,
    args: Vec<Value<'v>>,
}

impl<'v> Rest<'v> {
    /// And this, where `condition` has a `{}` for the value.
    fn and(&mut self, condition: &str, value: impl Into<Value<'v>>) {
        self.sql.push_str(" AND ");
        self.push(condition, value);
    }

    fn push(&mut self, text: &str, value: impl Into<Value<'v>>) {
        self.args.push(value.into());
        self.sql.push_str(&text.replace("{}", &format!("?{}", self.args.len())));
    }
}

/// A list that was asked for.
pub(super) struct List<'a> {
    scope: &'a Scope,
    filter: &'a DeviceFilter,
    like: Option<String>,
    within: Option<String>,
    /// When a device was created is the beginning of its record id, so that a time is a place in the list.
    from: Option<String>,
    to: Option<RecordId>,
}

impl<'a> List<'a> {
    pub(super) fn new(scope: &'a Scope, filter: &'a DeviceFilter) -> Self {
        let at = |ms: i64| RecordId::new(ms, 0, 0);
        Self {
            scope,
            filter,
            like: filter.device_name.as_deref().map(contains),
            within: scope.apps_listed(),
            from: filter.start_ms.map(|ms| at(ms).to_string()),
            to: filter.end_ms.map(at),
        }
    }

    /// One page of it.
    pub(super) fn page(&self, tx: &mut dyn Tx, order: PageOrder) -> Result<Paged<Device>, Error> {
        let strands = self.strands(tx)?;
        let before = self.to.map_or(order.marker, |to| to.min(order.marker)).to_string();
        let mut ids = Vec::new();
        for (strand, key) in &strands {
            let Rest { sql, args } = self.ids(*strand, key, &before, order.limit + order.offset);
            ids.extend(tx.all(&sql, &args, |row| row.string(0))?);
        }
        let is_all = order.marker == RecordId::MAX && (ids.len() as i64) < order.limit;
        let count = if is_all { ids.len() as i64 } else { self.count(tx, &strands)? };
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

    /// The query for the next record ids of a strand.
    fn ids<'v>(&'v self, strand: Strand, key: &'v str, before: &'v str, most: i64) -> Rest<'v> {
        let mut rest = self.rest(strand, key, Some(before));
        rest.push(" ORDER BY d.record_id DESC LIMIT {}", most);
        rest.sql.insert_str(0, "SELECT d.record_id FROM ");
        rest
    }

    /// How many devices the list has. What is counted by itself is known, the rest is counted within an index.
    fn count(&self, tx: &mut dyn Tx, strands: &[(Strand, String)]) -> Result<i64, Error> {
        let project_id = self.scope.project_id();
        let filter = self.filter;
        let narrowed = self.from.is_some() || self.to.is_some() || self.like.is_some();
        let to = self.to.map(|to| to.to_string());
        strands.iter().try_fold(0, |sum, (strand, key)| {
            let known = match strand {
                Strand::Project => "SELECT devices FROM project WHERE project_id = ?1 AND project_id = ?2",
                Strand::Product => "SELECT devices FROM product WHERE project_id = ?1 AND product_id = ?2",
                Strand::App if filter.product_id.is_none() => {
                    "SELECT CAST(SUM(devices) AS BIGINT) FROM product WHERE project_id = ?1 AND app_id = ?2"
                }
                _ => "",
            };
            let count = if narrowed || known.is_empty() {
                let rest = self.rest(*strand, key, to.as_deref());
                tx.count(&format!("SELECT COUNT(*) FROM {}", rest.sql), &rest.args)?
            } else {
                tx.count(known, args![project_id, key])?
            };
            Ok(sum + count)
        })
    }

    /// What a strand has of the list before a record id. Only what is asked for is written, because an index serves by
    /// itself only what names nothing but its own columns.
    fn rest<'v>(&'v self, strand: Strand, key: &'v str, before: Option<&'v str>) -> Rest<'v> {
        let filter = self.filter;
        let sql = format!("{} AND d.project_id = ?1", strand.sql());
        let mut rest = Rest { sql, args: vec![self.scope.project_id().into(), key.into()] };
        if let Some(app_id) =
            filter.app_id.as_ref().filter(|_| !matches!(strand, Strand::App | Strand::Product))
        {
            rest.and("d.app_id = {}", app_id);
        }
        if let Some(within) = self.within.as_ref().filter(|_| !strand.is_of_one_app()) {
            rest.and("{} LIKE '%,' || d.app_id || ',%'", within);
        }
        if let Some(product_id) = filter.product_id.as_ref().filter(|_| strand != Strand::Product) {
            rest.and("d.product_id = {}", product_id);
        }
        if let Some(node_id) = filter.node_id.as_ref().filter(|_| strand != Strand::Node) {
            rest.and("d.node_id = {}", node_id);
        }
        if let Some(like) = &self.like {
            rest.and("LOWER(d.device_name) LIKE {} ESCAPE '!'", like);
        }
        if let Some(from) = &self.from {
            rest.and("d.record_id >= {}", from);
        }
        if let Some(before) = before {
            rest.and("d.record_id < {}", before);
        }
        rest
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

#[cfg(test)]
mod tests {
    use db::{Db, Options};
    use domain::{Action, Caller, authorize};

    use super::*;

    /// How each strand of a list is read.
    fn plans(db: &Db, scope: &Scope, filter: &DeviceFilter) -> String {
        let list = List::new(scope, filter);
        let plans = db.read_blocking(|tx| {
            let mut plans = String::new();
            for (strand, key) in list.strands(tx)? {
                let Rest { sql, args } = list.ids(strand, &key, "f", 50);
                let steps = tx.all(&format!("EXPLAIN QUERY PLAN {sql}"), &args, |row| row.string(3))?;
                plans.push_str(&steps.join("; "));
            }
            Ok::<_, Error>(plans)
        });
        plans.unwrap()
    }

    #[test]
    fn whatever_a_list_is_narrowed_to_an_index_has_its_devices() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("unlade.db"), Options::default()).unwrap();
        db::migrate(&db, crate::MIGRATIONS, 0).unwrap();
        db.write_blocking(|tx| {
            tx.script(
                "INSERT INTO app (project_id, app_id, app_name, default_app, created_ms) VALUES ('p', 'a', 'a', 1, 0);
                 INSERT INTO product (project_id, product_id, record_id, app_id, name, device_type, protocol_type,
                   data_format, service_capabilities, created_ms) VALUES ('p', 'q', 'r', 'a', '', '', '', '', '', 0);",
            )
        })
        .unwrap();
        let permit = authorize(Caller::root("u", "p"), Action::DEVICES_LIST, "p", 0).unwrap();
        let (some, none) = (|text: &str| Some(text.to_owned()), DeviceFilter::default);
        for (filter, read) in [
            (none(), "(project_id=? AND record_id<?)"),
            (DeviceFilter { start_ms: Some(1), ..none() }, "(project_id=? AND record_id>? AND record_id<?)"),
            (DeviceFilter { app_id: some("a"), ..none() }, "COVERING INDEX device_of_app"),
            (DeviceFilter { product_id: some("q"), ..none() }, "COVERING INDEX device_of_product"),
            (DeviceFilter { device_name: some("n"), ..none() }, "COVERING INDEX device_of_app"),
            (DeviceFilter { gateway_id: some("g"), ..none() }, "INDEX device_below"),
            (DeviceFilter { gateway_id: some("g"), is_cascade: true, ..none() }, "INDEX device_below"),
            (DeviceFilter { node_id: some("n"), ..none() }, "(project_id=? AND product_id=? AND node_id=?)"),
        ] {
            let plan = plans(&db, permit.scope(), &filter);
            assert!(plan.contains(read) && !plan.contains("SCAN d"), "{filter:?}: {plan}");
        }
    }
}
