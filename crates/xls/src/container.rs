//! The OLE2 compound file (version 3, sectors of 512 bytes) around one stream. The stream lies at the front in
//! one run, so its chain just counts upwards and nothing needs to be remembered while it is written. There is
//! no mini stream: the caller's stream has at least 4,096 bytes.

use crate::limits::PIECE_LEN;

/// Bytes of a sector, and of the header in front of the first one.
pub(crate) const SECTOR_LEN: usize = 512;
/// Shorter streams would belong into the mini stream.
pub(crate) const STREAM_LEN_MIN: u64 = 4_096;

const IN_FAT: u32 = SECTOR_LEN as u32 / 4;
const IN_DIFAT: u32 = IN_FAT - 1;
const IN_HEADER: u32 = 109;
const DIFAT_SECTOR: u32 = 0xFFFF_FFFC;
const FAT_SECTOR: u32 = 0xFFFF_FFFD;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
/// Bytes of one entry of the directory.
const ENTRY_LEN: usize = 128;

/// Which sector is what: `stream ... | directory | FAT ... | DIFAT ...`.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    stream_len: u32,
    /// Sectors of the stream; also the number of the directory's one sector.
    directory: u32,
    fats: u32,
    difats: u32,
}

impl Layout {
    /// The layout for a stream of so many bytes, a multiple of a sector, if it stays under 2 GiB.
    pub(crate) fn new(stream_len: u64) -> Option<Self> {
        let stream_len = u32::try_from(stream_len).ok().filter(|len| *len < 1 << 31)?;
        let directory = stream_len / SECTOR_LEN as u32;
        // The tables list their own sectors too, so grow them until they suffice.
        let (mut fats, mut difats) = (0, 0);
        loop {
            let needed = (directory + 1 + fats + difats).div_ceil(IN_FAT);
            let needed_difats = needed.saturating_sub(IN_HEADER).div_ceil(IN_DIFAT);
            if (needed, needed_difats) == (fats, difats) {
                break;
            }
            (fats, difats) = (needed, needed_difats);
        }
        let sectors = directory + 1 + fats + difats;
        (sectors < (1 << 31) / SECTOR_LEN as u32 - 1).then_some(Self { stream_len, directory, fats, difats })
    }

    fn first_fat(self) -> u32 {
        self.directory + 1
    }

    fn first_difat(self) -> u32 {
        self.first_fat() + self.fats
    }

    /// The header in front of the stream.
    pub(crate) fn header(self) -> Vec<u8> {
        let mut buf = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        buf.resize(24, 0);
        // Minor and major version, byte order, sector and mini sector as powers of two.
        for word in [0x003E_u16, 3, 0xFFFE, 9, 6] {
            buf.extend_from_slice(&word.to_le_bytes());
        }
        buf.resize(44, 0);
        let difat = if self.difats == 0 { END_OF_CHAIN } else { self.first_difat() };
        // FATs, directory, transaction, mini stream from, mini FAT, its sectors, first DIFAT, their number.
        put_u32s(&mut buf, &[self.fats, self.directory, 0, STREAM_LEN_MIN as u32, END_OF_CHAIN, 0]);
        put_u32s(&mut buf, &[difat, self.difats]);
        for index in 0..IN_HEADER {
            put_u32s(&mut buf, &[self.fat_sector(index)]);
        }
        buf
    }

    /// Gives all that follows the stream to `sink`, in pieces.
    pub(crate) fn tail<E>(self, mut sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut buf = self.directory_sector();
        for sector in 0..self.fats * IN_FAT {
            put_u32s(&mut buf, &[self.next(sector)]);
            if buf.len() >= PIECE_LEN {
                sink(&buf)?;
                buf.clear();
            }
        }
        for difat in 0..self.difats {
            let from = IN_HEADER + difat * IN_DIFAT;
            for index in from..from + IN_DIFAT {
                put_u32s(&mut buf, &[self.fat_sector(index)]);
            }
            let last = difat + 1 == self.difats;
            put_u32s(&mut buf, &[if last { END_OF_CHAIN } else { self.first_difat() + difat + 1 }]);
        }
        sink(&buf)
    }

