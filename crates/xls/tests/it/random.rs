//! Random tables, written and read back.

use calamine::Data;
use proptest::prelude::*;
use unlade_xls::{Cell, Codec};

use crate::written::{columns, finish, sheet, workbook};

#[derive(Clone, Debug)]
enum Value {
    Empty,
    Text(String),
    Int(i64),
    Number(f64),
    Bool(bool),
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
    ]
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Empty => Cell::Empty,
        Value::Text(text) => Cell::Text(text),
        Value::Int(int) => Cell::Int(*int),
        Value::Number(number) => Cell::Number(*number),
        Value::Bool(value) => Cell::Bool(*value),
    }
}

fn expected(value: &Value) -> Data {
    match value {
        Value::Text(text) if !text.is_empty() => Data::String(text.clone()),
        Value::Int(int) => Data::Float(*int as f64),
        Value::Number(number) => Data::Float(*number),
        Value::Bool(value) => Data::Bool(*value),
        Value::Empty | Value::Text(_) => Data::Empty,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn tables_come_back(rows in prop::collection::vec(prop::collection::vec(value(), 0..6), 0..60), few: bool) {
        let mut workbook = workbook(Codec::Plain);
        let mut columns = columns(6);
        if few {
            columns = columns.into_iter().map(unlade_xls::Column::few_valued).collect();
        }
        let id = workbook.add_sheet("S", &columns).unwrap();
        for row in &rows {
            workbook.row(id, &row.iter().map(cell).collect::<Vec<_>>()).unwrap();
        }
        let range = sheet(&finish(workbook), "S");
        for (number, row) in (1..).zip(&rows) {
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
