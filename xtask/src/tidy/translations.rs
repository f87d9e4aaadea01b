//! A document in two languages has the same commands, the same settings and the same sections in both.

use super::tree::{Finding, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let chinese = tree.files().filter(|(path, _)| path.ends_with(".zh-CN.md"));
    let pairs = chinese.filter_map(|(path, text)| {
        let other = path.replace(".zh-CN.md", ".md");
        Some(judge(path, &skeleton(text), &other, &skeleton(tree.text(&other)?)))
    });
    pairs.flatten().collect()
}

/// What does not change with the language: the levels of headings, the first column of tables up to its code, and
/// blocks of code without their comments.
fn skeleton(text: &str) -> Vec<String> {
    let mut code = None;
    let mut kept = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("```"), code) {
            (Some(language), None) => code = Some(language),
            (Some(_), Some(_)) => code = None,
            // Pictures and messages have words in them.
            (None, Some("text")) => {}
            (None, Some(_)) => kept.push(line.split(" #").next().unwrap_or_default().trim_end().to_owned()),
            (None, None) if line.starts_with('#') => {
                kept.push(line.chars().filter(|sign| *sign == '#').collect());
            }
            (None, None) if line.starts_with("| `") => {
                kept.extend(line.split(" | ").next().map(str::to_owned));
            }
            (None, None) => {}
        }
    }
    kept.retain(|line| !line.trim_start().starts_with('#') || line.chars().all(|sign| sign == '#'));
    kept
}

fn judge(path: &str, here: &[String], other: &str, there: &[String]) -> Vec<Finding> {
    let differs = (0..here.len().max(there.len())).find(|at| here.get(*at) != there.get(*at));
    let shown = |side: &[String], at: usize| side.get(at).cloned().unwrap_or_else(|| "the end".to_owned());
    let finding =
        |at| Finding::of(path, format!("has “{}” where {other} has “{}”", shown(here, at), shown(there, at)));
    differs.map(finding).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_only_one_language_knows_is_found() {
        let of = |chinese| check(&Tree::made(&[("R.md", ENGLISH), ("R.zh-CN.md", chinese)])).len();
        const ENGLISH: &str = "# Title\n\n```sh\ncargo run # does it\n```\n\n| `a.b` | 5 |\n";
        assert_eq!(of("# 标题\n\n```sh\ncargo run # 运行\n```\n\n| `a.b` | 五 |\n"), 0);
        assert_eq!(of("# 标题\n\n```sh\ncargo walk # 运行\n```\n\n| `a.b` | 五 |\n"), 1);
        assert_eq!(of("# 标题\n\n```sh\ncargo run # 运行\n```\n\n| `a.c` | 五 |\n"), 1);
        assert_eq!(of("# 标题\n\n```sh\ncargo run # 运行\n```\n\n## 多\n| `a.b` | 五 |\n"), 1);
    }
}
