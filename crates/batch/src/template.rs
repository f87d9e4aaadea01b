//! The template of a kind's file: what its columns look like on paper. A sheet to fill in, all of it text, and one that
//! explains each column. The same kind and language give the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use types::Language;

use crate::{FileColumn, Kind};

/// Characters across a column to fill in, and across the explanations.
const WIDTH: f64 = 26.0;
const WIDTHS_EXPLAINED: [f64; 4] = [20.0, 10.0, 80.0, 40.0];

/// An `.xlsx` to fill in and upload.
pub struct Template {
    /// Its name, such as `BatchCreateDevices_Template.xlsx`.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The template of a kind in a language; `None` for a kind that takes no file.
///
/// # Errors
/// The columns of the kind do not fit into a workbook.
pub fn template(kind: &dyn Kind, language: Language) -> Result<Option<Template>, XlsxError> {
    if !kind.takes_file() {
        return Ok(None);
    }
    let mut workbook = Workbook::new();
    // A file says when it was made; this one must not.
    let always = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&always));
    to_fill_in(workbook.add_worksheet(), kind, language)?;
    explained(workbook.add_worksheet(), kind, language)?;
    Ok(Some(Template { file_name: file_name(kind), bytes: workbook.save_to_buffer()? }))
}

/// As the cloud calls its templates.
fn file_name(kind: &dyn Kind) -> String {
    let (first, rest) = kind.task_type().split_at(1);
    format!("Batch{}{rest}_Template.xlsx", first.to_ascii_uppercase())
}

fn to_fill_in(sheet: &mut Worksheet, kind: &dyn Kind, language: Language) -> Result<(), XlsxError> {
    // As numbers, ids would lose their leading zeros and their sixteenth digit.
    let text = Format::new().set_num_format("@");
    let title = text.clone().set_bold();
    sheet.set_name(kind.task_type())?.set_freeze_panes(1, 0)?;
    for (at, column) in (0..).zip(kind.columns()) {
        sheet.set_column_format(at, &text)?.set_column_width(at, WIDTH)?;
        sheet.write_string_with_format(0, at, column_title(column, language), &title)?;
    }
    Ok(())
}

fn column_title(column: &FileColumn, language: Language) -> String {
    let name = match language {
        Language::English => column.name,
        Language::Chinese => column.chinese,
    };
    if column.required { format!("{name}*") } else { name.to_owned() }
}

fn explained(sheet: &mut Worksheet, kind: &dyn Kind, language: Language) -> Result<(), XlsxError> {
    let (name, titles, [yes, no]) = match language {
        Language::English => ("Columns", ["Column", "Required", "What it holds", "Example"], ["yes", "no"]),
        Language::Chinese => ("说明", ["列", "必填", "内容", "示例"], ["是", "否"]),
    };
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for ((at, title), width) in (0..).zip(titles).zip(WIDTHS_EXPLAINED) {
        sheet.set_column_width(at, width)?.write_string_with_format(0, at, title, &bold)?;
    }
    for (row, column) in (1..).zip(kind.columns()) {
        let help = match language {
            Language::English => column.help.english,
            Language::Chinese => column.help.chinese,
        };
        let required = if column.required { yes } else { no };
        let title = column_title(column, language);
        for (at, cell) in (0..).zip([&title, required, help, column.help.example]) {
            sheet.write_string_with_format(row, at, cell, &text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KINDS;

    #[test]
    fn every_column_is_explained_in_both_languages() {
        for kind in KINDS {
            for FileColumn { name, help, .. } in kind.columns() {
                let explained = ![help.english, help.chinese, help.example].contains(&"");
                assert!(explained, "the column {name} of {} is not explained", kind.task_type());
            }
        }
    }

    #[test]
    fn the_titles_of_a_template_are_a_header_that_fits() {
        for kind in KINDS.iter().filter(|kind| kind.takes_file()) {
            for language in Language::ALL {
                let header: Vec<String> =
                    kind.columns().iter().map(|column| column_title(column, language)).collect();
                assert_eq!(crate::header_fits(*kind, &header), Ok(()));
            }
        }
    }

    #[test]
    fn a_template_is_the_same_whenever_it_is_made() {
        for kind in KINDS.iter().filter(|kind| kind.takes_file()) {
            for language in Language::ALL {
                let make = || template(*kind, language).unwrap().unwrap();
                assert_eq!(make().bytes, make().bytes);
            }
        }
    }
}
