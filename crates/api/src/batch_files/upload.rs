//! UploadBatchTaskFile: a part `file` is staged, read whole by a child process that may use little, published
//! and recorded, in this order: what cannot be read is never recorded.

use std::{io::Write, path::Path};

use axum::{
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    http::header,
};
use blob::Staged;
use domain::{Action, Permit};
use types::{Code, Fault, text};

use super::pace::Pace;
use crate::{
    Api,
    call::{self, blocking},
    error::{Answer, ApiError, internal},
    respond::created,
};

/// Most bytes of all parts that are not the file; nobody has a use for them.
const OTHER_PARTS_MAX: u64 = 1 << 20;
/// Most characters of a file's name.
const NAME_MAX: usize = 60;

pub(crate) async fn upload(State(api): State<Api>, upload: call::Upload) -> Answer {
    let answer = take(&api, upload).await;
    meter::UPLOADS.add([if answer.is_ok() { "kept" } else { "refused" }], 1);
    answer
}

async fn take(api: &Api, mut upload: call::Upload) -> Answer {
    let permit = upload.authorize(api, Action::BATCHTASKFILES_CREATE).await?;
    let most = api.store.context().limits.batch_file_bytes;
    let (pace, body) = Pace::of(upload.body, read_max(most).saturating_add(OTHER_PARTS_MAX));
    let mut request = Request::new(body);
    if let Some(kind) = upload.call.headers.get(header::CONTENT_TYPE) {
        request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    }
    // The router's own layer does not reach a request that is made here; the limit is in `stage`.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| not_multipart())?;
    while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error))? {
        pace.is_kept();
        if part.name() != Some("file") {
            while part.chunk().await.map_err(|error| unreadable(&error))?.is_some() {
                pace.is_kept();
            }
            continue;
        }
        let file_name = file_name(&part)?;
        let may = api.store.batch_files().may_upload(&permit, file_name.clone()).await;
        // Judged before the bytes are read, answered after: a sender in the middle of them sees no answer.
        let kept_max = if may.is_ok() { most } else { 0 };
        let (staged, len) = stage(api, part, &pace, kept_max).await?;
        may?;
        if len > most {
            let limit = text!("The limit is {most} bytes.", "上限为{most}字节。");
            return Err(Fault::new(Code::BatchFileTooLarge, limit).into());
        }
        let order = keep(api, staged, file_name).await?;
        return record(api, &permit, order).await;
    }
    Err(Fault::new(Code::InvalidFormat, text!("file: is required", "file：不能为空")).into())
}

/// How much of a file is read of which `most` bytes are allowed: enough that the sender of a file that is a little too
/// large has sent it and reads the answer.
fn read_max(most: u64) -> u64 {
    most.saturating_mul(2)
}

fn not_multipart() -> Fault {
    let why = text!("body: must be multipart/form-data", "body：必须是multipart/form-data格式");
    Fault::new(Code::InvalidFormat, why)
}

/// A body that is not what its Content-Type says, or that ends before its end.
fn unreadable(error: &MultipartError) -> Fault {
    let why = error.body_text();
    Fault::new(Code::InvalidFormat, text!("body: {why}", "body：无法读取，原因：{why}"))
}

/// The name without a path, as browsers and SDKs send it.
fn file_name(part: &Field<'_>) -> Result<String, Fault> {
    let name = part.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let fine = (1..=NAME_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !fine {
        let why = text!(
            "file: its name must be 1 to {NAME_MAX} characters",
            "file：文件名必须为1~{NAME_MAX}个字符"
        );
        return Err(Fault::new(Code::BatchFileNameInvalid, why));
    }
    let extension = name.rsplit('.').next().unwrap_or_default();
    if ["xlsx", "xls"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
        return Ok(name.to_owned());
    }
    let why = text!("file: {name} is neither an .xlsx nor an .xls file", "file：{name}不是.xlsx或.xls文件");
    Err(Fault::new(Code::BatchFileTypeUnsupported, why))
}

/// The bytes of a part in the staging area, and how many there were; beyond `kept_max` they are only counted,
/// and beyond [`read_max`] not even read.
async fn stage(
    api: &Api,
    mut part: Field<'_>,
    pace: &Pace,
    kept_max: u64,
) -> Result<(Staged, u64), ApiError> {
    let most = api.store.context().limits.batch_file_bytes;
    let blobs = api.blobs.clone();
    let mut staged = blocking(move || Ok(blobs.stage()?)).await?;
    let mut len = 0;
    while let Some(piece) = part.chunk().await.map_err(|error| unreadable(&error))? {
        pace.is_kept();
        len += piece.len() as u64;
        if len > read_max(most) {
            break;
        }
        if len <= kept_max {
            staged = blocking(move || {
                staged.file().write_all(&piece)?;
                Ok(staged)
            })
            .await?;
        }
    }
    Ok((staged, len))
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

fn read(program: &Path, staged: &Staged, limits: &sheet::Limits) -> Result<(Vec<String>, i64), Fault> {
    let invalid = |why| Fault::new(Code::BatchFileInvalid, why);
    let unreadable = |error: sheet::Error| invalid(error.text());
    let mut upload = sheet::Upload::open(program, staged.path(), limits).map_err(unreadable)?;
    let header = upload.header().to_vec();
    batch::header_is_known(&header).map_err(invalid)?;
    let rows = upload.try_fold(0, |rows, row| row.map(|_| rows + 1)).map_err(unreadable)?;
    if rows == 0 {
        return Err(invalid(text!("The file has no row below its header.", "文件的表头下没有数据行。")));
    }
    Ok((header, rows))
}
