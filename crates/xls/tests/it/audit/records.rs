//! Records: their lengths, the substreams that they form, and their order in them.

use super::u16_at;

/// The globals' records in the order of [MS-XLS] 2.1.7.20.3, and a worksheet's in that of 2.1.7.20.5. What is
/// not listed must not be there: above all, no formula.
const GLOBALS: &[u16] = &[
    0x0809, 0x00E1, 0x00C1, 0x00E2, 0x005C, 0x0042, 0x0161, 0x013D, 0x0019, 0x0012, 0x0013, 0x01AF, 0x01BC,
    0x003D, 0x0040, 0x008D, 0x0022, 0x000E, 0x01B7, 0x00DA, 0x0031, 0x041E, 0x00E0, 0x0293, 0x0160, 0x0085,
    0x01AE, 0x0017, 0x0018, 0x00EB, 0x00FC, 0x003C, 0x000A,
];
const WORKSHEET: &[&[u16]] = &[
    &[0x0809],
    &[0x000D],
    &[0x000C],
    &[0x000F],
    &[0x0011],
    &[0x0010],
    &[0x005F],
    &[0x002A],
    &[0x002B],
    &[0x0082],
    &[0x0080],
    &[0x0225],
    &[0x0081],
    &[0x0014],
    &[0x0015],
    &[0x0083],
    &[0x0084],
    &[0x00A1],
    &[0x0055],
    &[0x007D],
    &[0x009D],
    &[0x0200],
    &CELLS,
    &[0x00EC, 0x005D],
    &[0x023E],
    &[0x0041, 0x001D],
    &[0x000A],
];
/// LABELSST, RK, NUMBER, BOOLERR.
pub(super) const CELLS: [u16; 4] = [0x00FD, 0x027E, 0x0203, 0x0205];

/// One record and where it begins in the stream.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) id: u16,
    pub(super) data: &'a [u8],
    pub(super) at: usize,
}

/// The records of one BOF up to its EOF.
pub(super) type Substream<'a> = Vec<Record<'a>>;

/// All substreams of the workbook stream; behind them only zeros fill the last sector.
pub(super) fn substreams(stream: &[u8]) -> Vec<Substream<'_>> {
    let mut substreams = Vec::new();
    let mut open = Vec::new();
    let mut at = 0;
    while at + 4 <= stream.len() && (u16_at(stream, at), open.is_empty()) != (0, true) {
        let (id, length) = (u16_at(stream, at), usize::from(u16_at(stream, at + 2)));
        assert!(length <= 8_224, "record {id:04X} of {length} bytes");
        assert_eq!(id == 0x0809, open.is_empty(), "BOF begins a substream and nothing else does");
        open.push(Record { id, data: &stream[at + 4..at + 4 + length], at });
        at += 4 + length;
        if id == 0x000A {
            substreams.push(std::mem::take(&mut open));
        }
    }
    assert!(open.is_empty() && stream[at..].iter().all(|byte| *byte == 0));
    assert!(stream.len() == 4_096 || stream.len() - at < 512);
    let kind = |records: &Substream<'_>| u16_at(records[0].data, 2);
    assert_eq!(kind(&substreams[0]), 0x0005);
    check_order(&substreams[0], |id| GLOBALS.iter().position(|known| *known == id));
    for worksheet in &substreams[1..] {
        assert_eq!(kind(worksheet), 0x0010);
        check_order(worksheet, |id| WORKSHEET.iter().position(|known| known.contains(&id)));
    }
    substreams
}

fn check_order(records: &Substream<'_>, rank: impl Fn(u16) -> Option<usize>) {
    let ranks: Vec<usize> =
        records.iter().map(|record| rank(record.id).unwrap_or_else(|| panic!("{:04X}", record.id))).collect();
    assert!(ranks.is_sorted(), "records are out of order");
}

/// The records with this id.
pub(super) fn all<'r, 'a>(
    records: &'r Substream<'a>,
    id: u16,
) -> impl Iterator<Item = Record<'a>> + use<'r, 'a> {
    records.iter().copied().filter(move |record| record.id == id)
}

/// The data of the only record with this id.
pub(super) fn only<'a>(records: &Substream<'a>, id: u16) -> &'a [u8] {
    let found: Vec<_> = all(records, id).collect();
    assert_eq!(found.len(), 1, "one record {id:04X}");
    found[0].data
}
