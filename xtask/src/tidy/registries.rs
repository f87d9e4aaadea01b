//! What lies in a registry's folder must stand in its registry: otherwise it is dead without anybody noticing.

use std::collections::BTreeSet;

use super::tree::{Finding, Tree};

/// The folder of a registry and the constant in its `mod.rs`.
const REGISTRIES: &[(&str, &str)] = &[
    ("crates/export/src/sources", "SOURCES"),
    ("crates/export/src/formats", "FORMATS"),
    ("crates/batch/src/kinds", "KINDS"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    REGISTRIES.iter().flat_map(|(folder, constant)| judge(tree, folder, constant)).collect()
}

fn judge(tree: &Tree, folder: &str, constant: &str) -> Vec<Finding> {
    let path = format!("{folder}/mod.rs");
    let list = tree.text(&path).and_then(|text| list(text, constant));
    let Some(list) = list else {
        return vec![Finding::of(&path, format!("has no list {constant}"))];
    };
    let missing = entries(tree, folder).into_iter().filter(|entry| !list.contains(&format!("&{entry}::")));
    missing.map(|entry| Finding::of(&path, format!("{entry} does not stand in {constant}"))).collect()
}

/// The text of a constant, from its name to the end of its statement.
fn list<'t>(text: &'t str, constant: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("pub const {constant}:"))?;
    rest.split(';').next()
}

/// The names of the files and folders in a folder, but for `mod.rs`.
fn entries(tree: &Tree, folder: &str) -> BTreeSet<String> {
    let inside = tree.files().filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/'));
    let names = inside.filter_map(|rest| rest.split(['/', '.']).next());
    names.filter(|name| *name != "mod").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_missing_from_its_registry_is_found() {
        let of = |kinds| {
            let tree = Tree::made(&[
                ("crates/export/src/sources/mod.rs", "pub const SOURCES: &[&dyn Source] = &[];"),
                ("crates/export/src/formats/mod.rs", "pub const FORMATS: &[&dyn Format] = &[&xls::Xls];"),
                ("crates/export/src/formats/xls/mod.rs", ""),
                ("crates/batch/src/kinds/mod.rs", kinds),
                ("crates/batch/src/kinds/freeze.rs", ""),
                ("crates/batch/src/kinds/thaw.rs", ""),
            ]);
            check(&tree).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(of("pub const KINDS: &[&dyn Kind] = &[&freeze::Freeze, &thaw::Thaw];").is_empty());
        assert_eq!(
            of("pub const KINDS: &[&dyn Kind] = &[&freeze::Freeze];"),
            ["crates/batch/src/kinds/mod.rs:1: thaw does not stand in KINDS"]
        );
    }
}
