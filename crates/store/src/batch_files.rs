//! Batch task files: uploaded by a user, taken by one batch task, gone after an hour if none does.

use db::{Tx, args};
use domain::Permit;
use types::{Code, Fault, batch_file::BatchTaskFile, time};

use crate::{Context, Error, Store, garbage, gate};

/// The verbs of batch task files.
pub struct BatchFiles<'s>(&'s Store);

impl Store {
    /// Batch task files.
    pub fn batch_files(&self) -> BatchFiles<'_> {
        BatchFiles(self)
    }
}

/// A file that has been read, counted and stored as an object.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name it was uploaded under.
    pub file_name: String,
    /// Where its bytes lie.
    pub object_key: String,
    /// Its header row.
    pub header: Vec<String>,
    /// Its data rows.
    pub rows: i64,
}

/// A file that a batch task has taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Where its bytes lie.
    pub object_key: String,
    /// Its header row.
    pub header: Vec<String>,
    /// Its data rows.
    pub rows: i64,
}

impl BatchFiles<'_> {
    /// Whether one more file of this name would be taken; asked before its bytes are read.
    pub async fn may_upload(&self, permit: &Permit, file_name: String) -> Result<(), Error> {
        let (project_id, user_id) = (permit.project_id().to_owned(), permit.user_id().to_owned());
        let context = self.0.context.clone();
        self.0.db.read(move |tx| may_upload(tx, &context, &project_id, &user_id, &file_name)).await
    }

    /// Records an uploaded file.
    pub async fn upload(&self, permit: &Permit, upload: Upload) -> Result<BatchTaskFile, Error> {
        let (project_id, user_id) = (permit.project_id().to_owned(), permit.user_id().to_owned());
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, &user_id)?;
                may_upload(tx, context, &project_id, &user_id, &upload.file_name)?;
                let (file_id, now) = (context.rng.uuid(), context.clock.now_ms());
                let header = serde_json::Value::from(upload.header.as_slice()).to_string();
                tx.execute(
                    "INSERT INTO batch_file (project_id, file_id, user_id, file_name, object_key, header, row_count,
                       uploaded_ms, task_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)",
                    args![
                        &project_id,
                        &file_id,
                        &user_id,
                        &upload.file_name,
                        &upload.object_key,
                        &header,
                        upload.rows,
                        now,
                    ],
                )?;
                Ok(BatchTaskFile { file_id, file_name: upload.file_name.clone(), upload_time: time::compact(now) })
            })
            .await
    }

    /// The user's files that no task has taken, newest first.
    pub async fn list(&self, permit: &Permit) -> Result<Vec<BatchTaskFile>, Error> {
        let (project_id, user_id) = (permit.project_id().to_owned(), permit.user_id().to_owned());
        let since = oldest(&self.0.context);
        self.0
            .db
            .read(move |tx| {
                Ok(tx.all(
                    "SELECT file_id, file_name, uploaded_ms FROM batch_file
                      WHERE project_id = ?1 AND user_id = ?2 AND task_id IS NULL AND uploaded_ms > ?3
                      ORDER BY uploaded_ms DESC, file_id",
                    args![&project_id, &user_id, since],
                    |row| {
                        Ok(BatchTaskFile {
                            file_id: row.string(0)?,
                            file_name: row.string(1)?,
                            upload_time: time::compact(row.int(2)?),
                        })
                    },
                )?)
            })
            .await
    }

    /// The header row of a file that no task has taken.
    pub async fn header(&self, permit: &Permit, file_id: String) -> Result<Vec<String>, Error> {
        let (project_id, user_id) = (permit.project_id().to_owned(), permit.user_id().to_owned());
        let since = oldest(&self.0.context);
        self.0
            .db
            .read(move |tx| {
                tx.first(
                    "SELECT header FROM batch_file WHERE project_id = ?1 AND file_id = ?2 AND user_id = ?3
                       AND task_id IS NULL AND uploaded_ms > ?4",
                    args![&project_id, &file_id, &user_id, since],
                    |row| Ok(serde_json::from_str(row.text(0)?).unwrap_or_default()),
                )?
                .ok_or_else(|| missing(&file_id))
            })
            .await
    }

    /// Deletes a file that no task has taken.
    pub async fn delete(&self, permit: &Permit, file_id: String) -> Result<(), Error> {
        let (project_id, user_id) = (permit.project_id().to_owned(), permit.user_id().to_owned());
        self.0
            .unit(move |tx, context| {
                let object_key = tx
                    .first(
                        "DELETE FROM batch_file WHERE project_id = ?1 AND file_id = ?2 AND user_id = ?3
                           AND task_id IS NULL AND uploaded_ms > ?4 RETURNING object_key",
                        args![&project_id, &file_id, &user_id, oldest(context)],
                        |row| row.string(0),
                    )?
                    .ok_or(Code::BatchFileMissing)?;
                garbage::doom(tx, &object_key, context.clock.now_ms())
            })
            .await
    }
}

