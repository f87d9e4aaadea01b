//! The compound file: every sector belongs to exactly one of stream, directory, FAT and DIFAT.

use super::{u16_at, u32_at};

const SECTOR: usize = 512;
const DIFAT: u32 = 0xFFFF_FFFC;
const FAT: u32 = 0xFFFF_FFFD;
const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;

/// The workbook stream, which must lie in one run at the front.
pub(super) fn stream(file: &[u8]) -> &[u8] {
    assert_eq!(file[..8], [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    assert_eq!((u16_at(file, 26), u16_at(file, 28), u16_at(file, 30)), (3, 0xFFFE, 9));
    assert_eq!(file.len() % SECTOR, 0);
    let sectors = file.len() / SECTOR - 1;
    let sector = |number: u32| &file[(number as usize + 1) * SECTOR..][..SECTOR];
    let mut owners = vec![0_u8; sectors];

    let fat_sectors = fat_sectors(file, &mut owners);
    let fat: Vec<u32> = fat_sectors.iter().flat_map(|number| words(sector(*number))).collect();
    assert!(fat.len() >= sectors && fat.len() < sectors + SECTOR / 4, "enough, and no sector more");
    assert!(fat[sectors..].iter().all(|entry| *entry == FREE));
    for number in fat_sectors {
        owners[number as usize] += 1;
        assert_eq!(fat[number as usize], FAT);
    }
    assert_eq!(fat.iter().filter(|entry| **entry == FAT).count(), u32_at(file, 44) as usize);
    assert_eq!(fat.iter().filter(|entry| **entry == DIFAT).count(), u32_at(file, 72) as usize);

    let directory = u32_at(file, 48);
    assert_eq!(fat[directory as usize], END);
    owners[directory as usize] += 1;
    let (root, workbook) = sector(directory).split_at(128);
    assert!(name(root) == "Root Entry" && name(workbook) == "Workbook");
    assert_eq!((root[66], workbook[66], u32_at(root, 76)), (5, 2, 1));
    let (start, length) = (u32_at(workbook, 116), u32_at(workbook, 120) as usize);
    assert!(start == 0 && length >= 4_096 && length.is_multiple_of(SECTOR));
    let mut at = start;
    for number in 0..length / SECTOR {
        assert_eq!(at as usize, number);
        owners[number] += 1;
        at = fat[number];
    }
    assert_eq!(at, END);
    assert!(owners.iter().all(|owners| *owners == 1), "each sector has one owner");
    &file[SECTOR..SECTOR + length]
}

/// The FAT's sectors by the header and the DIFAT, whose own sectors are counted as owned.
fn fat_sectors(file: &[u8], owners: &mut [u8]) -> Vec<u32> {
    let mut listed: Vec<u32> = words(&file[76..SECTOR]).collect();
    let (mut at, mut count) = (u32_at(file, 68), 0);
    while at != END {
        let mut entries: Vec<u32> = words(&file[(at as usize + 1) * SECTOR..][..SECTOR]).collect();
        owners[at as usize] += 1;
        at = entries.pop().unwrap();
        listed.append(&mut entries);
        count += 1;
    }
    assert_eq!(count, u32_at(file, 72));
    let used = u32_at(file, 44) as usize;
    assert!(used <= listed.len() && (count == 0 || used > listed.len() - 127));
    assert!(listed[used..].iter().all(|entry| *entry == FREE));
    listed.truncate(used);
    listed
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()))
}

fn name(entry: &[u8]) -> String {
    let units: Vec<u16> = entry[..64].chunks_exact(2).map(|unit| u16_at(unit, 0)).collect();
    String::from_utf16(&units[..usize::from(u16_at(entry, 64)) / 2 - 1]).unwrap()
}
