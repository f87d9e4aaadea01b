//! Takes the workbook's stream out of a container.
//!
//! A chain of sectors may lead anywhere, round in circles too: it may have as many sectors as the file, and each must
//! lie in it.

use super::super::{damaged, u16_at, u32_at};
use super::{END, ENTRY, HEADER_TABLES, HEADER_TABLES_AT, MINI_BELOW, NO_ENTRY};
use crate::Error;
use types::text;

const MINI_SECTOR: usize = 64;
/// From here on a number is a mark, not a sector.
const MARKS: u32 = 0xFFFF_FFFA;

/// The stream of the workbook in a container.
pub(in super::super) fn workbook(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let container = Container::open(bytes)?;
    // An xlsx with a password is a zip, encrypted, in a container like this.
    if container.find("EncryptedPackage").is_some() {
        return Err(Error::Encrypted);
    }
    // Excel 97 can save a book for Excel 5 beside its own.
    let entry = container.find("Workbook").or_else(|| container.find("Book"));
    container.stream(&entry.ok_or(Error::UnknownFormat)?)
}

/// Sectors of one size, and the table that chains them.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    table: Vec<u32>,
}

impl<'a> Sectors<'a> {
    /// A sector; the last one of a file may be cut off.
    fn get(&self, id: u32) -> Result<&'a [u8], Error> {
        let from = (id as usize).saturating_mul(self.size);
        let to = from.saturating_add(self.size).min(self.bytes.len());
        self.bytes
            .get(from..to)
            .filter(|sector| !sector.is_empty())
            .ok_or_else(|| damaged(text!("a sector is missing", "缺少扇区")))
    }

    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.size)
    }

    fn chain(&self, mut id: u32) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        for _ in 0..self.count() {
            if id == END {
                return Ok(whole);
            }
            whole.extend_from_slice(self.get(id)?);
            id = *self
                .table
                .get(id as usize)
                .ok_or_else(|| damaged(text!("a sector is not in the table", "扇区不在分配表中")))?;
        }
        if id == END {
            Ok(whole)
        } else {
            Err(damaged(text!("a chain of sectors has no end", "扇区链没有结尾")))
        }
    }
}

/// One entry of the directory.
struct Entry<'a>(&'a [u8]);

impl Entry<'_> {
    fn is_called(&self, name: &str) -> bool {
        let len = usize::from(u16_at(self.0, 64)).saturating_sub(2).min(64);
        let units: Vec<u16> = (0..len / 2).map(|at| u16_at(self.0, 2 * at)).collect();
        String::from_utf16_lossy(&units).eq_ignore_ascii_case(name)
    }

    fn is_stream(&self) -> bool {
        self.0[66] == 2
    }

    fn siblings(&self) -> [u32; 2] {
        [u32_at(self.0, 68), u32_at(self.0, 72)]
    }

    fn child(&self) -> u32 {
        u32_at(self.0, 76)
    }

    fn start(&self) -> u32 {
        u32_at(self.0, 116)
    }

    fn size(&self) -> usize {
        u32_at(self.0, 120) as usize
    }
}

struct Container<'a> {
    sectors: Sectors<'a>,
    mini_table_start: u32,
    directory: Vec<u8>,
}

impl<'a> Container<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let size = match u16_at(bytes, 30) {
            9 => 512,
            12 => 4096,
            _ => return Err(damaged(text!("its sectors have no known size", "扇区大小无法识别"))),
        };
        let after_header =
            bytes.get(size..).ok_or_else(|| damaged(text!("it ends in its header", "文件头不完整")))?;
        let mut sectors = Sectors { bytes: after_header, size, table: Vec::new() };
        for id in table_sectors(bytes, &sectors)? {
            let sector = sectors.get(id)?;
            sectors.table.extend((0..sector.len() / 4).map(|at| u32_at(sector, 4 * at)));
        }
        let directory = sectors.chain(u32_at(bytes, 48))?;
        Ok(Self { sectors, mini_table_start: u32_at(bytes, 60), directory })
    }

    fn entry(&self, id: u32) -> Option<Entry<'_>> {
        let from = (id as usize).checked_mul(ENTRY)?;
        self.directory.get(from..from.checked_add(ENTRY)?).map(Entry)
    }

    /// A stream right below the root; a workbook that is embedded in a document lies deeper.
    fn find(&self, name: &str) -> Option<Entry<'_>> {
        let mut left = self.directory.len() / ENTRY;
        let mut next = vec![self.entry(0)?.child()];
        while let Some(id) = next.pop() {
            // A tree has fewer branches than entries; more are a circle.
            left = left.checked_sub(usize::from(id != NO_ENTRY))?;
            let Some(entry) = self.entry(id) else { continue };
            if entry.is_stream() && entry.is_called(name) {
                return Some(entry);
            }
            next.extend(entry.siblings());
        }
        None
    }

    fn stream(&self, entry: &Entry<'_>) -> Result<Vec<u8>, Error> {
        let size = entry.size();
        let mut stream = match size < MINI_BELOW {
            true => self.mini_stream(entry.start())?,
            false => self.sectors.chain(entry.start())?,
        };
        if stream.len() < size {
            return Err(damaged(text!("the workbook breaks off", "工作簿不完整")));
        }
        stream.truncate(size);
        Ok(stream)
    }

    fn mini_stream(&self, start: u32) -> Result<Vec<u8>, Error> {
        let root = self.entry(0).ok_or_else(|| damaged(text!("it has no directory", "缺少目录")))?;
        let bytes = self.sectors.chain(root.start())?;
        let table = self.sectors.chain(self.mini_table_start)?;
        let table = (0..table.len() / 4).map(|at| u32_at(&table, 4 * at)).collect();
        Sectors { bytes: &bytes, size: MINI_SECTOR, table }.chain(start)
    }
}

/// The sectors that hold the allocation table: some are named in the header, the rest in a chain of their own.
fn table_sectors(header: &[u8], sectors: &Sectors<'_>) -> Result<Vec<u32>, Error> {
    let in_header = (0..HEADER_TABLES).map(|at| u32_at(header, HEADER_TABLES_AT + 4 * at));
    let mut ids: Vec<u32> = in_header.filter(|id| *id < MARKS).collect();
    let mut next = u32_at(header, 68);
    // A file without further sectors says so by any mark, or by a count of 0.
    let mut left = if u32_at(header, 72) == 0 { 0 } else { sectors.count() };
    while next < MARKS && left > 0 {
        let sector = sectors.get(next)?;
        let last = sector.len() / 4 - usize::from(sector.len() >= 4);
        ids.extend((0..last).map(|at| u32_at(sector, 4 * at)).filter(|id| *id < MARKS));
        next = u32_at(sector, 4 * last);
        left -= 1;
        if ids.len() > sectors.count() {
            break;
        }
    }
    if ids.len() > sectors.count() {
        Err(damaged(text!("its table is larger than itself", "分配表超出文件的大小")))
    } else {
        Ok(ids)
    }
}
