//! Any bytes as the parts of a workbook, in a container that is right: what a fuzzer that must guess checksums and
//! deflated bytes does not reach.
//!
//! An input is up to six parts with a byte 0xFF between them; a part that is not there is an ordinary one.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PARTS: [(&str, &[u8]); 6] = [
    ("xl/worksheets/sheet1.xml", br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>"#),
    ("xl/sharedStrings.xml", b"<sst><si><t>device_id</t></si></sst>"),
    ("xl/styles.xml", br#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
    ("xl/workbook.xml", br#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
    ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
    ("_rels/.rels", br#"<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
];

fuzz_target!(|bytes: &[u8]| unlade_fuzz::upload::read(&container(bytes)));

fn container(bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut given = bytes.split(|byte| *byte == 0xFF);
    for (name, ordinary) in PARTS {
        writer.start_file(name, options).expect("the name is new");
        let part = given.next().filter(|part| !part.is_empty()).unwrap_or(ordinary);
        writer.write_all(part).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}
