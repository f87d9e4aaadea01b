//! User groups and who is in them.

use db::{Row, Tx, args};
use domain::Permit;
use types::{Code, Fault};

use super::{changed, quota, users};
use crate::{Error, Store, gate};

/// A user group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub group_id: String,
    /// Its name.
    pub group_name: String,
    /// What it is for.
    pub description: String,
    /// When it was made, unix ms.
    pub created_ms: i64,
}

const COLUMNS: &str = "group_id, group_name, description, created_ms";

fn group(row: &dyn Row) -> Result<Group, db::Error> {
    Ok(Group {
        group_id: row.string(0)?,
        group_name: row.string(1)?,
        description: row.string(2)?,
        created_ms: row.int(3)?,
    })
}

impl Store {
    /// Makes a group.
    pub async fn create_group(
        &self,
        _permit: &Permit,
        group_name: String,
        description: String,
    ) -> Result<Group, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "iam_group")?;
            quota(tx, "iam_group", "limits.groups", context.limits.groups)?;
            refuse_taken(tx, &group_name, "")?;
            let group_id = context.rng.hex(32);
            tx.execute(
                "INSERT INTO iam_group (group_id, group_name, description, created_ms) VALUES (?1, ?2, ?3, ?4)",
                args![&group_id, &group_name, &description, context.clock.now_ms()],
            )?;
            find(tx, &group_id)
        })
        .await
    }

    /// All groups, those of a name, or those that a user is in.
    pub async fn list_groups(
        &self,
        _permit: &Permit,
        group_name: Option<String>,
        of_user: Option<String>,
    ) -> Result<Vec<Group>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM iam_group g WHERE (?1 IS NULL OR group_name = ?1) AND (?2 IS NULL OR EXISTS
                       (SELECT 1 FROM iam_member m WHERE m.group_id = g.group_id AND m.user_id = ?2)) ORDER BY group_name"
                );
                Ok(tx.all(&sql, args![group_name.as_ref(), of_user.as_ref()], group)?)
            })
            .await
    }

    /// One group.
    pub async fn show_group(&self, _permit: &Permit, group_id: String) -> Result<Group, Error> {
        self.db.read(move |tx| find(tx, &group_id)).await
    }

    /// Changes a group's name or description.
    pub async fn update_group(
        &self,
        _permit: &Permit,
        group_id: String,
        group_name: Option<String>,
        description: Option<String>,
    ) -> Result<Group, Error> {
        self.unit(move |tx, _| {
            gate::enter(tx, "iam_group")?;
            find(tx, &group_id)?;
            if let Some(name) = &group_name {
                refuse_taken(tx, name, &group_id)?;
            }
            tx.execute(
                "UPDATE iam_group SET group_name = COALESCE(?2, group_name), description = COALESCE(?3, description)
                  WHERE group_id = ?1",
                args![&group_id, group_name.as_ref(), description.as_ref()],
            )?;
            find(tx, &group_id)
        })
        .await
    }

    /// Deletes a group; its users lose what it was granted.
    pub async fn delete_group(&self, _permit: &Permit, group_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            find(tx, &group_id)?;
            for sql in [
                "DELETE FROM iam_member WHERE group_id = ?1",
                "DELETE FROM iam_grant WHERE grantee_id = ?1",
                "DELETE FROM iam_group WHERE group_id = ?1",
            ] {
                tx.execute(sql, args![&group_id])?;
            }
            changed(tx)
        })
        .await
    }

    /// Takes a user into a group; one that is in it stays.
    pub async fn add_member(&self, _permit: &Permit, group_id: String, user_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            find(tx, &group_id)?;
            users::find(tx, &user_id)?;
            tx.execute(
                "INSERT INTO iam_member (group_id, user_id) VALUES (?1, ?2) ON CONFLICT (group_id, user_id) DO NOTHING",
                args![&group_id, &user_id],
            )?;
            changed(tx)
        })
        .await
    }

    /// Takes a user out of a group.
    pub async fn remove_member(
        &self,
        _permit: &Permit,
        group_id: String,
        user_id: String,
    ) -> Result<(), Error> {
        self.unit(move |tx, _| {
            let removed = tx.execute(
                "DELETE FROM iam_member WHERE group_id = ?1 AND user_id = ?2",
                args![&group_id, &user_id],
            )?;
            if removed == 0 {
                return Err(Fault::of_value(Code::IamMissing, "user_id", &user_id).into());
            }
            changed(tx)
        })
        .await
    }

    /// The ids of the users in a group.
    pub async fn members(&self, _permit: &Permit, group_id: String) -> Result<Vec<String>, Error> {
        self.db
            .read(move |tx| {
                find(tx, &group_id)?;
                let sql = "SELECT user_id FROM iam_member WHERE group_id = ?1 ORDER BY user_id";
                Ok(tx.all(sql, args![&group_id], |row| row.string(0))?)
            })
            .await
    }
}

pub(super) fn find(tx: &mut dyn Tx, group_id: &str) -> Result<Group, Error> {
    let sql = format!("SELECT {COLUMNS} FROM iam_group WHERE group_id = ?1");
    let found = tx.first(&sql, args![group_id], group)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "group_id", group_id).into())
}

fn refuse_taken(tx: &mut dyn Tx, group_name: &str, besides: &str) -> Result<(), Error> {
    let taken = "SELECT 1 FROM iam_group WHERE group_name = ?1 AND group_id <> ?2";
    if tx.exists(taken, args![group_name, besides])? {
        return Err(Fault::of_value(Code::IamTaken, "name", group_name).into());
    }
    Ok(())
}
