//! Room for bodies in memory, one for all requests. A body is held before its sender is proven, because the signature is
//! over it; without a common bound a thousand strangers could add up what one is allowed.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use types::{Code, Fault, text};

use crate::error::ApiError;

/// What every request may hold without asking: nearly all have less.
const FREE_BYTES: usize = 64 << 10;
/// How much of a body that is too large is still read, so that its sender sees the refusal and not a reset.
const DRAINED_MAX: usize = 64 << 20;
/// How long a body waits for room.
const PATIENCE: Duration = Duration::from_secs(10);
/// The unit in which room is given, because a semaphore counts no further than `u32`.
const UNIT_BYTES: usize = 1 << 10;

/// The room.
pub(crate) struct Room {
    units: Arc<Semaphore>,
    all: u32,
}

/// A body that is held, and its room as long as it is.
#[derive(Default)]
pub(crate) struct Held {
    /// The whole of it.
    pub(crate) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let all = units(bytes).max(1);
        Self { units: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// The whole of a body that may have `most` bytes.
    pub(crate) async fn hold(&self, mut body: Body, most: usize) -> Result<Held, ApiError> {
        let stated = body.size_hint().exact().map_or(most, |len| usize::try_from(len).unwrap_or(usize::MAX));
        let (mut whole, mut len, mut room) = (Vec::new(), 0_usize, None);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else { continue };
            len = len.saturating_add(data.len());
            if len > DRAINED_MAX.max(most) {
                break;
            }
            if len > most || stated > most {
                (whole, room) = (Vec::new(), None);
                continue;
            }
            if len > FREE_BYTES && room.is_none() {
                room = Some(self.take(stated).await?);
                // All at once: growing would for a moment hold old and new.
                whole.reserve_exact(stated.saturating_sub(whole.len()));
            }
            whole.extend_from_slice(&data);
        }
        if len > most {
            let limit = text!("The limit is {most} bytes.", "上限为{most}字节。");
            return Err(Fault::new(Code::TooLarge, limit).into());
        }
        Ok(Held { bytes: whole.into(), _room: room })
    }

    async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, ApiError> {
        let taking = self.units.clone().acquire_many_owned(units(bytes).min(self.all));
        match timeout(PATIENCE, taking).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Fault { retry_after_seconds: Some(1), ..Code::RateLimited.into() }.into()),
        }
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

/// A body that ends before its end: its sender is gone or too slow, so nobody will read this answer.
fn broken(error: &dyn std::fmt::Display) -> ApiError {
    tracing::debug!(%error, "a body broke off");
    Fault::new(Code::InvalidFormat, text!("body: broke off", "body：传输中断")).into()
}
