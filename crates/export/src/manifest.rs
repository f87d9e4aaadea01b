//! `manifest.json`: what the archive holds, for a program that checks it.

use serde_json::json;

use crate::{
    encode::{Altered, Part},
    report::Report,
};
use types::time;

/// The manifest's bytes.
pub(crate) fn manifest(report: &Report, parts: &[Part], altered: Altered) -> Vec<u8> {
    let workbooks: Vec<_> = parts
        .iter()
        .map(|part| json!({ "name": part.name, "rows": part.rows, "sha256": part.sha256 }))
        .collect();
    let manifest = json!({
        "rows": report.rows,
        "snapshot_rows": report.counted,
        "counters_rows": report.counters,
        "rows_sha256": report.rows_sha256,
        "snapshot_time": time::iso_ms(report.changed_ms),
        "workbooks": workbooks,
        "altered": {
            "cut": altered.cut,
            "continued": altered.continued,
            "cleaned": altered.cleaned,
            "guarded": altered.guarded,
        },
    });
    format!("{manifest:#}\n").into_bytes()
}
