//! The one download of a user's interval, admitted in the transaction that limits it.

use db::{Tx, args};
use domain::{Permit, Scope, limits::DOWNLOAD_RESUME_SECONDS};
use types::{Code, Fault, text};

use crate::{
    Context, Error, Store,
    export_tasks::{Result as ExportResult, result_of},
    gate,
};

/// What a download asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The export task.
    pub export_task_id: String,
    /// The SHA-256 that the caller holds part of and resumes, from `If-Range`; `None` if it starts anew.
    pub resumes: Option<String>,
    /// The SHA-256s that the caller holds whole, from `If-None-Match`.
    pub holds: Vec<String>,
}

/// How a download is answered.
#[derive(Clone, Debug)]
pub enum Admission {
    /// These bytes; it counted, unless it resumes.
    Admitted(ExportResult),
    /// The caller has them already; it did not count.
    Unchanged(ExportResult),
}

impl Store {
    /// The result of an export task, not counted.
    pub async fn look_at_result(
        &self,
        permit: &Permit,
        export_task_id: String,
    ) -> Result<ExportResult, Error> {
        let scope = permit.scope().clone();
        self.db.read(move |tx| result_of(tx, &scope, &export_task_id)).await
    }

    /// Admits a download or says when the next one may be.
    pub async fn admit_download(&self, permit: &Permit, ask: Ask) -> Result<Admission, Error> {
        let (scope, user_id) = (permit.scope().clone(), permit.user_id().to_owned());
        self.unit(move |tx, context| admit(tx, context, &scope, &user_id, &ask)).await
    }
}

fn admit(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    user_id: &str,
    ask: &Ask,
) -> Result<Admission, Error> {
    let result = result_of(tx, scope, &ask.export_task_id)?;
    if ask.holds.contains(&result.sha256) {
        return Ok(Admission::Unchanged(result));
    }
    gate::enter(tx, user_id)?;
    let now = context.clock.now_ms();
    let last =
        tx.first("SELECT started_ms, sha256 FROM download WHERE user_id = ?1", args![user_id], |row| {
            Ok((row.int(0)?, row.string(1)?))
        })?;
    if let Some((started_ms, sha256)) = last {
        // A start that lies ahead is a clock that was put back. Within the interval it still counts (nodes may
        // disagree by seconds); further ahead it would lock the user out, so it does not.
        let since = (now - started_ms).abs();
        let resumes = ask.resumes.as_ref() == Some(&result.sha256) && sha256 == result.sha256;
        if resumes && since <= DOWNLOAD_RESUME_SECONDS * 1000 {
            return Ok(Admission::Admitted(result));
        }
        let wait_ms = context.limits.download_interval_seconds.saturating_mul(1000).saturating_sub(since);
        if wait_ms > 0 {
            let seconds = wait_ms.saturating_add(999) / 1000;
            let when = text!("Download again in {seconds} s.", "请在{seconds}秒后重新下载。");
            let fault = Fault::new(Code::RateLimited, when);
            return Err(Fault { retry_after_seconds: Some(seconds), ..fault }.into());
        }
    }
    tx.execute(
        "INSERT INTO download (user_id, started_ms, sha256) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id) DO UPDATE SET started_ms = excluded.started_ms, sha256 = excluded.sha256",
        args![user_id, now, &result.sha256],
    )?;
    Ok(Admission::Admitted(result))
}
