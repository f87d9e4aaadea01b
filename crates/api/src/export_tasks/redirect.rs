//! A download whose bytes do not go through us, where the operator wants it so: it was admitted and counted, and
//! is answered with a URL of the bucket that is good for a moment. What happens there is in no record of ours.

use std::time::Duration;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect},
};
use blob::Signed;
use store::export_tasks::Result as ExportResult;

use super::download::{CONTENT_TYPE, disposition};
use crate::{
    Api,
    error::{ApiError, internal},
};

/// A client follows at once; whoever finds the URL in a log comes too late.
const LASTS: Duration = Duration::from_secs(60);

/// The answer, if the store itself gives the file. One that is gone may have been replaced, which is not for us to find
/// out.
pub(super) async fn redirect(
    api: &Api,
    result: &ExportResult,
    id: &str,
) -> Result<Option<axum::response::Response>, ApiError> {
    if !api.presigned_downloads {
        return Ok(None);
    }
    let content_type = CONTENT_TYPE;
    let signed = Signed {
        content_type: content_type.to_str().map_err(internal)?,
        content_disposition: &disposition(&format!("{}-{id}.zip", result.name)),
        lasts: LASTS,
    };
    let url = match api.blobs.signed_url(&result.object_key, result.bytes.unsigned_abs(), signed).await {
        Ok(Some(url)) => url,
        Ok(None) => return Ok(None),
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    meter::DOWNLOAD_REDIRECTS.add([], 1);
    let mut response = Redirect::temporary(&url).into_response();
    // It is signed for this caller's admission and for no other.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(Some(response))
}
