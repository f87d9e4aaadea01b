//! Access keys: whose a key is, and the secret that must have made a signature. Permanent ones belong to a user;
//! temporary ones end by themselves and count only with their security token.

use db::{Row, Tx, args};
use domain::{Permit, Rng};
use sha2::{Digest, Sha256};
use types::{Code, Fault};

use super::{
    KEY_ALPHABET, SECRET_ALPHABET,
    access::{Principal, Revision, revision},
    changed, key_place, make_up_key, put_key, users,
};
use crate::{Context, Error, Store, gate};

/// Random characters of a security token or an IAM token: 256 bits.
const TOKEN_CHARACTERS: usize = 64;
const TOKEN_ALPHABET: &[u8; 16] = b"0123456789ABCDEF";
/// Temporary keys of a user that live at a time; the oldest go. A program that asks for one a call does not fill the
/// disk.
const TEMPORARY_A_USER: i64 = 200;

/// Who a key stands for, and the secret that must have made the signature.
pub struct KnownKey {
    /// Its owner.
    pub principal: Principal,
    /// SK.
    pub secret: Vec<u8>,
    /// SHA-256 of the security token that must come with a temporary key.
    pub token_sha256: Option<String>,
    /// What the owner's rights were read at.
    pub revision: Revision,
}

/// What anybody may know of a user's key.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// AK.
    pub access_key_id: String,
    /// Its user.
    pub user_id: String,
    /// What it is for.
    pub description: String,
    /// Whether it counts.
    pub enabled: bool,
    /// When it was made, unix ms.
    pub created_ms: i64,
}

/// A key that ends by itself.
#[derive(Clone)]
pub struct TemporaryKey {
    /// AK.
    pub access_key_id: String,
    /// SK.
    pub secret_access_key: String,
    /// What must be sent as `X-Security-Token`.
    pub security_token: String,
    /// When it ends.
    pub expires_ms: i64,
}

pub(super) fn temporary_place(access_key_id: &str) -> String {
    format!("temporary_key/{access_key_id}")
}

