//! `docs/errors.md`, made from the catalogue, the statuses and the tests that raise each code from outside.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use types::Code;

use super::status;

/// A file for each of what refuses.
const TESTS: &str = "sdk-tests/python/errors";
/// Codes that no call is refused with, but a subtask fails with.
const OF_SUBTASKS: &str = "sdk-tests/python/test_errors_subtasks.py";
const DOCUMENT: &str = "docs/errors.md";

const HEAD: &str = "\
# Errors

Every error is a JSON object with `error_code` and `error_msg`, and every answer carries `X-Request-Id`. The text begins
as below, in Chinese if `Accept-Language` begins with `zh`; what follows it names the field, the id or the limit. The
status is the one for a request about the thing itself: a product, an app or a file that only a field of a body names
and that does not exist is 400 with the same code. A range behind the end of a result is 416 with `IOTDA.000006`. A
subtask that fails carries the same codes and, in English, the same texts, because nobody knows when it fails who will
read it.

What is no request yet has no such object and no id: bytes that are not HTTP are answered 400, a request line and
header of more than 32 KiB or 100 lines 431, both without a body.

每个错误都是含 `error_code` 和 `error_msg` 的 JSON 对象，每个响应都带有 `X-Request-Id`。`Accept-Language` 以 `zh` 开头时返回中文，
否则返回英文；其后的内容指出字段、ID 或上限，语言相同。批量任务中失败的子任务
使用同样的错误码，其错误信息为英文。请求范围超出导出结果末尾时返回 416 和 `IOTDA.000006`。还不成为请求的内容没有该对象，也没有编号：
不是 HTTP 的字节返回 400，请求行和请求头超过 32 KiB 或 100 行时返回 431，均无正文。

A † marks what the service does not publish: the code or its text is Unlade's own, in the style of the others.
The last column is the function in [errors](../sdk-tests/python/errors) that raises the code from
outside, or in [test_errors_subtasks.py](../sdk-tests/python/test_errors_subtasks.py) that makes a subtask fail with it. This file is generated: `UNLADE_UPDATE_DOCS=1 cargo test -p unlade-api errors_md` writes it anew.

| code | status | English | 中文 | raised by |
|---|---|---|---|---|
";

/// The functions of the tests by the code that they raise: the line after `@raises("...")` is a `def`.
fn raised_by(tests: &str) -> HashMap<&str, &str> {
    let decorated = tests.split("@raises(\"").skip(1).filter_map(|rest| {
        let (code, rest) = rest.split_once("\")\ndef ")?;
        Some((code, rest.split_once('(')?.0))
    });
    decorated.collect()
}

fn document(tests: &str) -> String {
    let raised_by = raised_by(tests);
    let mut text = HEAD.to_owned();
    for code in Code::ALL {
        let mark = if code.is_published() { "" } else { " †" };
        let (status, english, chinese) = (status(*code).as_u16(), code.english(), code.chinese());
        let code = code.as_str();
        let test = raised_by.get(code).unwrap_or_else(|| panic!("no test in {TESTS} raises {code}"));
        writeln!(text, "| `{code}`{mark} | {status} | {english} | {chinese} | `{test}` |").expect("a string");
    }
    text
}

#[test]
fn errors_md_is_the_catalogue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = fs::read_dir(root.join(TESTS)).unwrap().map(|file| file.unwrap().path());
    let calls = files.filter(|file| file.extension().is_some_and(|end| end == "py"));
    let tests = calls.chain([root.join(OF_SUBTASKS)]).map(|file| fs::read_to_string(file).unwrap());
    let made = document(&tests.collect::<String>().replace("@fails(", "@raises("));
    if std::env::var_os("UNLADE_UPDATE_DOCS").is_some() {
        #[expect(clippy::disallowed_methods, reason = "a generated document in the source tree, asked for")]
        fs::write(root.join(DOCUMENT), &made).unwrap();
    }
    let kept = fs::read_to_string(root.join(DOCUMENT)).unwrap_or_default();
    assert!(kept == made, "{DOCUMENT} is stale: UNLADE_UPDATE_DOCS=1 cargo test -p unlade-api errors_md");
}
