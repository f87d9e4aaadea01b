//! Random tables, written and read back.

use calamine::{Data, ExcelDateTime, ExcelDateTimeType};
use proptest::prelude::*;
use unlade_xls::{Cell, Codec, Column};

use crate::written::{finish, sheet, workbook};

#[derive(Clone, Debug)]
enum Value {
    Empty,
    Text(String),
    Int(i64),
    Number(f64),
    Bool(bool),
    Date(i64),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\t\n\r]{0,40}",
        "[a-zé设备😀𝄞]{0,40}",
        ("[a-zé😀]{1,3}", 1_000_usize..12_000).prop_map(|(text, times)| text.repeat(times)),
    ]
    .prop_map(|text| unlade_xls::fit(&text).text.to_owned())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Empty),
        text().prop_map(Value::Text),
        (-999_999_999_999_999..=999_999_999_999_999_i64).prop_map(Value::Int),
        (-2_000..2_000_i64).prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Number),
        any::<bool>().prop_map(Value::Bool),
        (-2_203_891_200_000..253_402_300_800_000_i64).prop_map(Value::Date),
    ]
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Empty => Cell::Empty,
        Value::Text(text) => Cell::Text(text),
        Value::Int(int) => Cell::Int(*int),
        Value::Number(number) => Cell::Number(*number),
        Value::Bool(value) => Cell::Bool(*value),
        Value::Date(ms) => Cell::Date(*ms),
    }
}

fn expected(value: &Value) -> Data {
    match value {
        Value::Text(text) if !text.is_empty() => Data::String(text.clone()),
        Value::Int(int) => Data::Float(*int as f64),
        Value::Number(number) => Data::Float(*number),
        Value::Bool(value) => Data::Bool(*value),
        Value::Date(ms) => {
            let days = (ms + 25_569 * 86_400_000) as f64 / 86_400_000.0;
            Data::DateTime(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false))
        }
        Value::Empty | Value::Text(_) => Data::Empty,
    }
}

fn column() -> impl Strategy<Value = Column> {
    (any::<[bool; 3]>(), 0..300_u16).prop_map(|([few, wrapped, milliseconds], width)| {
        let column = Column::new("title").width(width);
        let column = if few { column.few_valued() } else { column };
        let column = if wrapped { column.wrapped() } else { column };
        if milliseconds { column.milliseconds() } else { column }
    })
}

/// A sheet of random columns; it may have a header row, and that may have arrows.
#[derive(Clone, Debug)]
struct Table {
    columns: Vec<Column>,
    header: bool,
    filter: bool,
    rows: Vec<Vec<Value>>,
}

fn table() -> impl Strategy<Value = Table> {
    let columns = prop::collection::vec(column(), 6..8);
    let rows = prop::collection::vec(prop::collection::vec(value(), 0..6), 0..60);
    (columns, any::<[bool; 2]>(), rows).prop_map(|(columns, [header, filter], rows)| Table {
        columns,
        header,
        filter,
        rows,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn tables_come_back(tables in prop::collection::vec(table(), 1..4), first in 0_usize..3) {
        let mut workbook = workbook(Codec::Plain);
        let mut ids = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let name = format!("S{number}");
            let id = if table.header {
                workbook.add_sheet(&name, &table.columns)
            } else {
                workbook.add_sheet_without_header(&name, &table.columns)
            };
            ids.push(id.unwrap());
            if table.filter {
                prop_assert_eq!(workbook.add_filter(ids[number]).is_ok(), table.header);
            }
        }
        for number in 0..60 {
            for (id, table) in ids.iter().zip(&tables) {
                if let Some(row) = table.rows.get(number) {
                    workbook.row(*id, &row.iter().map(cell).collect::<Vec<_>>()).unwrap();
                }
            }
        }
        workbook.move_first(ids[first % ids.len()]).unwrap();
        let file = finish(workbook);
        for (number, table) in tables.iter().enumerate() {
            let range = sheet(&file, &format!("S{number}"));
            for (number, row) in (u32::from(table.header)..).zip(&table.rows) {
                for (column, value) in (0..).zip(row) {
                    let found = match range.get_value((number, column)) {
                        Some(Data::Int(int)) => Data::Float(*int as f64),
                        Some(data) => data.clone(),
                        None => Data::Empty,
                    };
                    prop_assert_eq!(found, expected(value));
                }
            }
        }
    }
}
