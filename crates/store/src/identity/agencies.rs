//! Agencies: rights of their own that a user of the account may assume for a time.

use db::{Row, Tx, args};
use domain::Permit;
use types::{Code, Fault};

use super::{changed, quota};
use crate::{Error, Store, gate};

/// An agency.
#[derive(Clone, Debug)]
pub struct Agency {
    /// Its id.
    pub agency_id: String,
    /// Its name.
    pub agency_name: String,
    /// What it is for.
    pub description: String,
    /// When it was made, unix ms.
    pub created_ms: i64,
}

const COLUMNS: &str = "agency_id, agency_name, description, created_ms";

fn agency(row: &dyn Row) -> Result<Agency, db::Error> {
    Ok(Agency {
        agency_id: row.string(0)?,
        agency_name: row.string(1)?,
        description: row.string(2)?,
        created_ms: row.int(3)?,
    })
}

impl Store {
    /// Makes an agency, which has no right until it is granted one.
    pub async fn create_agency(
        &self,
        _permit: &Permit,
        agency_name: String,
        description: String,
    ) -> Result<Agency, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "iam_agency")?;
            quota(tx, "iam_agency", "limits.agencies", context.limits.agencies)?;
            if tx.exists("SELECT 1 FROM iam_agency WHERE agency_name = ?1", args![&agency_name])? {
                return Err(Fault::of_value(Code::IamTaken, "name", &agency_name).into());
            }
            let agency_id = context.rng.hex(32);
            tx.execute(
                "INSERT INTO iam_agency (agency_id, agency_name, description, created_ms) VALUES (?1, ?2, ?3, ?4)",
                args![&agency_id, &agency_name, &description, context.clock.now_ms()],
            )?;
            find(tx, &agency_id)
        })
        .await
    }

    /// All agencies, or the one of a name.
    pub async fn list_agencies(
        &self,
        _permit: &Permit,
        agency_name: Option<String>,
    ) -> Result<Vec<Agency>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM iam_agency WHERE (?1 IS NULL OR agency_name = ?1) ORDER BY agency_name"
                );
                Ok(tx.all(&sql, args![agency_name.as_ref()], agency)?)
            })
            .await
    }

    /// One agency.
    pub async fn show_agency(&self, _permit: &Permit, agency_id: String) -> Result<Agency, Error> {
        self.db.read(move |tx| find(tx, &agency_id)).await
    }

    /// Changes what an agency is for.
    pub async fn update_agency(
        &self,
        _permit: &Permit,
        agency_id: String,
        description: String,
    ) -> Result<Agency, Error> {
        self.unit(move |tx, _| {
            tx.execute(
                "UPDATE iam_agency SET description = ?2 WHERE agency_id = ?1",
                args![&agency_id, &description],
            )?;
            find(tx, &agency_id)
        })
        .await
    }

    /// Deletes an agency; whoever has assumed it may do nothing more by it.
    pub async fn delete_agency(&self, _permit: &Permit, agency_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            find(tx, &agency_id)?;
            for sql in [
                "DELETE FROM iam_token WHERE agency_id = ?1",
                "DELETE FROM temporary_key WHERE agency_id = ?1",
                "DELETE FROM iam_grant WHERE grantee_id = ?1",
                "DELETE FROM iam_agency WHERE agency_id = ?1",
            ] {
                tx.execute(sql, args![&agency_id])?;
            }
            changed(tx)
        })
        .await
    }
}

pub(super) fn find(tx: &mut dyn Tx, agency_id: &str) -> Result<Agency, Error> {
    let sql = format!("SELECT {COLUMNS} FROM iam_agency WHERE agency_id = ?1");
    let found = tx.first(&sql, args![agency_id], agency)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "agency_id", agency_id).into())
}
