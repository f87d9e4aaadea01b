//! Workbooks for the tests: ordinary ones by `rust_xlsxwriter`, and by hand those that no program would write.

use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use unlade_sheet::{Error, Limits};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A row as the reader gives it.
pub(crate) type Line = (u32, Vec<String>);

pub(crate) fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("there is room for a file");
    file.write_all(bytes).expect("there is room in the file");
    file
}

/// One sheet of text; `None` is no cell.
pub(crate) fn table(rows: &[&[Option<&str>]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            if let Some(cell) = cell {
                sheet.write_string(row, column, *cell).expect("it fits");
            }
        }
    }
    workbook.save_to_buffer().expect("it can be saved")
}

/// A minimal workbook around the XML of its only sheet's rows.
pub(crate) fn sheet(sheet_data: &str) -> Vec<u8> {
    container(&[("xl/worksheets/sheet1.xml", &worksheet(sheet_data))])
}

pub(crate) fn worksheet(sheet_data: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet_data}</sheetData></worksheet>"#
    )
}

/// The parts that every workbook has, and these.
pub(crate) fn container(parts: &[(&str, &str)]) -> Vec<u8> {
    const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let relationship = |kind: &str, target: &str| {
        format!(
            r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let workbook = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{RELATIONSHIPS}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let types = format!(r#"<Types xmlns="{PACKAGE}/content-types"/>"#);
    let package = relationship("officeDocument", "xl/workbook.xml");
    let sheets = relationship("worksheet", "worksheets/sheet1.xml");
    let mut all = vec![
        ("[Content_Types].xml", types.as_str()),
        ("_rels/.rels", package.as_str()),
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", sheets.as_str()),
    ];
    all.extend_from_slice(parts);

    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in all {
        writer.start_file(name, options).expect("the name is new");
        writer.write_all(text.as_bytes()).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// Reads in this process.
pub(crate) fn read(path: &Path, limits: &Limits) -> Result<Vec<Line>, Error> {
    let mut lines = Vec::new();
    unlade_sheet::read(path, limits, |row, cells| {
        lines.push((row, cells.to_vec()));
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(lines)
}

pub(crate) fn read_bytes(bytes: &[u8]) -> Result<Vec<Line>, Error> {
    read(file(bytes).path(), &Limits::default())
}
