//! docs/compatibility.md, made from what the SDKs left of the scenarios: operation by operation, SDK by SDK.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::time::Instant;

use regex_lite::Regex;
use serde_json::Value;

use crate::place::root;
use crate::sdks;
use crate::suite::{Outcome, Tally};
use crate::summary::Summary;

const PAGE: &str = "docs/compatibility.md";
/// What stands above the table.
const HEAD: &str = "\
# Compatibility · 兼容性

The official SDKs against Unlade, as they are published. Each plays the same
[scenarios](../sdk-tests/scenario/README.md): every operation with its success, its pages to the end, its refusals with
status, code and request id, and the download, whose SHA-256 is the server's ETag. This page is generated from that run,
`cargo xtask test --suite sdks`; `cargo xtask compatibility` writes it anew, and CI fails when it is stale.

各语言官方 SDK 与 Unlade 的兼容情况，使用已发布的版本。每个 SDK 执行相同的场景：每个操作的成功、翻页到底、每种拒绝的状态码、错误码和请求编号，
以及下载文件的 SHA-256 与服务端 ETag 一致。本页由测试结果生成，过期时 CI 失败。

A number is how many steps of the operation passed; ✗ says that one failed. “absent”: this version of the SDK has no such
operation, and UploadOtaPackage is Unlade's own; a smaller number: the version lacks what the other steps use. †: the SDK
as published has none, so a definition of ours is sent through its core. How to save a download
byte for byte in each language stands in [sdk.md](sdk.md); where Unlade differs on purpose, in the
[README](../README.md#where-it-differs-on-purpose).

数字是通过的步骤数，✗ 表示有步骤失败；“absent” 表示该版本 SDK 没有此操作（UploadOtaPackage 是 Unlade 自有的）；数字较小表示该版本
缺少其余步骤所需的内容；† 表示已发布的 SDK 没有此操作，由我们的定义经其核心包发出。
";

/// What came of an operation's steps in one SDK.
#[derive(Default)]
struct Cell {
    passed: u64,
    failed: u64,
    absent: bool,
    supplied: bool,
}

/// An SDK with its version, and its operations.
type Column = (String, BTreeMap<String, Cell>);

/// Compares the page with the run that has just ended.
pub(crate) fn judge(summary: &mut Summary) {
    told(summary, |page| {
        let known = fs::read_to_string(root().join(PAGE)).unwrap_or_default();
        if known == page { Ok(()) } else { Err(format!("{PAGE} is stale: cargo xtask compatibility")) }
    });
}

/// Writes the page from the last run.
pub(crate) fn write(summary: &mut Summary) {
    told(summary, |page| fs::write(root().join(PAGE), page).map_err(|error| error.to_string()));
}

fn told(summary: &mut Summary, act: impl Fn(&str) -> Result<(), String>) {
    let started = Instant::now();
    println!("\n== compatibility");
    let done = page().and_then(|page| act(&page));
    let failed = u64::from(done.is_err());
    let tally = Tally { passed: 1 - failed, failed, skipped: 0 };
    let seconds = started.elapsed().as_secs();
    summary.add(Outcome { name: "compatibility", tally, seconds, note: done.err() });
}

fn page() -> Result<String, String> {
    let columns = sdks::results().map(|folder| column(&folder)).collect::<Result<Vec<_>, _>>()?;
    let router =
        fs::read_to_string(root().join("crates/api/src/router.rs")).map_err(|error| error.to_string())?;
    Ok(table(&operations(&router)?, &columns))
}

/// Every operation of the service, in the order of the router.
fn operations(router: &str) -> Result<Vec<String>, String> {
    let row = Regex::new(r#"\(\s*"(\w+)",\s*at\("#).map_err(|error| error.to_string())?;
    Ok(row.captures_iter(router).map(|found| found[1].to_owned()).collect())
}

fn column(folder: &std::path::Path) -> Result<Column, String> {
    let (mut name, mut cells) = (String::new(), BTreeMap::<String, Cell>::new());
    let listed = fs::read_dir(folder).map_err(|_| format!("no run in {}", folder.display()))?;
    let results = listed.filter_map(Result::ok).map(|entry| entry.path());
    for path in results.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")) {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        for line in text.lines() {
            let step: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let word = |field: &str| step[field].as_str().unwrap_or_default().to_owned();
            name = format!("{} {}", word("sdk"), word("version").trim_start_matches('v'));
            count(cells.entry(word("operation")).or_default(), &word("outcome"), &word("note"));
        }
    }
    Ok((name, cells))
}

fn count(cell: &mut Cell, outcome: &str, note: &str) {
    match outcome {
        "passed" => cell.passed += 1,
        "absent" => cell.absent = true,
        _ => cell.failed += 1,
    }
    cell.supplied |= note.starts_with("supplied");
}

fn shown(cell: Option<&Cell>) -> String {
    match cell {
        None => "not played".to_owned(),
        Some(cell) if cell.absent && cell.passed + cell.failed == 0 => "absent".to_owned(),
        Some(cell) if cell.failed > 0 => format!("✗ {} of {}", cell.failed, cell.failed + cell.passed),
        Some(cell) => format!("{}{}", cell.passed, if cell.supplied { " †" } else { "" }),
    }
}

fn table(operations: &[String], columns: &[Column]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| operation |");
    for (name, _) in columns {
        let _ = write!(page, " {name} |");
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(columns.len()));
    page.push('\n');
    for operation in operations {
        let _ = write!(page, "| `{operation}` |");
        for (_, cells) in columns {
            let _ = write!(page, " {} |", shown(cells.get(operation)));
        }
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_of_each_sdk_what_came_of_the_operation() {
        let mut cells = BTreeMap::<String, Cell>::new();
        for (operation, outcome, note) in [
            ("A", "passed", ""),
            ("A", "passed", ""),
            ("B", "passed", ""),
            ("B", "failed", "no"),
            ("C", "absent", ""),
            ("A", "absent", ""),
        ] {
            count(cells.entry(operation.to_owned()).or_default(), outcome, note);
        }
        count(cells.entry("D".to_owned()).or_default(), "passed", "supplied; whole");
        let page = table(&["A", "B", "C", "D", "E"].map(str::to_owned), &[("go 1".to_owned(), cells)]);
        let rows = "| `A` | 2 |\n| `B` | ✗ 1 of 2 |\n| `C` | absent |\n| `D` | 1 † |\n| `E` | not played |\n";
        assert!(page.ends_with(rows), "{page}");
    }

    #[test]
    fn operations_of_the_service_are_found_and_no_others() {
        let router = "(\"A\", at(\"/a\"), get(a)),\n(\n  \"B\",\n  at(\"/b\"), get(b)),\n(\"healthz\", \"/healthz\".to_owned(), x)";
        assert_eq!(operations(router), Ok(vec!["A".to_owned(), "B".to_owned()]));
    }
}
