//! The page for operators says what the table says.

use std::{collections::HashSet, fs, path::Path};

/// With `UNLADE_UPDATE_DOCS=1` in the environment the page is written instead of compared.
#[test]
#[expect(clippy::disallowed_methods, reason = "the page is no data of a server's")]
fn the_page_of_metrics_is_the_one_that_the_table_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    if std::env::var_os("UNLADE_UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, unlade_meter::page()).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == unlade_meter::page(),
        "make it anew: UNLADE_UPDATE_DOCS=1 cargo test -p unlade-meter"
    );
}

#[test]
fn names_follow_the_conventions_and_none_stands_twice() {
    let text = unlade_meter::text();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut seen = HashSet::new();
    for (name, kind) in types.map(|line| line.split_once(' ').unwrap()) {
        assert!(seen.insert(name), "{name} stands twice");
        assert!(name.starts_with("unlade_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
    }
    assert!(!seen.is_empty());
}

#[test]
fn the_page_speaks_of_no_metric_that_is_not_there() {
    let (page, text) = (unlade_meter::page(), unlade_meter::text());
    let names = page.split(|c: char| c != '_' && !c.is_ascii_alphanumeric());
    for name in names.filter(|word| word.starts_with("unlade_")) {
        assert!(text.contains(&format!("# TYPE {name} ")), "{name}");
    }
}
