//! The guard in front of what takes room. With a full disk the database could not even record a deletion, so
//! new work is refused while there is still some space; what reads, downloads and deletes is not asked.

use blob::Space;
use domain::Permit;
use types::{Code, Fault, Text, text};

/// When a refused caller may look again: somebody has to make room first.
const RETRY_AFTER_SECONDS: i64 = 30;

/// Lets an action through if it takes no room, or if there is some.
pub(crate) fn admit(space: &Space, permit: Permit) -> Result<Permit, Fault> {
    if !permit.action().adds() {
        return Ok(permit);
    }
    shortage(space).map_or(Ok(permit), |why| Err(fault(Some(why))))
}

/// Why no new work is taken, for whoever can make room.
pub(crate) fn shortage(space: &Space) -> Option<Text> {
    let (free, least) = (space.short()? >> 20, space.least() >> 20);
    Some(text!(
        "{free} MiB are free, server.free_bytes_min is {least} MiB.",
        "可用空间为{free} MiB，server.free_bytes_min为{least} MiB。"
    ))
}

/// The refusal.
pub(crate) fn fault(detail: Option<Text>) -> Fault {
    Fault { code: Code::StorageFull, detail, retry_after_seconds: Some(RETRY_AFTER_SECONDS) }
}
