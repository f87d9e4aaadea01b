//! The string table over its records, read as strictly as the strictest reader does.

use super::records::{Substream, all};
use super::{u16_at, u32_at};

/// What the table has.
pub(super) struct Strings {
    pub(super) texts: Vec<String>,
    /// How often cells refer to it, as it says.
    pub(super) references: u32,
}

struct Table<'a> {
    records: Vec<&'a [u8]>,
    record: usize,
    at: usize,
}

pub(super) fn read(globals: &Substream<'_>) -> Strings {
    let records: Vec<&[u8]> =
        all(globals, 0x00FC).chain(all(globals, 0x003C)).map(|record| record.data).collect();
    let (references, count) = (u32_at(records[0], 0), u32_at(records[0], 4));
    assert!(records[1..].iter().all(|record| !record.is_empty()));
    let mut table = Table { records, record: 0, at: 8 };
    let texts = (0..count).map(|_| table.string()).collect();
    assert!(table.left() == 0 && table.record + 1 == table.records.len(), "as many strings as it says");
    Strings { texts, references }
}

impl Table<'_> {
    fn left(&self) -> usize {
        self.records[self.record].len() - self.at
    }

    fn string(&mut self) -> String {
        if self.left() == 0 {
            (self.record, self.at) = (self.record + 1, 0);
        }
        assert!(self.left() >= 3, "a string's header is not split");
        let record = self.records[self.record];
        let (length, flag) = (usize::from(u16_at(record, self.at)), record[self.at + 2]);
        assert!(length <= 32_767 && flag <= 1, "{length} units, flag {flag}");
        self.at += 3;
        let width = usize::from(flag) + 1;
        assert!(length == 0 || self.left() >= width, "its first character is with its header");
        let mut text = String::new();
        let mut left = length;
        loop {
            let now = left.min(self.left() / width);
            let bytes = &self.records[self.record][self.at..self.at + now * width];
            text.push_str(&decode(bytes, flag));
            self.at += bytes.len();
            left -= now;
            if left == 0 {
                break;
            }
            assert!(self.left() < 4, "a record is filled before the string goes on in the next");
            (self.record, self.at) = (self.record + 1, 1);
            assert_eq!(self.records[self.record][0], flag, "a continued string repeats its flag");
        }
        let allowed = |c: char| c >= ' ' && c != '\u{FFFE}' && c != '\u{FFFF}' || "\t\n\r".contains(c);
        assert!(text.chars().all(allowed), "no character that no file may hold");
        text
    }
}

/// The part of a string that is in one record; a split surrogate pair fails.
fn decode(bytes: &[u8], flag: u8) -> String {
    if flag == 0 {
        assert!(bytes.is_ascii());
        return String::from_utf8(bytes.to_vec()).unwrap();
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|unit| u16_at(unit, 0)).collect();
    String::from_utf16(&units).expect("surrogate pairs stay together")
}
