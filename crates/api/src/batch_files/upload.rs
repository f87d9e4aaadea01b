//! UploadBatchTaskFile: a part `file` is staged, read whole by a child process that may use little, published
//! and recorded, in this order: what cannot be read is never recorded.

use std::{io::Write, path::Path};

use axum::{extract::State, http::header};
use blob::Staged;
use domain::{Action, Permit};
use types::{Code, Fault, batch_file::BatchTaskFile, text};

use super::parts::{self, Part, Parts};
use crate::{
    Api,
    call::{self, blocking},
    error::{Answer, ApiError, internal, unavailable},
    openapi::About,
    respond::created,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::BATCHTASKFILES_CREATE, "Uploads a file whose rows a batch task is to act on.")
        .takes_parts()
        .gives::<BatchTaskFile>(201)
        .refuses(&[
            Code::BatchFileQuota,
            Code::BatchFileNameTaken,
            Code::BatchFileTooLarge,
            Code::BatchFileTypeUnsupported,
            Code::BatchFileNameInvalid,
            Code::BatchFileInvalid,
        ]);
}

pub(crate) async fn upload(State(api): State<Api>, upload: call::Upload) -> Answer {
    let answer = take(&api, upload).await;
    meter::UPLOADS.add([if answer.is_ok() { "kept" } else { "refused" }], 1);
    answer
}

async fn take(api: &Api, mut upload: call::Upload) -> Answer {
    let permit = upload.authorize(api, Action::BATCHTASKFILES_CREATE).await?;
    let kind = upload.call.headers.get(header::CONTENT_TYPE);
    let most = api.store.context().limits.batch_file_bytes;
    let mut parts = Parts::of(kind, upload.body, most).await?;
    while let Some(mut part) = parts.next().await? {
        if !part.is_file() {
            part.pass_over().await?;
            continue;
        }
        // The only one that is taken: what comes after it is never read.
        let file_name = part.file_name()?;
        let may = api.store.batch_files().may_upload(&permit, file_name.clone()).await;
        // Judged before the bytes are read, answered after: a sender in the middle of them sees no answer.
        let staged = stage(api, &mut part, if may.is_ok() { most } else { 0 }).await?;
        may?;
        part.fits()?;
        let order = keep(api, staged, file_name).await?;
        return record(api, &permit, order).await;
    }
    Err(parts::no_file().into())
}

/// The bytes of a part in the staging area; beyond `kept_max` they are only counted.
async fn stage(api: &Api, part: &mut Part<'_>, kept_max: u64) -> Result<Staged, ApiError> {
    let blobs = api.blobs.clone();
    let mut staged = blocking(move || Ok(blobs.stage()?)).await?;
    while let Some(piece) = part.piece().await? {
        if part.len() <= kept_max {
            staged = blocking(move || {
                staged.file().write_all(&piece)?;
                Ok(staged)
            })
            .await?;
        }
    }
    Ok(staged)
}

/// Reads a staged file in a child process and makes it an object, when it is its turn: each child may use half a
/// gigabyte and a processor.
async fn keep(api: &Api, staged: Staged, file_name: String) -> Result<store::batch_files::Upload, ApiError> {
    let (program, limits) = (api.program.clone(), batch::sheet_limits(&api.store.context().limits));
    let rng: &dyn domain::Rng = &*api.store.context().rng;
    let object_key = format!("uploads/{}", rng.hex(32));
    let blobs = api.blobs.clone();
    let turn = api.0.readings.clone().acquire_owned().await.map_err(internal)?;
    blocking(move || {
        // The child goes on when the caller goes away, so the turn is the thread's and not the request's.
        let _turn = turn;
        let (header, rows) = read(&program, &staged, &limits)?;
        blobs.publish(staged, &object_key)?;
        Ok(store::batch_files::Upload { file_name, object_key, header, rows })
    })
    .await
}

/// Records a file that lies there; the object of one that came too late for its place or its name goes at once.
async fn record(api: &Api, permit: &Permit, order: store::batch_files::Upload) -> Answer {
    let object_key = order.object_key.clone();
    match api.store.batch_files().upload(permit, order).await {
        Ok(file) => Ok(created(&file)),
        Err(refusal @ store::Error::Fault(_)) => {
            // What is left there goes with the sweep; the caller is told why nothing was recorded.
            if let Err(error) = api.blobs.delete(&object_key).await {
                tracing::warn!(key = object_key, %error, "the object of a refused upload was not deleted");
            }
            Err(refusal.into())
        }
        // Whether it was recorded is not known: the sweep decides.
        Err(other) => Err(other.into()),
    }
}

fn read(program: &Path, staged: &Staged, limits: &sheet::Limits) -> Result<(Vec<String>, i64), ApiError> {
    let invalid = |why| ApiError::from(Fault::new(Code::BatchFileInvalid, why));
    let unreadable = |error: sheet::Error| match error {
        ours @ sheet::Error::Io { .. } => unavailable(ours),
        of_file => invalid(of_file.text()),
    };
    let mut upload = sheet::Upload::open(program, staged.path(), limits).map_err(unreadable)?;
    let header = upload.header().to_vec();
    batch::header_is_known(&header).map_err(invalid)?;
    let rows = upload.try_fold(0, |rows, row| row.map(|_| rows + 1)).map_err(unreadable)?;
    if rows == 0 {
        return Err(invalid(text!("The file has no row below its header.", "文件的表头下没有数据行。")));
    }
    Ok((header, rows))
}