/// A token that nobody can guess.
pub(super) fn make_up_token(rng: &(dyn Rng + 'static)) -> String {
    rng.pick(TOKEN_CHARACTERS, TOKEN_ALPHABET)
}

/// The form in which tokens are kept: whoever reads the database cannot use one.
pub(super) fn token_sha256(token: &str) -> String {
    Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// The owner of a permanent access key. One that is disabled, or whose user is, is not known. Whether it is known
    /// does not show in the time that this takes.
    pub async fn known_key(&self, access_key_id: String) -> Result<Option<KnownKey>, Error> {
        self.known(permanent, access_key_id).await
    }

    /// The owner of a temporary access key; one that has ended is not known. [`Store::known_key`] for those that come
    /// with a security token.
    pub async fn known_temporary_key(&self, access_key_id: String) -> Result<Option<KnownKey>, Error> {
        self.known(temporary, access_key_id).await
    }

    async fn known(&self, find: Find, access_key_id: String) -> Result<Option<KnownKey>, Error> {
        let context = self.context.clone();
        self.db
            .read(move |tx| {
                let found = find(tx, &context, &access_key_id)?;
                let revision = revision(tx)?;
                let Some(Found { principal, place, sealed, token_sha256 }) = found else {
                    context.vault.open_nothing();
                    return Ok(None);
                };
                let secret = context.vault.open(&place, &sealed)?;
                Ok(Some(KnownKey { principal, secret, token_sha256, revision }))
            })
            .await
    }

    /// Makes a key for a user; answers it and the one and only look at its SK.
    pub async fn create_key(
        &self,
        _permit: &Permit,
        user_id: String,
        project_id: Option<String>,
        description: String,
    ) -> Result<(AccessKey, String), Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "access_key")?;
            users::find(tx, &user_id)?;
            let limit = context.limits.access_keys;
            let count = tx.count("SELECT COUNT(*) FROM access_key WHERE user_id = ?1", args![&user_id])?;
            if count >= limit {
                return Err(Fault::at_limit(Code::IamQuota, "limits.access_keys", limit).into());
            }
            let (access_key_id, secret) = make_up_key(&*context.rng);
            // The project that a call without any other word is about: the oldest.
            let oldest = "SELECT project_id FROM project ORDER BY created_ms, project_id";
            let home = match &project_id {
                Some(project_id) => Some(project_id.clone()),
                None => tx.first(oldest, args![], |row| row.string(0))?,
            };
            let home = super::projects::find(tx, &home.unwrap_or_default())?.project_id;
            put_key(tx, context, &access_key_id, &secret, &user_id, &home)?;
            tx.execute(
                "UPDATE access_key SET description = ?2 WHERE access_key_id = ?1",
                args![&access_key_id, &description],
            )?;
            Ok((find(tx, &access_key_id)?, secret))
        })
        .await
    }

    /// All keys, or those of a user.
    pub async fn list_keys(
        &self,
        _permit: &Permit,
        user_id: Option<String>,
    ) -> Result<Vec<AccessKey>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM access_key WHERE (?1 IS NULL OR user_id = ?1) ORDER BY created_ms, access_key_id"
                );
                Ok(tx.all(&sql, args![user_id.as_ref()], access_key)?)
            })
            .await
    }

    /// One key.
    pub async fn show_key(&self, _permit: &Permit, access_key_id: String) -> Result<AccessKey, Error> {
        self.db.read(move |tx| find(tx, &access_key_id)).await
    }

    /// Changes a key's description or whether it counts.
    pub async fn update_key(
        &self,
        _permit: &Permit,
        access_key_id: String,
        description: Option<String>,
        enabled: Option<bool>,
    ) -> Result<AccessKey, Error> {
        self.unit(move |tx, _| {
            tx.execute(
                "UPDATE access_key SET description = COALESCE(?2, description), disabled = COALESCE(?3, disabled)
                  WHERE access_key_id = ?1",
                args![&access_key_id, description.as_ref(), enabled.map(|enabled| !enabled)],
            )?;
            changed(tx)?;
            find(tx, &access_key_id)
        })
        .await
    }

    /// Deletes a key.
    pub async fn delete_key(&self, _permit: &Permit, access_key_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            find(tx, &access_key_id)?;
            tx.execute("DELETE FROM access_key WHERE access_key_id = ?1", args![&access_key_id])?;
            changed(tx)
        })
        .await
    }

    /// Makes a temporary key for a principal, narrowed by `policy` if there is one.
    pub async fn make_temporary_key(
        &self,
        user_id: String,
        agency_id: Option<String>,
        project_id: String,
        policy: Option<String>,
        seconds: i64,
    ) -> Result<TemporaryKey, Error> {
        self.unit(move |tx, context| {
            let rng: &dyn Rng = &*context.rng;
            let now = context.clock.now_ms();
            let key = TemporaryKey {
                access_key_id: rng.pick(20, KEY_ALPHABET),
                secret_access_key: rng.pick(40, SECRET_ALPHABET),
                security_token: make_up_token(rng),
                expires_ms: now + seconds * 1000,
            };
            tx.execute(
                "DELETE FROM temporary_key WHERE user_id = ?1 AND access_key_id IN
                   (SELECT access_key_id FROM temporary_key WHERE user_id = ?1
                     ORDER BY created_ms DESC, access_key_id LIMIT 1000000 OFFSET ?2)",
                args![&user_id, TEMPORARY_A_USER - 1],
            )?;
            let place = temporary_place(&key.access_key_id);
            let sealed = context.vault.seal(rng, &place, key.secret_access_key.as_bytes());
            tx.execute(
                "INSERT INTO temporary_key (access_key_id, secret_sealed, token_sha256, user_id, agency_id, project_id,
                   policy, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                args![
                    &key.access_key_id,
                    sealed.as_slice(),
                    &token_sha256(&key.security_token),
                    &user_id,
                    agency_id.as_ref(),
                    &project_id,
                    policy.as_ref(),
                    now,
                    key.expires_ms,
                ],
            )?;
            Ok(key)
        })
        .await
    }
}

