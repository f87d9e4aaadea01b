//! One server export, measured from the order to the Success.

use std::{path::Path, time::Instant};

use super::{check_apart, dataset::Place, whole::Cost, writers::Ours};
use crate::{
    Outcome,
    client::{Client, Refusal},
    server::Server,
};

/// Exports once, by a server that was started for it; the file is read back if it is the `first`. `None` if the server
/// has no such format.
pub(super) fn export(
    program: &Path,
    ours: &Ours,
    place: &Place<'_>,
    task_id: &str,
    first: bool,
) -> Outcome<Option<Cost>> {
    let server = Server::start(program, &place.house(), ours.one_core)?;
    let client = Client::new(&server.address)?;
    server.forget_peak()?;
    let (begun, cpu, resident) = (Instant::now(), server.cpu_seconds()?, server.resident_mib()?);
    let export_task_id = match client.export(task_id, ours.format) {
        Ok(id) => id,
        Err(Refusal::Format) => return Ok(None),
        Err(Refusal::Other(why)) => return Err(format!("{}: {why}", ours.key).into()),
    };
    let (seconds, cpu_seconds) = (begun.elapsed().as_secs_f64(), server.cpu_seconds()? - cpu);
    let peak_mib = server.peak_mib()?;
    let out = place.0.join(format!("{}.zip", ours.key));
    client.download(&export_task_id, &out)?;
    let bytes = out.metadata()?.len();
    if first {
        check_apart(place, &out)?;
    }
    std::fs::remove_file(out)?;
    Ok(Some(Cost { seconds, cpu_seconds, peak_mib, added_mib: Some(peak_mib - resident), bytes }))
}
