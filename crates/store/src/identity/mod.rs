//! The account: its users, their keys and tokens, and what each may do. Here is what the first start makes of it.

mod access;
mod agencies;
mod groups;
mod keys;
mod passwords;
mod policies;
mod projects;
mod rights;
mod tokens;
mod users;

use db::{Tx, args};
use domain::Rng;
use types::{Code, Fault};

pub(crate) use access::{AccessCache, changed};
pub use access::{Principal, Revision};
pub use agencies::Agency;
pub use groups::Group;
pub use keys::{AccessKey, KnownKey, TemporaryKey};
pub use passwords::{hash_password, password_fault, password_matches};
pub use policies::{Grantee, PolicyOrder, StoredPolicy};
pub use projects::{Domain, Project, ProjectOrder};
pub(crate) use tokens::expire;
pub use tokens::{KnownToken, Token};
pub use users::{User, UserOrder};

use crate::{Context, Error, Store, Vault, apps, gate};

/// What the first start makes, and what a person needs to call the server.
#[derive(Clone)]
pub struct Credentials {
    /// AK.
    pub access_key_id: String,
    /// SK.
    pub secret_access_key: String,
    /// The project's id.
    pub project_id: String,
    /// The default app's id.
    pub app_id: String,
}

/// Credentials that the operator chooses; what is `None` is made, or kept if it exists.
#[derive(Clone, Default)]
pub struct Chosen {
    /// AK and SK.
    pub access_key: Option<(String, String)>,
    /// The project's id.
    pub project_id: Option<String>,
    /// AK and SK to be used if a key has to be made up, written down before they count for anything.
    pub promised: Option<(String, String)>,
}