const COLUMNS: &str = "access_key_id, user_id, COALESCE(description, ''), COALESCE(disabled, 0), created_ms";

fn access_key(row: &dyn Row) -> Result<AccessKey, db::Error> {
    Ok(AccessKey {
        access_key_id: row.string(0)?,
        user_id: row.string(1)?,
        description: row.string(2)?,
        enabled: row.int(3)? == 0,
        created_ms: row.int(4)?,
    })
}

fn find(tx: &mut dyn Tx, access_key_id: &str) -> Result<AccessKey, Error> {
    let sql = format!("SELECT {COLUMNS} FROM access_key WHERE access_key_id = ?1");
    let found = tx.first(&sql, args![access_key_id], access_key)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "access_key", access_key_id).into())
}

/// A key's row, its secret still sealed.
struct Found {
    principal: Principal,
    place: String,
    sealed: Vec<u8>,
    token_sha256: Option<String>,
}

/// How keys of a sort are found: by one statement, whether there is one or not.
type Find = fn(&mut dyn Tx, &Context, &str) -> Result<Option<Found>, Error>;

fn permanent(tx: &mut dyn Tx, _: &Context, access_key_id: &str) -> Result<Option<Found>, Error> {
    let found = tx.first(
        "SELECT k.user_id, u.user_name, u.root, k.project_id, k.secret_sealed FROM access_key k
           JOIN iam_user u ON u.user_id = k.user_id
          WHERE k.access_key_id = ?1 AND COALESCE(k.disabled, 0) = 0 AND COALESCE(u.disabled, 0) = 0",
        args![access_key_id],
        |row| {
            let principal = Principal {
                user_id: row.string(0)?,
                user_name: row.string(1)?,
                root: row.int(2)? != 0,
                project_id: row.string(3)?,
                session: None,
            };
            let sealed = row.opt_blob(4)?.unwrap_or_default().to_vec();
            Ok(Found { principal, place: key_place(access_key_id), sealed, token_sha256: None })
        },
    )?;
    Ok(found)
}

fn temporary(tx: &mut dyn Tx, context: &Context, access_key_id: &str) -> Result<Option<Found>, Error> {
    let found = tx.first(
        "SELECT COALESCE(a.agency_id, u.user_id), COALESCE(a.agency_name, u.user_name), u.root, k.agency_id,
           k.project_id, k.policy, k.secret_sealed, k.token_sha256
           FROM temporary_key k JOIN iam_user u ON u.user_id = k.user_id
           LEFT JOIN iam_agency a ON a.agency_id = k.agency_id
          WHERE k.access_key_id = ?1 AND k.expires_ms > ?2 AND COALESCE(u.disabled, 0) = 0
            AND (k.agency_id IS NULL OR a.agency_id IS NOT NULL)",
        args![access_key_id, context.clock.now_ms()],
        |row| {
            let principal = Principal {
                user_id: row.string(0)?,
                user_name: row.string(1)?,
                root: row.int(2)? != 0 && row.opt_text(3)?.is_none(),
                project_id: row.string(4)?,
                session: row.opt_string(5)?,
            };
            let sealed = row.opt_blob(6)?.unwrap_or_default().to_vec();
            let token_sha256 = Some(row.string(7)?);
            Ok(Found { principal, place: temporary_place(access_key_id), sealed, token_sha256 })
        },
    )?;
    Ok(found)
}

impl KnownKey {
    /// Whether the security token that came is the one that must: none with a permanent key.
    pub fn admits_token(&self, token: Option<&str>) -> bool {
        use subtle::ConstantTimeEq;
        match (&self.token_sha256, token) {
            (None, None) => true,
            (Some(sha256), Some(token)) => token_sha256(token).as_bytes().ct_eq(sha256.as_bytes()).into(),
            _ => false,
        }
    }
}
