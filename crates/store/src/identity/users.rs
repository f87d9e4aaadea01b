//! The account's users.

use db::{Row, Tx, args};
use domain::Permit;
use types::{Code, Fault};

use super::{changed, quota};
use crate::{Error, Store, gate};

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub user_id: String,
    /// Its name.
    pub user_name: String,
    /// What it is for.
    pub description: String,
    /// Whether it may do anything at all.
    pub enabled: bool,
    /// Whether it is the account's root.
    pub root: bool,
    /// Whether it has a password.
    pub has_password: bool,
    /// When it was made, unix ms.
    pub created_ms: i64,
}

/// What is to be known of a user; what is `None` stays, or has its default.
#[derive(Clone, Default)]
pub struct UserOrder {
    /// Its name.
    pub user_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it may do anything at all.
    pub enabled: Option<bool>,
    /// The hash of its password.
    pub password_hash: Option<String>,
}

const COLUMNS: &str = "user_id, user_name, COALESCE(description, ''), COALESCE(disabled, 0), root,
    CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END, created_ms";

fn user(row: &dyn Row) -> Result<User, db::Error> {
    Ok(User {
        user_id: row.string(0)?,
        user_name: row.string(1)?,
        description: row.string(2)?,
        enabled: row.int(3)? == 0,
        root: row.int(4)? != 0,
        has_password: row.int(5)? != 0,
        created_ms: row.int(6)?,
    })
}

impl Store {
    /// Makes a user, which has no right until it is granted one.
    pub async fn create_user(&self, _permit: &Permit, order: UserOrder) -> Result<User, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "iam_user")?;
            quota(tx, "iam_user", "limits.users", context.limits.users)?;
            let name = order.user_name.as_deref().unwrap_or_default();
            refuse_taken(tx, name, "")?;
            let (user_id, now) = (context.rng.hex(32), context.clock.now_ms());
            tx.execute(
                "INSERT INTO iam_user (user_id, user_name, root, created_ms) VALUES (?1, ?2, 0, ?3)",
                args![&user_id, name, now],
            )?;
            update(tx, &user_id, &order)
        })
        .await
    }

    /// All users, or the one of a name.
    pub async fn list_users(&self, _permit: &Permit, user_name: Option<String>) -> Result<Vec<User>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM iam_user WHERE (?1 IS NULL OR user_name = ?1) ORDER BY user_name"
                );
                Ok(tx.all(&sql, args![user_name.as_ref()], user)?)
            })
            .await
    }

    /// One user.
    pub async fn show_user(&self, _permit: &Permit, user_id: String) -> Result<User, Error> {
        self.db.read(move |tx| find(tx, &user_id)).await
    }

    /// Changes a user. Whoever is disabled or gets another password loses its tokens and temporary keys.
    pub async fn update_user(
        &self,
        _permit: &Permit,
        user_id: String,
        order: UserOrder,
    ) -> Result<User, Error> {
        self.unit(move |tx, _| {
            gate::enter(tx, "iam_user")?;
            let before = find(tx, &user_id)?;
            if before.root && order.enabled == Some(false) {
                return Err(Fault::of_value(Code::IamDenied, "user_id", &user_id).into());
            }
            if let Some(name) = &order.user_name {
                refuse_taken(tx, name, &user_id)?;
            }
            if order.enabled == Some(false) || order.password_hash.is_some() {
                end_sessions(tx, &user_id)?;
            }
            update(tx, &user_id, &order)
        })
        .await
    }

    /// Deletes a user with its keys, tokens, memberships and grants. What it made in projects stays.
    pub async fn delete_user(&self, _permit: &Permit, user_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            if find(tx, &user_id)?.root {
                return Err(Fault::of_value(Code::IamDenied, "user_id", &user_id).into());
            }
            end_sessions(tx, &user_id)?;
            for sql in [
                "DELETE FROM access_key WHERE user_id = ?1",
                "DELETE FROM iam_member WHERE user_id = ?1",
                "DELETE FROM iam_grant WHERE grantee_id = ?1",
                "DELETE FROM iam_user WHERE user_id = ?1",
            ] {
                tx.execute(sql, args![&user_id])?;
            }
            changed(tx)
        })
        .await
    }

    /// The user that a password is checked for, by name or id, and the hash; asked before anybody is proven.
    pub async fn password_of(
        &self,
        user_name: Option<String>,
        user_id: Option<String>,
    ) -> Result<Option<(User, Option<String>)>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS}, password_hash FROM iam_user
                      WHERE COALESCE(disabled, 0) = 0 AND (user_name = ?1 OR user_id = ?2)"
                );
                let of = args![user_name.as_ref(), user_id.as_ref()];
                Ok(tx.first(&sql, of, |row| Ok((user(row)?, row.opt_string(7)?)))?)
            })
            .await
    }
}

pub(super) fn find(tx: &mut dyn Tx, user_id: &str) -> Result<User, Error> {
    let sql = format!("SELECT {COLUMNS} FROM iam_user WHERE user_id = ?1");
    let found = tx.first(&sql, args![user_id], user)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "user_id", user_id).into())
}

/// Ends what a user was given for being proven once.
fn end_sessions(tx: &mut dyn Tx, user_id: &str) -> Result<(), Error> {
    for sql in ["DELETE FROM iam_token WHERE user_id = ?1", "DELETE FROM temporary_key WHERE user_id = ?1"] {
        tx.execute(sql, args![user_id])?;
    }
    Ok(())
}

fn refuse_taken(tx: &mut dyn Tx, user_name: &str, besides: &str) -> Result<(), Error> {
    let taken = "SELECT 1 FROM iam_user WHERE user_name = ?1 AND user_id <> ?2";
    if tx.exists(taken, args![user_name, besides])? {
        return Err(Fault::of_value(Code::IamTaken, "name", user_name).into());
    }
    Ok(())
}

fn update(tx: &mut dyn Tx, user_id: &str, order: &UserOrder) -> Result<User, Error> {
    tx.execute(
        "UPDATE iam_user SET user_name = COALESCE(?2, user_name), description = COALESCE(?3, description),
           disabled = COALESCE(?4, disabled), password_hash = COALESCE(?5, password_hash) WHERE user_id = ?1",
        args![
            user_id,
            order.user_name.as_ref(),
            order.description.as_ref(),
            order.enabled.map(|enabled| !enabled),
            order.password_hash.as_ref(),
        ],
    )?;
    changed(tx)?;
    find(tx, user_id)
}
