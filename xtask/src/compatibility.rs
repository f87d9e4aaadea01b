//! docs/compatibility.md, made from what the published definitions and the SDKs found out, operation by operation, and
//! from the list of known differences that those tests use.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

use regex_lite::Regex;
use serde_json::Value;

use crate::place::root;
use crate::suite::{Outcome, Tally};
use crate::summary::Summary;
use crate::{definitions, sdks};

const PAGE: &str = "docs/compatibility.md";
/// Every known difference, with its reason in both languages.
const DEVIATIONS: &str = "sdk-tests/deviations.json";
/// Operations that nobody has published a definition of.
const UNDEFINED: &str = "sdk-tests/definitions/undefined.json";
/// What stands above the table.
const HEAD: &str = "\
# Compatibility · 兼容性

The published definitions of the API and the official SDKs, as they are, against Unlade. This page is generated from
their runs, `cargo xtask test --suite definitions --suite sdks`; `cargo xtask compatibility` writes it anew, and CI fails
when it is stale.

API 的公开定义和各语言官方 SDK（均为已发布的原样）与 Unlade 的兼容情况。本页由测试结果生成，过期时 CI 失败。

**definition**: how many requests were made from the operation's definition, each with one field left out, at or beyond a
limit, or of another type, and were taken or refused as it says, with an answer as it says; in parentheses, which of the
differences [below](#where-unlade-differs-on-purpose--有意的不同之处) some of them met. ✗ says how many met one that is not
below. The other columns: each SDK plays the same [scenarios](../sdk-tests/scenario/README.md), every operation with its
success, its pages to the end, its refusals with status, code and request id, and the download, whose SHA-256 is the
server's ETag. A number is how many steps of the operation passed; ✗ says that one failed. “absent”: this version of the
SDK has no such operation, and UploadOtaPackage is Unlade's own; a smaller number: the version lacks what the other steps
use. †: the SDK as published has none, so a definition of ours is sent through its core. How to save a download byte for
byte in each language stands in [sdk.md](sdk.md).

**definition** 列：由该操作的公开定义生成的请求数，每个请求缺少一个字段、处于或超出某个限制、或类型不同，其接受或拒绝以及应答均与定义一致；
括号内是其中一些请求遇到的已知差异的编号（见下文），✗ 后是未列出的差异数。其余各列：每个 SDK 执行相同的场景，包括每个操作的成功、翻页到底、
每种拒绝的状态码、错误码和请求编号，以及下载文件的 SHA-256 与服务端 ETag 一致。数字是通过的步骤数，✗ 表示有步骤失败；“absent” 表示该版本 SDK
没有此操作（UploadOtaPackage 是 Unlade 自有的）；数字较小表示该版本缺少其余步骤所需的内容；† 表示已发布的 SDK 没有此操作，由我们的定义经其核心包
发出。各语言如何逐字节保存下载文件，见 [sdk.md](sdk.md)。
";

/// What came of an operation's steps in one SDK.
#[derive(Default)]
struct Cell {
    passed: u64,
    failed: u64,
    supplied: bool,
}

/// An SDK with its version, and its operations.
type Played = (String, BTreeMap<String, Cell>);
/// What stands above a column, and in it beside each operation.
type Column = (String, BTreeMap<String, String>);

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
    let deviations = Deviations::read()?;
    let mut columns = vec![("definition".to_owned(), defined(&deviations)?)];
    for folder in sdks::results() {
        let (name, cells) = column(&folder)?;
        columns.push((name, cells.into_iter().map(|(operation, cell)| (operation, shown(&cell))).collect()));
    }
    let router = text(Path::new("crates/api/src/router.rs"))?;
    Ok(table(&operations(&router)?, &columns) + &deviations.listed())
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{}: {error}", path.display()))
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The known differences, numbered as the page lists them: first those on purpose, then the mistakes of the definitions.
struct Deviations {
    ours: Vec<Value>,
    theirs: Vec<Value>,
}

impl Deviations {
    fn read() -> Result<Self, String> {
        Ok(Self::of(&parsed(&text(Path::new(DEVIATIONS))?)?))
    }

    fn of(entries: &Value) -> Self {
        let entries = entries.as_array().cloned().unwrap_or_default();
        let (ours, theirs) = entries.into_iter().partition(|entry| entry["whose"] == "unlade");
        Self { ours, theirs }
    }

    fn number(&self, id: &Value) -> Option<usize> {
        self.ours.iter().chain(&self.theirs).position(|entry| entry["id"] == *id).map(|place| place + 1)
    }

    fn listed(&self) -> String {
        let mut page = String::new();
        let mut number = 0;
        let parts = [
            ("Where Unlade differs on purpose · 有意的不同之处", &self.ours),
            ("Where the definitions are mistaken · 定义中的错误", &self.theirs),
        ];
        for (title, entries) in parts {
            let _ = writeln!(page, "\n## {title}\n");
            for entry in entries {
                number += 1;
                let word = |language: &str| entry[language].as_str().unwrap_or_default();
                let _ = writeln!(page, "{number}. {}\\\n   {}", word("en"), word("zh"));
            }
        }
        page
    }
}

/// What came of the definitions, and why an operation has none.
fn defined(deviations: &Deviations) -> Result<BTreeMap<String, String>, String> {
    let mut cells = BTreeMap::new();
    for line in text(&definitions::results())?.lines() {
        let line = parsed(line)?;
        cells.insert(line["operation"].as_str().unwrap_or_default().to_owned(), judged(&line, deviations));
    }
    for (operation, why) in parsed(&text(Path::new(UNDEFINED))?)?.as_object().into_iter().flatten() {
        cells.insert(operation.clone(), format!("none: {}", why.as_str().unwrap_or_default()));
    }
    Ok(cells)
}

fn judged(line: &Value, deviations: &Deviations) -> String {
    if line["differences"] != 0 {
        return format!("✗ {} of {}", line["differences"], line["requests"]);
    }
    let excused = line["excused"].as_array().into_iter().flatten();
    let mut numbers: Vec<usize> = excused.filter_map(|id| deviations.number(id)).collect();
    numbers.sort_unstable();
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let met = if numbers.is_empty() { String::new() } else { format!(" ({})", numbers.join(", ")) };
    format!("{}{met}", line["requests"])
}

/// Every operation of the service, in the order of the router.
fn operations(router: &str) -> Result<Vec<String>, String> {
    let row = Regex::new(r#"\(\s*"(\w+)",\s*at\("#).map_err(|error| error.to_string())?;
    Ok(row.captures_iter(router).map(|found| found[1].to_owned()).collect())
}

fn column(folder: &Path) -> Result<Played, String> {
    let (mut name, mut cells) = (String::new(), BTreeMap::<String, Cell>::new());
    let listed = fs::read_dir(folder).map_err(|_| format!("no run in {}", folder.display()))?;
    let results = listed.filter_map(Result::ok).map(|entry| entry.path());
    for path in results.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")) {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        for line in text.lines() {
            let step = parsed(line)?;
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
        "absent" => {}
        _ => cell.failed += 1,
    }
    cell.supplied |= note.starts_with("supplied");
}

fn shown(cell: &Cell) -> String {
    if cell.failed > 0 {
        return format!("✗ {} of {}", cell.failed, cell.failed + cell.passed);
    }
    if cell.passed == 0 {
        return "absent".to_owned();
    }
    format!("{}{}", cell.passed, if cell.supplied { " †" } else { "" })
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
            let _ = write!(page, " {} |", cells.get(operation).map_or("not asked", String::as_str));
        }
        page.push('\n');
    }
    page
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        let cells = cells.iter().map(|(operation, cell)| (operation.clone(), shown(cell))).collect();
        let page = table(&["A", "B", "C", "D", "E"].map(str::to_owned), &[("go 1".to_owned(), cells)]);
        let rows = "| `A` | 2 |\n| `B` | ✗ 1 of 2 |\n| `C` | absent |\n| `D` | 1 † |\n| `E` | not asked |\n";
        assert!(page.ends_with(rows), "{page}");
    }

    #[test]
    fn a_cell_numbers_the_differences_that_the_list_below_numbers() {
        let deviations = Deviations::of(&json!([
            { "id": "b", "whose": "definition", "en": "B", "zh": "乙" },
            { "id": "a", "whose": "unlade", "en": "A", "zh": "甲" },
        ]));
        let line = json!({ "requests": 5, "differences": 0, "excused": ["b", "a"] });
        assert_eq!(judged(&line, &deviations), "5 (1, 2)");
        let line = json!({ "requests": 5, "differences": 0, "excused": [] });
        assert_eq!(judged(&line, &deviations), "5");
        let line = json!({ "requests": 5, "differences": 2, "excused": [] });
        assert_eq!(judged(&line, &deviations), "✗ 2 of 5");
        let listed = deviations.listed();
        let place = |what: &str| listed.find(what).unwrap();
        assert!(
            place("1. A\\\n   甲") < place("definitions are")
                && place("definitions are") < place("2. B\\\n   乙")
        );
    }

    #[test]
    fn operations_of_the_service_are_found_and_no_others() {
        let router = "(\"A\", at(\"/a\"), get(a)),\n(\n  \"B\",\n  at(\"/b\"), get(b)),\n(\"healthz\", \"/healthz\".to_owned(), x)";
        assert_eq!(operations(router), Ok(vec!["A".to_owned(), "B".to_owned()]));
    }
}
