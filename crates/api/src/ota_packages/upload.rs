//! UploadOtaPackage, which the cloud does not have: there a file lies in its object store. The body is the file. It is
//! written as it comes, read back for its digest, published and recorded, in this order.

use std::io::Write;

use axum::{body::Body, extract::State};
use blob::Staged;
use domain::{Action, Rng};
use store::ota_packages::Uploaded;
use types::{Code, Fault, ota_package::OtaPackage, text};

use crate::{
    Api,
    call::{self, blocking},
    error::{Answer, ApiError},
    openapi::About,
    pieces::Pieces,
    respond::ok,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(
            Action::OTAPACKAGES_CREATE,
            "Takes the file of a package whose file_location is an upload. Not of the cloud.",
        )
        .of(Code::PackageMissing)
        .takes_file()
        .gives::<OtaPackage>(200)
        .refuses(&[Code::PackageInvalid]);
}

pub(crate) async fn upload(State(api): State<Api>, mut upload: call::Upload) -> Answer {
    let permit = upload.authorize(&api, Action::OTAPACKAGES_CREATE).await?;
    let package_id = upload.call.id(Code::PackageMissing)?;
    let may = match api.strict {
        true => Err(ApiError::from(Code::UnknownPath)),
        false => api.store.ota_packages().may_upload(&permit, package_id.clone()).await.map_err(Into::into),
    };
    if let Err(refusal) = may {
        // Read and thrown away, so that its sender sees the refusal and not a reset.
        let _ = api.0.room.hold(upload.body, 0).await;
        return Err(refusal);
    }
    let staged = stage(&api, upload.body).await?;
    let rng: &dyn Rng = &*api.store.context().rng;
    let object_key = format!("packages/{}", rng.hex(32));
    let (blobs, key) = (api.blobs.clone(), object_key.clone());
    let (bytes, sha256) = blocking(move || {
        let mut staged = staged;
        let digest = staged.digest()?;
        blobs.publish(staged, &key)?;
        Ok(digest)
    })
    .await?;
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let file = Uploaded { object_key: object_key.clone(), bytes, sha256 };
    match api.store.ota_packages().upload(&permit, package_id, file).await {
        Ok(package) => Ok(ok(&package)),
        Err(refusal @ store::Error::Fault(_)) => {
            // What is left there goes with the sweep; the caller is told why nothing was recorded.
            if let Err(error) = api.blobs.delete(&object_key).await {
                tracing::warn!(key = object_key, %error, "the object of a refused package was not deleted");
            }
            Err(refusal.into())
        }
        // Whether it was recorded is not known: the sweep decides.
        Err(other) => Err(other.into()),
    }
}

/// The body as a file.
async fn stage(api: &Api, body: Body) -> Result<Staged, ApiError> {
    let most = api.store.context().limits.ota_package_bytes;
    let blobs = api.blobs.clone();
    let mut staged = blocking(move || Ok(blobs.stage()?)).await?;
    let (mut pieces, mut len) = (Pieces::of(body), 0_u64);
    while let Some(piece) = pieces.next().await {
        let piece =
            piece.map_err(|_| Fault::new(Code::InvalidFormat, text!("body: broke off", "body：传输中断")))?;
        len += piece.len() as u64;
        if len > most {
            let limit = text!("body: The limit is {most} bytes.", "body：上限为{most}字节。");
            return Err(Fault::new(Code::PackageInvalid, limit).into());
        }
        staged = blocking(move || {
            staged.file().write_all(&piece)?;
            Ok(staged)
        })
        .await?;
    }
    if len == 0 {
        return Err(Fault::new(Code::PackageInvalid, text!("body: is empty", "body：不能为空")).into());
    }
    Ok(staged)
}