fn oldest(context: &Context) -> i64 {
    context.clock.now_ms().saturating_sub(context.limits.batch_file_seconds.saturating_mul(1000))
}

fn may_upload(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    user_id: &str,
    file_name: &str,
) -> Result<(), Error> {
    let live =
        "FROM batch_file WHERE project_id = ?1 AND user_id = ?2 AND task_id IS NULL AND uploaded_ms > ?3";
    let since = oldest(context);
    let taken = format!("SELECT 1 {live} AND file_name = ?4");
    if tx.exists(&taken, args![project_id, user_id, since, file_name])? {
        return Err(Fault::of_value(Code::BatchFileNameTaken, "file", file_name).into());
    }
    let limit = context.limits.batch_files;
    if tx.count(&format!("SELECT COUNT(*) {live}"), args![project_id, user_id, since])? >= limit {
        return Err(Fault::at_limit(Code::BatchFileQuota, "limits.batch_files", limit).into());
    }
    Ok(())
}

/// Gives a file to a batch task, once.
pub(crate) fn take(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    user_id: &str,
    file_id: &str,
    task_id: &str,
) -> Result<Taken, Error> {
    tx.first(
        "UPDATE batch_file SET task_id = ?4
          WHERE project_id = ?1 AND file_id = ?2 AND user_id = ?3 AND task_id IS NULL AND uploaded_ms > ?5
          RETURNING object_key, header, row_count",
        args![project_id, file_id, user_id, task_id, oldest(context)],
        |row| {
            Ok(Taken {
                object_key: row.string(0)?,
                header: serde_json::from_str(row.text(1)?).unwrap_or_default(),
                rows: row.int(2)?,
            })
        },
    )?
    .ok_or_else(|| missing(file_id))
}

fn missing(file_id: &str) -> Error {
    Fault::of_value(Code::DocumentSourceMissing, "document_source", file_id).into()
}

/// The file that a batch task has taken, until it has been read.
pub fn taken_by(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Taken>, Error> {
    Ok(tx.first(
        "SELECT object_key, header, row_count FROM batch_file WHERE project_id = ?1 AND task_id = ?2",
        args![project_id, task_id],
        |row| {
            Ok(Taken {
                object_key: row.string(0)?,
                header: serde_json::from_str(row.text(1)?).unwrap_or_default(),
                rows: row.int(2)?,
            })
        },
    )?)
}

/// Forgets the file of a batch task: its rows are subtasks now.
pub fn forget(tx: &mut dyn Tx, context: &Context, project_id: &str, task_id: &str) -> Result<(), Error> {
    let gone = tx.first(
        "DELETE FROM batch_file WHERE project_id = ?1 AND task_id = ?2 RETURNING object_key",
        args![project_id, task_id],
        |row| row.string(0),
    )?;
    match gone {
        Some(object_key) => garbage::doom(tx, &object_key, context.clock.now_ms()),
        None => Ok(()),
    }
}

/// Forgets files that no task took in time.
pub(crate) fn expire(tx: &mut dyn Tx, context: &Context) -> Result<u64, Error> {
    let gone = tx.all(
        "DELETE FROM batch_file WHERE task_id IS NULL AND uploaded_ms <= ?1 RETURNING object_key",
        args![oldest(context)],
        |row| row.string(0),
    )?;
    for object_key in &gone {
        garbage::doom(tx, object_key, context.clock.now_ms())?;
    }
    Ok(gone.len() as u64)
}
