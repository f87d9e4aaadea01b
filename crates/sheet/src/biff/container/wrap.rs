//! Puts a stream into a new container, of sectors so large that the header can name all of their table.

use super::{END, ENTRY, HEADER_TABLES, HEADER_TABLES_AT, MINI_BELOW, NO_ENTRY};
use crate::Error;

const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// In place of the next sector's number: no sector, and a sector of the table.
const FREE: u32 = 0xFFFF_FFFF;
const TABLE: u32 = 0xFFFF_FFFD;

/// A new container with nothing but `stream` as its workbook.
pub(in super::super) fn wrap(stream: &[u8]) -> Result<Vec<u8>, Error> {
    const SECTOR: usize = 4096;
    const LISTED: usize = SECTOR / 4;
    let data = stream.len().div_ceil(SECTOR).max(1);
    // A sector of the table lists itself too; the directory is one sector.
    let tables = (data + 1).div_ceil(LISTED - 1);
    if tables > HEADER_TABLES {
        return Err(Error::FileTooLarge { limit: (HEADER_TABLES * (LISTED - 1) * SECTOR) as u64 });
    }

    let mut file = Vec::with_capacity((2 + data + tables) * SECTOR);
    let put = |file: &mut Vec<u8>, at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    file.resize(2 * SECTOR, 0);
    put(&mut file, 0, SIGNATURE);
    for (at, value) in [(24, 0x3E_u16), (26, 4), (28, 0xFFFE), (30, 12), (32, 6)] {
        put(&mut file, at, &value.to_le_bytes());
    }
    for (at, value) in [(40, 1), (44, tables as u32), (48, 0), (56, MINI_BELOW as u32), (60, END), (68, END)]
    {
        put(&mut file, at, &u32::to_le_bytes(value));
    }
    for at in 0..HEADER_TABLES {
        let id = if at < tables { (1 + data + at) as u32 } else { FREE };
        put(&mut file, HEADER_TABLES_AT + 4 * at, &id.to_le_bytes());
    }
    let size = (data * SECTOR) as u64;
    put(&mut file, SECTOR, &entry("Root Entry", 5, 1, 0, 0));
    put(&mut file, SECTOR + ENTRY, &entry("Workbook", 2, NO_ENTRY, 1, size));

    file.extend_from_slice(stream);
    file.resize((2 + data) * SECTOR, 0);
    for id in 0..tables * LISTED {
        let next = match id {
            0 => END,
            id if id == data => END,
            id if id < data => id as u32 + 1,
            id if id <= data + tables => TABLE,
            _ => FREE,
        };
        file.extend_from_slice(&next.to_le_bytes());
    }
    Ok(file)
}

fn entry(name: &str, kind: u8, child: u32, start: u32, size: u64) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    for (at, unit) in name.encode_utf16().enumerate() {
        entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
    }
    entry[64..66].copy_from_slice(&(2 * name.len() as u16 + 2).to_le_bytes());
    (entry[66], entry[67]) = (kind, 1);
    for (at, id) in [(68, NO_ENTRY), (72, NO_ENTRY), (76, child), (116, start)] {
        entry[at..at + 4].copy_from_slice(&id.to_le_bytes());
    }
    entry[120..].copy_from_slice(&size.to_le_bytes());
    entry
}
