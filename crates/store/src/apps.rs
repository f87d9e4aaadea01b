//! Apps, and the rule that finds the app of a call.

use db::{Row, Tx, args};
use domain::{Permit, Scope};
use types::{Code, Fault, app::App, text, time};

mod end;

pub(crate) use end::{make_way, prune_doomed};

use crate::{Context, Error, Store, gate, identity};

/// The verbs of apps.
pub struct Apps<'s>(&'s Store);

impl Store {
    /// Apps.
    pub fn apps(&self) -> Apps<'_> {
        Apps(self)
    }
}

const COLUMNS: &str = "app_id, app_name, created_ms, default_app";

fn app(row: &dyn Row) -> Result<App, db::Error> {
    Ok(App {
        app_id: row.string(0)?,
        app_name: row.string(1)?,
        create_time: time::compact(row.int(2)?),
        default_app: row.int(3)? != 0,
    })
}

impl Apps<'_> {
    /// Adds an app.
    pub async fn create(&self, permit: &Permit, app_name: String) -> Result<App, Error> {
        let project_id = permit.project_id().to_owned();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, &project_id)?;
                let count = tx.count("SELECT COUNT(*) FROM app WHERE project_id = ?1", args![&project_id])?;
                if count >= context.limits.apps {
                    return Err(Fault::at_limit(Code::AppQuota, "limits.apps", context.limits.apps).into());
                }
                refuse_taken(tx, &project_id, &app_name)?;
                insert(tx, context, &project_id, &app_name, false)
            })
            .await
    }

    /// All apps, or those that are (or are not) the default.
    pub async fn list(&self, permit: &Permit, default_app: Option<bool>) -> Result<Vec<App>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM app WHERE project_id = ?1 AND (?2 IS NULL OR default_app = ?2)
                        AND (?3 IS NULL OR ?3 LIKE '%,' || app_id || ',%')
                      ORDER BY created_ms DESC, app_id DESC LIMIT 500"
                );
                let within = scope.apps_listed();
                Ok(tx.all(&sql, args![scope.project_id(), default_app, within.as_ref()], app)?)
            })
            .await
    }

    /// One app.
    pub async fn show(&self, permit: &Permit, app_id: String) -> Result<App, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| find(tx, &scope, &app_id)).await
    }

    /// Renames an app, if it is given a name.
    pub async fn update(
        &self,
        permit: &Permit,
        app_id: String,
        app_name: Option<String>,
    ) -> Result<App, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                gate::enter(tx, scope.project_id())?;
                let found = find(tx, &scope, &app_id)?;
                let Some(app_name) = app_name.as_deref().filter(|name| *name != found.app_name) else {
                    return Ok(found);
                };
                refuse_taken(tx, scope.project_id(), app_name)?;
                let sql = "UPDATE app SET app_name = ?3 WHERE project_id = ?1 AND app_id = ?2";
                tx.execute(sql, args![scope.project_id(), &app_id, app_name])?;
                Ok(App { app_name: app_name.to_owned(), ..found })
            })
            .await
    }

    /// Deletes an app with everything in it. Nothing of it can be seen any more once this has answered; its devices go in
    /// slices.
    pub async fn delete(&self, permit: &Permit, app_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, scope.project_id())?;
                if find(tx, &scope, &app_id)?.default_app {
                    let why = text!(
                        "app_id: the default application can not be deleted",
                        "app_id：不能删除默认资源空间"
                    );
                    return Err(Fault::new(Code::AppKept, why).into());
                }
                end::delete(tx, context, scope.project_id(), &app_id)
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, scope: &Scope, app_id: &str) -> Result<App, Error> {
    let sql = format!("SELECT {COLUMNS} FROM app WHERE project_id = ?1 AND app_id = ?2");
    let app = tx.first(&sql, args![scope.project_id(), app_id], app)?.ok_or(Code::AppMissing)?;
    scope.admit(&app.app_id)?;
    Ok(app)
}

fn refuse_taken(tx: &mut dyn Tx, project_id: &str, app_name: &str) -> Result<(), Error> {
    let taken = "SELECT 1 FROM app WHERE project_id = ?1 AND app_name = ?2";
    match tx.exists(taken, args![project_id, app_name])? {
        true => Err(Fault::of_value(Code::AppNameTaken, "app_name", app_name).into()),
        false => Ok(()),
    }
}

pub(crate) fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_name: &str,
    default_app: bool,
) -> Result<App, Error> {
    let (app_id, now) = (context.rng.hex(32), context.clock.now_ms());
    tx.execute(
        "INSERT INTO app (project_id, app_id, app_name, default_app, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        args![project_id, &app_id, app_name, default_app, now],
    )?;
    identity::changed(tx)?;
    Ok(App { app_id, app_name: app_name.to_owned(), create_time: time::compact(now), default_app })
}

/// The default app of a project.
pub fn default_of(tx: &mut dyn Tx, project_id: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT app_id FROM app WHERE project_id = ?1 AND default_app = 1";
    Ok(tx.first(sql, args![project_id], |row| row.string(0))?)
}

/// The app of a call: the one it names, which must be of the project, or the default one.
pub fn named_or_default(tx: &mut dyn Tx, scope: &Scope, app_id: Option<&str>) -> Result<String, Error> {
    let app_id = match app_id {
        Some(app_id) => must_exist(tx, scope, app_id).map(|()| app_id.to_owned())?,
        None => default_of(tx, scope.project_id())?.ok_or(Code::AppForeign)?,
    };
    scope.admit(&app_id)?;
    Ok(app_id)
}

/// The app of a call that may leave it out only where there is no choice.
pub fn named_or_only(tx: &mut dyn Tx, scope: &Scope, app_id: Option<&str>) -> Result<String, Error> {
    if app_id.is_some() {
        return named_or_default(tx, scope, app_id);
    }
    let sql = "SELECT app_id FROM app WHERE project_id = ?1 LIMIT 2";
    let mut apps = tx.all(sql, args![scope.project_id()], |row| row.string(0))?;
    match (apps.pop(), apps.pop()) {
        (Some(only), None) => {
            scope.admit(&only)?;
            Ok(only)
        }
        (None, _) => Err(Code::AppForeign.into()),
        (Some(_), Some(_)) => Err(Code::AppNotCarried.into()),
    }
}

/// Refuses an app that is not of the project, where an unknown and a foreign one look alike, and one that the permit
/// is not for.
pub fn must_exist(tx: &mut dyn Tx, scope: &Scope, app_id: &str) -> Result<(), Error> {
    let sql = "SELECT 1 FROM app WHERE project_id = ?1 AND app_id = ?2";
    match tx.exists(sql, args![scope.project_id(), app_id])? {
        true => Ok(scope.admit(app_id)?),
        false => Err(Fault::of_value(Code::AppForeign, "app_id", app_id).into()),
    }
}