const ROOT: &str = "root";
/// The account's name until the operator gives it another.
const DOMAIN: &str = "unlade";
/// The enterprise project of whatever was never put into one; the cloud's id for its default one.
pub const ENTERPRISE_PROJECT_DEFAULT: &str = "0";
/// Several nodes may start for the first time at once.
const BOOTSTRAP: &str = "bootstrap";
const KEY_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const SECRET_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn make_up_key(rng: &(dyn Rng + 'static)) -> (String, String) {
    (rng.pick(20, KEY_ALPHABET), rng.pick(40, SECRET_ALPHABET))
}

fn key_place(access_key_id: &str) -> String {
    format!("access_key/{access_key_id}")
}

impl Store {
    /// A new AK and SK, which nobody knows yet.
    pub fn make_up_key(&self) -> (String, String) {
        make_up_key(&*self.context.rng)
    }

    /// Makes project, default app and root user where they do not exist, and an access key for a project or a root that
    /// was made now: one that its owner has deleted does not come back. Answers the credentials when a key was made now
    /// or is the promised one, `None` otherwise. A vault that does not open
    /// what lies sealed is refused as [`Error::Sealed`], and nothing is made.
    pub async fn bootstrap(&self, chosen: Chosen) -> Result<Option<Credentials>, Error> {
        self.unit(move |tx, context| bootstrap(tx, context, &chosen)).await
    }

    /// The id of this installation, which a caller may send as `Instance-Id`.
    pub fn instance_id(&self) -> Result<String, Error> {
        let context = self.context.clone();
        self.db.write_blocking(move |tx| {
            gate::enter(tx, BOOTSTRAP)?;
            if let Some(id) = tx.first("SELECT instance_id FROM instance", args![], |row| row.string(0))? {
                return Ok(id);
            }
            let id = (&*context.rng as &dyn Rng).uuid();
            tx.execute("INSERT INTO instance (instance_id) VALUES (?1)", args![&id])?;
            Ok(id)
        })
    }

    /// Seals every secret anew that is not under the vault's current key; answers how many.
    pub async fn reseal(&self) -> Result<u64, Error> {
        self.unit(|tx, context| {
            let keys = reseal_table(
                tx,
                context,
                "SELECT access_key_id, '', secret_sealed FROM access_key",
                "UPDATE access_key SET secret_sealed = ?3 WHERE access_key_id = ?1 AND ?2 = ''",
                |id, _| key_place(id),
            )?;
            let temporary = reseal_table(
                tx,
                context,
                "SELECT access_key_id, '', secret_sealed FROM temporary_key",
                "UPDATE temporary_key SET secret_sealed = ?3 WHERE access_key_id = ?1 AND ?2 = ''",
                |id, _| keys::temporary_place(id),
            )?;
            let devices = reseal_table(
                tx,
                context,
                "SELECT device_id, project_id, secret_sealed FROM device WHERE secret_sealed IS NOT NULL",
                "UPDATE device SET secret_sealed = ?3 WHERE device_id = ?1 AND project_id = ?2",
                crate::devices::secret_place,
            )?;
            let others = reseal_table(
                tx,
                context,
                "SELECT device_id, project_id, secondary_secret_sealed FROM device
                  WHERE secondary_secret_sealed IS NOT NULL",
                "UPDATE device SET secondary_secret_sealed = ?3 WHERE device_id = ?1 AND project_id = ?2",
                crate::devices::secondary_place,
            )?;
            Ok(keys + temporary + devices + others + crate::subtasks::reseal(tx, context)?)
        })
        .await
    }
}

/// Refuses one more row than a limit allows, behind the gate that serialises who looks.
fn quota(tx: &mut dyn Tx, table: &str, setting: &str, limit: i64) -> Result<(), Error> {
    if tx.count(&format!("SELECT COUNT(*) FROM {table}"), args![])? >= limit {
        return Err(Fault::at_limit(Code::IamQuota, setting, limit).into());
    }
    Ok(())
}

/// Refuses a vault that does not open what lies sealed: nodes of one database share one master key.
pub(crate) fn prove_vault(tx: &mut dyn Tx, context: &Context) -> Result<(), Error> {
    let sealed = tx.first("SELECT access_key_id, secret_sealed FROM access_key", args![], |row| {
        Ok((row.string(0)?, row.opt_blob(1)?.unwrap_or_default().to_vec()))
    })?;
    sealed.map_or(Ok(()), |(id, sealed)| context.vault.open(&key_place(&id), &sealed).map(|_| ()))
}

fn bootstrap(tx: &mut dyn Tx, context: &Context, chosen: &Chosen) -> Result<Option<Credentials>, Error> {
    gate::enter(tx, BOOTSTRAP)?;
    // Behind the gate, because of nodes that start for the first time together: none may seal what the others cannot
    // open.
    prove_vault(tx, context)?;
    let now = context.clock.now_ms();
    let rng: &dyn Rng = &*context.rng;
    let existing =
        tx.first("SELECT project_id FROM project ORDER BY created_ms", args![], |row| row.string(0))?;
    let project_id = chosen.project_id.clone().or(existing).unwrap_or_else(|| rng.hex(32));
    let made_project = tx.execute(
        "INSERT INTO project (project_id, created_ms, devices) VALUES (?1, ?2, 0) ON CONFLICT (project_id) DO NOTHING",
        args![&project_id, now],
    )?;
    put_domain(tx, rng, now)?;
    let app_id = match apps::default_of(tx, &project_id)? {
        Some(app_id) => app_id,
        None => apps::insert(tx, context, &project_id, "DefaultApp", true)?.app_id,
    };
    let root = tx.first("SELECT user_id FROM iam_user WHERE root = 1", args![], |row| row.string(0))?;
    let begins = root.is_none() || made_project > 0;
    let user_id = match root {
        Some(user_id) => user_id,
        None => {
            let user_id = rng.hex(32);
            tx.execute(
                "INSERT INTO iam_user (user_id, user_name, root, created_ms) VALUES (?1, ?2, 1, ?3)",
                args![&user_id, ROOT, now],
            )?;
            user_id
        }
    };
    let has_key = tx.exists("SELECT 1 FROM access_key WHERE project_id = ?1", args![&project_id])?;
    let needs_key = begins && !has_key;
    let (key, keeps_promise) = match (&chosen.access_key, &chosen.promised) {
        (Some(key), _) => (key.clone(), false),
        // The process ended after it made the key and before anybody was told.
        (None, Some(promised)) if needs_key || key_exists(tx, &promised.0)? => (promised.clone(), true),
        (None, _) if needs_key => (make_up_key(rng), false),
        (None, _) => return Ok(None),
    };
    let (access_key_id, secret_access_key) = key;
    let made = put_key(tx, context, &access_key_id, &secret_access_key, &user_id, &project_id)?;
    Ok((made || keeps_promise).then_some(Credentials {
        access_key_id,
        secret_access_key,
        project_id,
        app_id,
    }))
}

fn put_domain(tx: &mut dyn Tx, rng: &(dyn Rng + 'static), now_ms: i64) -> Result<(), Error> {
    if !tx.exists("SELECT 1 FROM iam_domain", args![])? {
        tx.execute(
            "INSERT INTO iam_domain (domain_id, domain_name, created_ms) VALUES (?1, ?2, ?3)",
            args![&rng.hex(32), DOMAIN, now_ms],
        )?;
    }
    Ok(())
}

fn key_exists(tx: &mut dyn Tx, access_key_id: &str) -> Result<bool, Error> {
    Ok(tx.exists("SELECT 1 FROM access_key WHERE access_key_id = ?1", args![access_key_id])?)
}

/// Stores a key; answers whether anything changed.
fn put_key(
    tx: &mut dyn Tx,
    context: &Context,
    access_key_id: &str,
    secret: &str,
    user_id: &str,
    project_id: &str,
) -> Result<bool, Error> {
    let place = key_place(access_key_id);
    let stored = tx.first(
        "SELECT secret_sealed, project_id FROM access_key WHERE access_key_id = ?1",
        args![access_key_id],
        |row| Ok((row.opt_blob(0)?.unwrap_or_default().to_vec(), row.string(1)?)),
    )?;
    if let Some((sealed, of_project)) = stored
        && of_project == project_id
        && context.vault.open(&place, &sealed)? == secret.as_bytes()
    {
        return Ok(false);
    }
    let sealed = context.vault.seal(&*context.rng, &place, secret.as_bytes());
    tx.execute(
        "INSERT INTO access_key (access_key_id, user_id, project_id, secret_sealed, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (access_key_id) DO UPDATE SET project_id = excluded.project_id, secret_sealed = excluded.secret_sealed",
        args![access_key_id, user_id, project_id, sealed.as_slice(), context.clock.now_ms()],
    )?;
    changed(tx)?;
    Ok(true)
}

fn reseal_table(
    tx: &mut dyn Tx,
    context: &Context,
    select: &str,
    update: &str,
    place: impl Fn(&str, &str) -> String,
) -> Result<u64, Error> {
    let Context { vault, rng, .. } = context;
    let old: Vec<(String, String, Vec<u8>)> = tx.all(select, args![], |row| {
        Ok((row.string(0)?, row.string(1)?, row.opt_blob(2)?.unwrap_or_default().to_vec()))
    })?;
    let mut changed = 0;
    for (id, owner, sealed) in old.iter().filter(|(_, _, sealed)| !vault.is_current(sealed)) {
        let place = place(id, owner);
        let anew = vault.seal(&**rng, &place, &Vault::open(vault, &place, sealed)?);
        changed += tx.execute(update, args![id, owner, anew.as_slice()])?;
    }
    Ok(changed)
}
