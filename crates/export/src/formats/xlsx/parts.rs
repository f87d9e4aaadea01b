//! The small parts of an .xlsx: which sheets there are, and how cells look.

use super::strings;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A sheet in the order of the tabs.
pub(super) struct Tab {
    pub(super) name: String,
    /// Its part in the package, below `xl`.
    pub(super) part: String,
    /// The area with filter arrows.
    pub(super) filtered: Option<String>,
}

/// `_rels/.rels`: where the workbook is.
pub(super) fn root() -> String {
    format!(
        r#"{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    )
}

/// `xl/workbook.xml`: the tabs, and the areas with filter arrows by the name that Excel gives them.
pub(super) fn workbook(tabs: &[Tab]) -> String {
    let numbered = || (1..).zip(tabs);
    let sheets: String = numbered()
        .map(|(id, tab)| format!(r#"<sheet name="{}" sheetId="{id}" r:id="rId{id}"/>"#, tab.name))
        .collect();
    let areas: String = numbered()
        .filter_map(|(id, tab)| Some((id - 1, &tab.name, absolute(tab.filtered.as_ref()?))))
        .map(|(at, name, area)| {
            format!(
                r#"<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'{name}'!{area}</definedName>"#
            )
        })
        .collect();
    let areas = if areas.is_empty() { areas } else { format!("<definedNames>{areas}</definedNames>") };
    format!(
        r#"{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>{areas}</workbook>"#
    )
}

/// `A1:I9` as `$A$1:$I$9`.
fn absolute(area: &str) -> String {
    let mut absolute = String::new();
    let mut before = ':';
    for sign in area.chars() {
        if sign != ':' && sign.is_ascii_digit() != before.is_ascii_digit() || before == ':' {
            absolute.push('$');
        }
        absolute.push(sign);
        before = sign;
    }
    absolute
}

/// `xl/_rels/workbook.xml.rels`: where what the workbook refers to is.
pub(super) fn relations(tabs: &[Tab]) -> String {
    let sheets: String = (1..)
        .zip(tabs)
        .map(|(id, tab)| {
            format!(r#"<Relationship Id="rId{id}" Type="{RELATIONS}/worksheet" Target="{}"/>"#, tab.part)
        })
        .collect();
    let others: String = ["styles", "sharedStrings"]
        .iter()
        .map(|name| format!(r#"<Relationship Id="{name}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>"#))
        .collect();
    format!(r#"{XML}<Relationships xmlns="{PACKAGE}/relationships">{sheets}{others}</Relationships>"#)
}

/// `[Content_Types].xml`: what each part is.
pub(super) fn types(tabs: &[Tab]) -> String {
    let of = |part: &str, kind: &str| {
        format!(r#"<Override PartName="/xl/{part}" ContentType="{TYPE}.{kind}+xml"/>"#)
    };
    let sheets: String = tabs.iter().map(|tab| of(&tab.part, "worksheet")).collect();
    let others = [
        of("workbook.xml", "sheet.main"),
        of("styles.xml", "styles"),
        of("sharedStrings.xml", "sharedStrings"),
    ];
    let others = others.concat();
    format!(
        r#"{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{others}{sheets}</Types>"#
    )
}

/// `xl/sharedStrings.xml` of a workbook that shares none.
pub(super) fn no_strings() -> String {
    format!("{}</sst>", strings::BEGINNING)
}

/// `xl/styles.xml`. Cell formats: 0 general, 1 text, 2 text with the quote prefix, 3 and 4 the same in bold, 5 a whole
/// number, 6 and 7 text as in 1 and 2 on a yellow ground.
pub(super) fn styles() -> String {
    let font =
        |bold: &str| format!(r#"<font>{bold}<sz val="10"/><name val="Arial"/><family val="2"/></font>"#);
    let (plain, bold) = (font(""), font("<b/>"));
    let filled = |format: u8, font: u8, fill: u8, more: &str| {
        format!(r#"<xf numFmtId="{format}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{more}/>"#)
    };
    let xf = |format: u8, font: u8, more: &str| filled(format, font, 0, more);
    let text = r#" applyNumberFormat="1""#;
    let quoted = r#" applyNumberFormat="1" quotePrefix="1""#;
    let bold_text = r#" applyNumberFormat="1" applyFont="1""#;
    let bold_quoted = r#" applyNumberFormat="1" applyFont="1" quotePrefix="1""#;
    let xfs = [
        xf(0, 0, ""),
        xf(49, 0, text),
        xf(49, 0, quoted),
        xf(49, 1, bold_text),
        xf(49, 1, bold_quoted),
        xf(1, 0, text),
        filled(49, 0, 2, r#" applyNumberFormat="1" applyFill="1""#),
        filled(49, 0, 2, r#" applyNumberFormat="1" applyFill="1" quotePrefix="1""#),
    ];
    let xfs = xfs.concat();
    format!(
        r#"{XML}<styleSheet xmlns="{MAIN}"><fonts count="2">{plain}{bold}</fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFFF99"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="8">{xfs}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_made_absolute() {
        assert_eq!(absolute("A1:I9"), "$A$1:$I$9");
        assert_eq!(absolute("A1:XFD1048576"), "$A$1:$XFD$1048576");
    }
}
