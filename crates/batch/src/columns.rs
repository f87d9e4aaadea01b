//! Columns of uploaded files, recognised by their English or Chinese names, whatever the case, a `*` behind a
//! required one left out.

use std::cmp::Reverse;

use types::{Text, text};

use crate::{KINDS, Kind};

/// A column of a kind's file.
#[derive(Clone, Copy, Debug)]
pub struct FileColumn {
    /// Its name, which is the API's field.
    pub name: &'static str,
    /// Its Chinese name.
    pub chinese: &'static str,
    /// Whether a file without it is refused.
    pub required: bool,
    /// What its cells hold, for whoever fills in a template.
    pub help: Help,
}

/// What the cells of a column hold: what it is, its unit, its length.
#[derive(Clone, Copy, Debug, Default)]
pub struct Help {
    /// In English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
    /// One such cell.
    pub example: &'static str,
}

impl FileColumn {
    /// A column that a file must have.
    pub const fn required(name: &'static str, chinese: &'static str) -> Self {
        Self { name, chinese, required: true, help: Help { english: "", chinese: "", example: "" } }
    }

    /// A column that a file may have.
    pub const fn optional(name: &'static str, chinese: &'static str) -> Self {
        Self { required: false, ..Self::required(name, chinese) }
    }

    /// The same column, explained.
    pub const fn explained(
        self,
        english: &'static str,
        chinese: &'static str,
        example: &'static str,
    ) -> Self {
        Self { help: Help { english, chinese, example }, ..self }
    }

    fn is_called(&self, title: &str) -> bool {
        let title = title.trim().trim_end_matches('*').trim_end();
        title.eq_ignore_ascii_case(self.name) || title == self.chinese
    }
}

/// The names of a header's columns, as far as `kind` knows them.
pub(crate) fn names(kind: &dyn Kind, header: &[String]) -> Vec<Option<&'static str>> {
    header
        .iter()
        .map(|title| kind.columns().iter().find(|column| column.is_called(title)).map(|column| column.name))
        .collect()
}

/// The columns that `kind` needs and a header does not have.
fn missing(kind: &dyn Kind, names: &[Option<&str>]) -> Vec<&'static str> {
    let needed = kind.columns().iter().filter(|column| column.required).map(|column| column.name);
    needed.filter(|name| !names.contains(&Some(*name))).collect()
}

/// Refuses a header that `kind` cannot read, naming the column.
pub fn header_fits(kind: &dyn Kind, header: &[String]) -> Result<(), Text> {
    let task_type = kind.task_type();
    if !kind.takes_file() {
        return Err(text!("{task_type} takes no file.", "{task_type}不支持任务文件。"));
    }
    let names = names(kind, header);
    let missing = missing(kind, &names);
    if !missing.is_empty() {
        return Err(text!("The file has no column ", "文件缺少{task_type}所需的列：")
            + Text::words(&missing)
            + text!(" for {task_type}.", "。"));
    }
    for (at, name) in names.iter().enumerate() {
        if name.is_some() && names[..at].contains(name) {
            let twice = &header[at];
            return Err(text!("The file has the column {twice} twice.", "文件的列{twice}重复。"));
        }
    }
    Ok(())
}

/// Refuses a header that no kind can read, and says what the kind that comes nearest misses.
pub fn header_is_known(header: &[String]) -> Result<(), Text> {
    if KINDS.iter().any(|kind| header_fits(*kind, header).is_ok()) {
        return Ok(());
    }
    let distance = |kind: &dyn Kind| {
        let names = names(kind, header);
        let known = names.iter().flatten().count();
        (known > 0).then(|| (missing(kind, &names).len(), Reverse(known)))
    };
    let near = KINDS.iter().filter_map(|kind| Some((distance(*kind)?, kind)));
    match near.min_by_key(|(distance, _)| *distance) {
        Some((_, nearest)) => header_fits(*nearest, header),
        None => Err(text!("No kind of batch task knows the columns ", "没有批量任务类型支持以下列：")
            + Text::words(header)
            + text!(".", "。")),
    }
}

#[cfg(test)]
mod tests {
    use types::Language;

    use super::*;
    use crate::kind;

    fn english(answer: Result<(), Text>) -> Result<(), String> {
        answer.map_err(|text| text.in_language(Language::English).to_owned())
    }

    fn fits(task_type: &str, header: &[&str]) -> Result<(), String> {
        let header: Vec<String> = header.iter().map(ToString::to_string).collect();
        english(header_fits(kind(task_type).unwrap(), &header))
    }

    #[test]
    fn headers_in_either_language_and_case() {
        assert_eq!(fits("createDevices", &["Product_ID*", "node_id", "note"]), Ok(()));
        assert_eq!(fits("createDevices", &["产品ID", "设备标识码"]), Ok(()));
        assert!(fits("createDevices", &["node_id"]).unwrap_err().contains("product_id"));
        assert!(fits("freezeDevices", &["device_id", "设备ID"]).unwrap_err().contains("设备ID"));
        for column in KINDS.iter().flat_map(|kind| kind.columns()) {
            for title in [column.name, column.chinese, &format!(" {} *", column.chinese)] {
                assert!(column.is_called(title), "{title}");
            }
        }
    }

    #[test]
    fn a_header_that_no_kind_knows_is_compared_with_the_nearest() {
        let says = |header: &[&str]| {
            let header: Vec<String> = header.iter().map(ToString::to_string).collect();
            english(header_is_known(&header)).unwrap_err()
        };
        assert_eq!(says(&["name", "colour"]), "No kind of batch task knows the columns name, colour.");
        assert_eq!(says(&["product_id", "device_name"]), "The file has no column node_id for createDevices.");
        assert_eq!(says(&["device_id", "设备ID"]), "The file has the column 设备ID twice.");
        let twice = ["product_id", "node_id", "device_name", "Node_ID*"];
        assert_eq!(says(&twice), "The file has the column Node_ID* twice.");
    }
}