    /// The sector of the FAT with this number.
    fn fat_sector(self, index: u32) -> u32 {
        if index < self.fats { self.first_fat() + index } else { FREE }
    }

    /// What the FAT says of a sector.
    fn next(self, sector: u32) -> u32 {
        if sector < self.directory {
            if sector + 1 == self.directory { END_OF_CHAIN } else { sector + 1 }
        } else if sector == self.directory {
            END_OF_CHAIN
        } else if sector < self.first_difat() {
            FAT_SECTOR
        } else if sector < self.first_difat() + self.difats {
            DIFAT_SECTOR
        } else {
            FREE
        }
    }

    fn directory_sector(self) -> Vec<u8> {
        let mut buf = Vec::with_capacity(PIECE_LEN.min((self.fats as usize + 1) * SECTOR_LEN));
        // Root: a storage whose only child is entry 1, marked as Excel's by its class id.
        put_entry(&mut buf, "Root Entry", 5, 1, END_OF_CHAIN, 0);
        buf[80..96].copy_from_slice(&[0x20, 8, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]);
        put_entry(&mut buf, "Workbook", 2, FREE, 0, self.stream_len);
        while buf.len() < SECTOR_LEN {
            put_entry(&mut buf, "", 0, FREE, 0, 0);
        }
        buf
    }
}

/// Appends one entry of the directory: name, kind, child, first sector and length. It has no siblings, and its
/// times are zero so that the same rows give the same bytes.
fn put_entry(buf: &mut Vec<u8>, name: &str, kind: u8, child: u32, start: u32, length: u32) {
    let at = buf.len();
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    buf.extend_from_slice(&units);
    buf.resize(at + 64, 0);
    // The length counts the terminating zero; an unused entry has none.
    let name_len = if name.is_empty() { 0 } else { units.len() + 2 };
    buf.extend_from_slice(&u16::try_from(name_len).unwrap_or(0).to_le_bytes());
    // The tree's only nodes are black.
    buf.extend_from_slice(&[kind, u8::from(kind != 0)]);
    put_u32s(buf, &[FREE, FREE, child]);
    buf.resize(at + 116, 0);
    put_u32s(buf, &[start, length]);
    buf.resize(at + ENTRY_LEN, 0);
}

fn put_u32s(buf: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        buf.extend_from_slice(&word.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every size at which a table gains or loses a sector, checked against the definition: enough, not more.
    #[test]
    fn tables_have_the_right_size_at_every_boundary() {
        let around = |sectors: u64| (sectors.saturating_sub(300)..sectors + 300).filter(|s| *s >= 8);
        let boundaries =
            [8, 126, 127, 128, 109 * 128, 110 * 128, (109 + 127) * 128, (109 + 254) * 128, 4_000_000];
        for sectors in boundaries.into_iter().flat_map(around) {
            let layout = Layout::new(sectors * SECTOR_LEN as u64).unwrap();
            let all = layout.directory + 1 + layout.fats + layout.difats;
            assert!(layout.fats * IN_FAT >= all && (layout.fats - 1) * IN_FAT < all, "{sectors}");
            assert!(IN_HEADER + layout.difats * IN_DIFAT >= layout.fats, "{sectors}");
            assert_eq!(layout.header().len(), SECTOR_LEN);
            if sectors < 50_000 {
                let mut tail = 0;
                layout
                    .tail(|piece| -> Result<(), ()> {
                        tail += piece.len();
                        Ok(())
                    })
                    .unwrap();
                assert_eq!(tail, (1 + layout.fats + layout.difats) as usize * SECTOR_LEN);
            }
        }
    }

    #[test]
    fn two_gib_are_refused() {
        assert!(Layout::new(1 << 31).is_none() && Layout::new(1 << 33).is_none());
        assert!(Layout::new((1 << 31) - 512).is_none());
        assert!(Layout::new((1 << 31) - (32 << 20)).is_some());
    }
}
