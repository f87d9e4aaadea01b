//! The output as bytes: the same twice, the same under both codecs, its length and CRC as told, its place kept.

use std::io::{Cursor, Seek, SeekFrom, Write};

use unlade_xls::{Cell, Codec, Column, Finished, Workbook};

use crate::audit::audit;
use crate::written::{Memory, inflate};

fn write(codec: Codec, out: Memory, rows: usize) -> Finished<Memory> {
    let mut workbook = Workbook::new(out, Memory::default(), codec).unwrap();
    let columns = [Column::new("id"), Column::new("status").few_valued(), Column::new("output")];
    let left = workbook.add_sheet("Left", &columns).unwrap();
    let right = workbook.add_sheet("Right", &columns).unwrap();
    for row in 0..rows {
        let (id, output) =
            (format!("{row:024x}"), format!("{{\"结果\":{row},\"x\":\"😀\"}}").repeat(row % 4));
        let cells = [Cell::Text(&id), Cell::Text(["ok", "失败"][row % 2]), Cell::Text(&output)];
        workbook.row(if row % 3 == 0 { left } else { right }, &cells).unwrap();
    }
    workbook.move_first(right).unwrap();
    workbook.finish().unwrap()
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    for codec in [Codec::Plain, Codec::DEFLATE] {
        let (one, two) = (write(codec, Memory::default(), 9_000), write(codec, Memory::default(), 9_000));
        assert!(one.out.get_ref() == two.out.get_ref());
    }
}

#[test]
fn deflate_inflates_to_exactly_what_plain_writes() {
    for rows in [0, 1, 20_000] {
        let plain = write(Codec::Plain, Memory::default(), rows);
        audit(plain.out.get_ref());
        assert_eq!((plain.out.get_ref().len() as u64, plain.len), (plain.raw_len, plain.raw_len));
        assert_eq!(crc32fast::hash(plain.out.get_ref()), plain.crc32);
        for level in [0, 1, 2, 6, 9] {
            let deflated = write(Codec::Deflate { level }, Memory::default(), rows);
            assert!(inflate(&deflated) == *plain.out.get_ref(), "{rows} rows, level {level}");
            assert_eq!(deflated.out.get_ref().len() as u64, deflated.len);
            assert_eq!((deflated.crc32, deflated.raw_len), (plain.crc32, plain.raw_len));
        }
    }
}

#[test]
fn the_output_may_be_a_part_of_a_larger_file() {
    for codec in [Codec::Plain, Codec::DEFLATE] {
        let alone = write(codec, Memory::default(), 5_000);
        let mut file = Cursor::new(Vec::new());
        file.write_all(b"local header").unwrap();
        let mut part = write(codec, file, 5_000);
        assert_eq!(part.out.stream_position().unwrap(), 12 + part.len);
        part.out.write_all(b"directory").unwrap();
        let expected = [b"local header", &alone.out.get_ref()[..], b"directory"].concat();
        assert!(*part.out.get_ref() == expected);
    }
}

#[test]
fn a_spool_that_is_not_empty_is_appended_to() {
    let mut spool = Memory::default();
    spool.write_all(b"of somebody else").unwrap();
    spool.seek(SeekFrom::End(0)).unwrap();
    let mut workbook = Workbook::new(Memory::default(), spool, Codec::Plain).unwrap();
    let id = workbook.add_sheet("S", &[Column::new("n")]).unwrap();
    for row in 0..60_000 {
        workbook.row(id, &[Cell::Int(row)]).unwrap();
    }
    let range = crate::written::sheet(&crate::written::finish(workbook), "S");
    assert_eq!(range.get_value((60_000, 0)), Some(&calamine::Data::Float(59_999.0)));
}
