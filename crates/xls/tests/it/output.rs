//! The output as bytes: the same twice, the same under both codecs, its length and CRC as told, its place kept.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use unlade_xls::{Cell, Codec, Column, Finished, Workbook};

use crate::audit::audit;
use crate::written::{Memory, inflate};

fn write(codec: Codec, out: Memory, rows: usize) -> Finished<Memory> {
    write_to(out, Memory::default(), codec, rows)
}

fn write_to<W: Write + Seek, S: Read + Write + Seek>(
    out: W,
    spool: S,
    codec: Codec,
    rows: usize,
) -> Finished<W> {
    let mut workbook = Workbook::new(out, spool, codec).unwrap();
    let columns = [Column::new("id"), Column::new("status").few_valued(), Column::new("output")];
    let left = workbook.add_sheet("Left", &columns).unwrap();
    let right = workbook.add_sheet("Right", &columns).unwrap();
    for row in 0..rows {
        let (id, output) =
            (format!("{row:024x}"), format!("{{\"结果\":{row},\"x\":\"😀\"}}").repeat(row % 4));
        let cells = [Cell::Text(&id), Cell::Text(["ok", "失败"][row % 2]), Cell::Text(&output)];
        workbook.row(if row % 3 == 0 { left } else { right }, &cells).unwrap();
    }
    workbook.add_filter(left).unwrap();
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

/// A file that takes its time, now and then and differently each time it is made.
struct Slow {
    inner: Memory,
    turns: u32,
}

impl Slow {
    fn wait(&mut self) {
        self.turns = self.turns.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (0..self.turns >> 22).for_each(|_| std::thread::yield_now());
    }
}

impl Write for Slow {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.wait();
        self.inner.write(buf)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Read for Slow {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.wait();
        self.inner.read(buf)
    }
}

impl Seek for Slow {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn the_pace_of_output_and_spool_changes_no_byte() {
    for codec in [Codec::Plain, Codec::DEFLATE] {
        let expected = write(codec, Memory::default(), 20_000);
        for turns in 0..6 {
            let slow = |turns| Slow { inner: Memory::default(), turns };
            let found = write_to(slow(turns), slow(turns + 7), codec, 20_000);
            assert!(found.out.inner.get_ref() == expected.out.get_ref(), "pace {turns}");
            assert_eq!((found.crc32, found.len), (expected.crc32, expected.len));
        }
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
