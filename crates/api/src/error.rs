//! The only map from errors to statuses.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use types::{Code, Fault, text};

use crate::space;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) struct ApiError {
    fault: Fault,
    status: StatusCode,
}

impl ApiError {
    /// What is 404 where it is asked for itself, but here is a wrong field of the body.
    pub(crate) fn bad_field(fault: Fault) -> Self {
        Self { fault, status: StatusCode::BAD_REQUEST }
    }

    /// The target of a request, which is no part of its body but is refused under the same code.
    pub(crate) fn target_too_long(most: usize) -> Self {
        let why = text!("The request URI may have {most} bytes.", "请求URI的上限为{most}字节。");
        Self { fault: Fault::new(Code::TooLarge, why), status: StatusCode::URI_TOO_LONG }
    }

    /// A range behind the end of the file.
    pub(crate) fn range_not_satisfiable() -> Self {
        let why = text!("Range: lies behind the end of the file", "Range：超出文件末尾");
        Self { fault: Fault::new(Code::InvalidInput, why), status: StatusCode::RANGE_NOT_SATISFIABLE }
    }
}

/// What a load balancer is told as long as the server may take no work.
pub(crate) fn not_ready(why: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response()
}

/// The refusal in an answer, for whoever writes its body in the caller's language.
#[derive(Clone)]
pub(crate) struct Refusal(pub(crate) Fault);

/// About what a server takes to restart, or another to take its place.
const RETRY_AFTER_SECONDS: i64 = 5;

/// What every endpoint answers.
pub(crate) type Answer = Result<Response, ApiError>;

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self { status: status(fault.code), fault }
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Fault::from(code).into()
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Fault(fault) => fault.into(),
            full if full.is_full() => no_space(full),
            away if away.may_pass() => unavailable(away),
            other => internal(other),
        }
    }
}

impl From<blob::Error> for ApiError {
    fn from(error: blob::Error) -> Self {
        match error {
            full if full.is_full() => no_space(full),
            away if away.may_pass() => unavailable(away),
            other => internal(other),
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        if blob::is_full(&error) { no_space(error) } else { internal(error) }
    }
}

/// A write that found no room, though its request was let in.
fn no_space(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "no space is left");
    space::fault(None).into()
}

/// A part of the system that is away for now. After a broken commit a change may have been made: the caller looks.
pub(crate) fn unavailable(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "cannot answer for now");
    let fault = Fault::from(Code::Unavailable);
    Fault { retry_after_seconds: Some(RETRY_AFTER_SECONDS), ..fault }.into()
}

/// What the caller is not told and the log is.
pub(crate) fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "cannot answer");
    Code::Internal.into()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.fault.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refusal(self.fault));
        response
    }
}

/// The status of a code. Some surprise, and are documented so: a missing app is 403, a rate limit too.
pub(crate) fn status(code: Code) -> StatusCode {
    // Every code stands below: one that is missing does not compile.
    use Code::*;
    #[rustfmt::skip] // A code a line would be three pages.
    let status = match code {
        Internal => StatusCode::INTERNAL_SERVER_ERROR,
        // Not the caller's fault, and the same request will do later: what clients retry.
        StorageFull | Unavailable | Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Unauthenticated | IamUnauthorized => StatusCode::UNAUTHORIZED,
        TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        UnknownPath | ProductMissing | DeviceMissing | BatchTaskMissing | BatchFileMissing
        | ExportTaskMissing | PackageMissing | GroupMissing | ParentGroupMissing | ResourceMissing
        | IamMissing => StatusCode::NOT_FOUND,
        IamTaken | ShadowVersion => StatusCode::CONFLICT,
        ForeignProject | Denied | IamDenied | IamQuota | AppQuota | AppMissing | AppNotCarried | AppForeign
        | AppKept | AppNameTaken | PropertyNotWritable | ProductQuota | ProductInUse | ProtocolFixed
        | CommandsUnsupported | DeviceQuota | GatewayFull | TagQuota | DeviceHasChildren | GroupNameTaken
        | GroupQuota | GroupTooDeep | DeviceInGroup | DeviceNotInGroup | GroupFull | GroupsOfDeviceQuota
        | GroupHasChildren | GroupNotEmpty | GroupDynamic | SubDeviceNotFreezable | DeviceFrozen
        | DeviceNotFrozen | BatchTaskQuota | BatchTaskUnfinished | TaskStateRefused | DeviceOffline
        | DeviceIsFrozen | CommandsPending | BatchFileQuota | ExportTasksUnfinished | ExportTaskNotCompleted
        | PackageQuota | ExportSourceMissing => StatusCode::FORBIDDEN,
        // The documented answer to a command that no device has heard.
        CommandTimeout => StatusCode::OK,
        RateLimited | AccountRateLimited => StatusCode::FORBIDDEN,
        LimitOutOfRange | MarkerOutOfRange => StatusCode::BAD_REQUEST,
        InvalidInput | IamInvalid | InvalidFormat | InvalidTime | StartAfterEnd | ServiceMissing
        | PropertyMissing | ProductInvalid | ProductTaken | ModelTooLarge | CommandMissing | CommandInvalid
        | TagKeyReserved | TagKeyMissing | ResourceTypeInvalid | NodeIdTaken | GatewayMissing | LevelTooDeep
        | DeviceTaken | TaskTypeUnsupported | TargetsInvalid | DocumentInvalid | TargetNotInTask
        | MessageTaken | DocumentSourceMissing | TaskPolicyInvalid | TargetsTooMany | BatchFileNameTaken
        | BatchFileTooLarge | BatchFileTypeUnsupported | BatchFileNameInvalid | BatchFileInvalid
        | PackageInvalid | ExportTaskInvalid => StatusCode::BAD_REQUEST,
    };
    status
}

#[cfg(test)]
mod document;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_write_that_finds_the_disk_full_says_so_and_when_to_come_again() {
        let mut full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let error = full.write_all(b"x").unwrap_err();
        let of_file = ApiError::from(error);
        let of_database = ApiError::from(store::Error::from(db::Error::Full));
        for refusal in [of_file, of_database] {
            assert_eq!(refusal.fault.code, Code::StorageFull);
            let response = refusal.into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
        let other = ApiError::from(store::Error::from(db::Error::Gone));
        assert_eq!(other.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    #[test]
    fn a_bucket_that_is_away_is_not_our_error_and_says_when_to_come_again() {
        let bucket = |kind| blob::Error::Bucket {
            place: "bucket b".into(),
            tried: "get",
            key: "exports/1".into(),
            why: "500 Internal Server Error".into(),
            kind,
        };
        for away in [bucket(blob::Refusal::ForNow), blob::Error::Slow("bucket b".into(), "exports/1".into())]
        {
            let response = ApiError::from(away).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
        let missing = ApiError::from(bucket(blob::Refusal::Missing));
        assert_eq!(missing.into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
