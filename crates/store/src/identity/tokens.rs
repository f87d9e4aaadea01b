//! IAM tokens: given for a password or another token, kept as their SHA-256, ended by time or by revocation.

use db::{Tx, args};

use super::{
    access::{Principal, Revision, revision},
    keys::{make_up_token, token_sha256},
};
use crate::{Context, Error, Store};

/// Tokens of a user that live at a time; the oldest go. A program that asks for one a call does not fill the disk.
const TOKENS_A_USER: i64 = 200;

/// A token as it is given.
#[derive(Clone, Debug)]
pub struct Token {
    /// The user it stands for.
    pub user_id: String,
    /// The agency that the user has assumed.
    pub agency_id: Option<String>,
    /// The project it is scoped to; `None` for the account.
    pub project_id: Option<String>,
    /// How its owner was proven.
    pub methods: String,
    /// When it was given.
    pub issued_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
}

/// A token that counts, and who it stands for.
pub struct KnownToken {
    /// Its owner. The project is empty for a token of the account.
    pub principal: Principal,
    /// What is kept of it.
    pub token: Token,
    /// What the owner's rights were read at.
    pub revision: Revision,
}

impl Store {
    /// Gives a token; answers it and what is kept of it.
    pub async fn issue_token(
        &self,
        user_id: String,
        agency_id: Option<String>,
        project_id: Option<String>,
        methods: String,
        seconds: i64,
    ) -> Result<(String, Token), Error> {
        self.unit(move |tx, context| {
            let issued_ms = context.clock.now_ms();
            let token = Token {
                user_id: user_id.clone(),
                agency_id: agency_id.clone(),
                project_id: project_id.clone(),
                methods: methods.clone(),
                issued_ms,
                expires_ms: issued_ms + seconds * 1000,
            };
            let text = make_up_token(&*context.rng);
            issue(tx, &token, &text)?;
            Ok((text, token))
        })
        .await
    }

    /// The owner of a token that has not ended and whose user is not disabled.
    pub async fn known_token(&self, token: String) -> Result<Option<KnownToken>, Error> {
        let context = self.context.clone();
        self.db.read(move |tx| known(tx, &context, &token)).await
    }

    /// Ends a token; answers whether it was there.
    pub async fn revoke_token(&self, token: String) -> Result<bool, Error> {
        self.unit(move |tx, _| {
            let ended =
                tx.execute("DELETE FROM iam_token WHERE token_sha256 = ?1", args![&token_sha256(&token)])?;
            Ok(ended == 1)
        })
        .await
    }
}

fn issue(tx: &mut dyn Tx, token: &Token, text: &str) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM iam_token WHERE user_id = ?1 AND token_sha256 IN
           (SELECT token_sha256 FROM iam_token WHERE user_id = ?1 ORDER BY issued_ms DESC, token_sha256
             LIMIT 1000000 OFFSET ?2)",
        args![&token.user_id, TOKENS_A_USER - 1],
    )?;
    tx.execute(
        "INSERT INTO iam_token (token_sha256, user_id, agency_id, project_id, methods, issued_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        args![
            &token_sha256(text),
            &token.user_id,
            token.agency_id.as_ref(),
            token.project_id.as_ref(),
            &token.methods,
            token.issued_ms,
            token.expires_ms,
        ],
    )?;
    Ok(())
}

fn known(tx: &mut dyn Tx, context: &Context, text: &str) -> Result<Option<KnownToken>, Error> {
    let found = tx.first(
        "SELECT COALESCE(a.agency_id, u.user_id), COALESCE(a.agency_name, u.user_name), u.root, t.agency_id,
           t.project_id, t.user_id, t.methods, t.issued_ms, t.expires_ms
           FROM iam_token t JOIN iam_user u ON u.user_id = t.user_id
           LEFT JOIN iam_agency a ON a.agency_id = t.agency_id
          WHERE t.token_sha256 = ?1 AND t.expires_ms > ?2 AND COALESCE(u.disabled, 0) = 0
            AND (t.agency_id IS NULL OR a.agency_id IS NOT NULL)",
        args![&token_sha256(text), context.clock.now_ms()],
        |row| {
            let agency_id = row.opt_string(3)?;
            let project_id = row.opt_string(4)?;
            let principal = Principal {
                user_id: row.string(0)?,
                user_name: row.string(1)?,
                root: row.int(2)? != 0 && agency_id.is_none(),
                project_id: project_id.clone().unwrap_or_default(),
                session: None,
            };
            let token = Token {
                user_id: row.string(5)?,
                agency_id,
                project_id,
                methods: row.string(6)?,
                issued_ms: row.int(7)?,
                expires_ms: row.int(8)?,
            };
            Ok((principal, token))
        },
    )?;
    let Some((principal, token)) = found else { return Ok(None) };
    Ok(Some(KnownToken { principal, token, revision: revision(tx)? }))
}

/// Forgets tokens and temporary keys that have ended, at most `most` of each; answers how many.
pub(crate) fn expire(tx: &mut dyn Tx, now_ms: i64, most: i64) -> Result<u64, Error> {
    let tokens = tx.execute(
        "DELETE FROM iam_token WHERE token_sha256 IN
           (SELECT token_sha256 FROM iam_token WHERE expires_ms <= ?1 LIMIT ?2)",
        args![now_ms, most],
    )?;
    let keys = tx.execute(
        "DELETE FROM temporary_key WHERE access_key_id IN
           (SELECT access_key_id FROM temporary_key WHERE expires_ms <= ?1 LIMIT ?2)",
        args![now_ms, most],
    )?;
    Ok(tokens + keys)
}
