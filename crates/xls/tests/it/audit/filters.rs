//! Arrows: what the globals, the sheet's records and the drawings say of each other.

use super::records::{Substream, all, only};
use super::sheets::Tab;
use super::{u16_at, u32_at};

pub(super) fn check(globals: &Substream<'_>, worksheets: &[Substream<'_>], tabs: &[Tab]) {
    let filtered: Vec<usize> = (0..tabs.len()).filter(|tab| tabs[*tab].arrows > 0).collect();
    let names: Vec<&[u8]> = all(globals, 0x0018).map(|record| record.data).collect();
    assert_eq!(names.len(), filtered.len());
    for (records, tab) in worksheets.iter().zip(tabs) {
        let objects = all(records, 0x005D).count();
        assert_eq!((objects, all(records, 0x00EC).count()), (tab.arrows.into(), objects));
    }
    if filtered.is_empty() {
        assert!(globals.iter().all(|record| ![0x01AE, 0x0017, 0x00EB].contains(&record.id)));
        return;
    }
    assert_eq!(u16_at(only(globals, 0x01AE), 0) as usize, tabs.len());
    let references = only(globals, 0x0017);
    assert_eq!(references.len(), 2 + 6 * filtered.len());
    let group = only(globals, 0x00EB);
    for (number, tab) in filtered.iter().enumerate() {
        let reference = &references[2 + 6 * number..][..6];
        assert_eq!([0, 2, 4].map(|at| u16_at(reference, at) as usize), [0, *tab, *tab]);
        check_name(names[number], number, *tab, &tabs[*tab]);
        let shapes = check_drawing(&worksheets[*tab], number as u32 + 1, &tabs[*tab]);
        // Behind the group's containers and its four counts: this drawing and how many ids it used.
        let cluster = &group[32 + 8 * number..][..8];
        assert_eq!((u32_at(cluster, 0), u32_at(cluster, 4)), (number as u32 + 1, shapes));
    }
    let shapes: u32 = filtered.iter().map(|tab| u32::from(tabs[*tab].arrows) + 1).sum();
    let drawings = filtered.len() as u32;
    let [next_id, clusters, all_shapes, all_drawings] = [16, 20, 24, 28].map(|at| u32_at(group, at));
    assert_eq!((clusters, all_shapes, all_drawings), (drawings + 1, shapes, drawings));
    assert!(next_id > drawings * 1_024 && next_id <= (drawings + 1) * 1_024);
    check_containers(group);
}

/// The hidden `_FilterDatabase` of a tab spans its rows and all columns that are described.
fn check_name(name: &[u8], reference: usize, tab: usize, has: &Tab) {
    assert_eq!(u16_at(name, 0), 0x0021);
    assert_eq!((u16_at(name, 4), u16_at(name, 8) as usize), (11, tab + 1));
    assert_eq!(name[14..17], [0, 0x0D, 0x3B]);
    let area = [17, 19, 21, 23, 25].map(|at| u32::from(u16_at(name, at)));
    assert_eq!(area, [reference as u32, 0, has.rows - 1, 0, u32::from(has.described) - 1]);
    assert_eq!(has.arrows, has.described);
}

/// The drawing in the sheet's MSODRAWING records; answers how many shapes it has.
fn check_drawing(records: &Substream<'_>, number: u32, tab: &Tab) -> u32 {
    let drawn: Vec<u8> = all(records, 0x00EC).flat_map(|record| record.data.to_vec()).collect();
    check_containers(&drawn);
    // The drawing's container, then its own record with number, shapes and last id.
    assert_eq!((u16_at(&drawn, 2), u16_at(&drawn, 10)), (0xF002, 0xF008));
    assert_eq!(u32::from(u16_at(&drawn, 8) >> 4), number);
    let shapes = u32_at(&drawn, 16);
    assert_eq!(shapes, u32::from(tab.arrows) + 1);
    assert_eq!(u32_at(&drawn, 20), number * 1_024 + shapes - 1);
    let mut ids = Vec::new();
    leaves(&drawn, &mut |kind, content| {
        if kind == 0xF00A {
            ids.push(u32_at(content, 0));
        }
    });
    assert!(ids.into_iter().eq((0..shapes).map(|shape| number * 1_024 + shape)));
    for (object, column) in all(records, 0x005D).zip(1..) {
        // Common data of a drop-down list with its number; a list of a filter behind its scroll bar.
        assert_eq!([0, 2, 4, 6].map(|at| u16_at(object.data, at)), [0x0015, 18, 0x0014, column]);
        assert_eq!([22, 46, 56].map(|at| u16_at(object.data, at)), [0x000C, 0x0013, 0x0301]);
        assert_eq!(object.data.len(), 70);
    }
    shapes
}

/// Containers end exactly where what is in them ends.
fn check_containers(bytes: &[u8]) {
    leaves(bytes, &mut |_, _| {});
}

fn leaves(mut bytes: &[u8], see: &mut impl FnMut(u16, &[u8])) {
    while !bytes.is_empty() {
        let (kind, length) = (u16_at(bytes, 2), u32_at(bytes, 4) as usize);
        let content = &bytes[8..8 + length];
        if bytes[0] & 0x0F == 0x0F {
            leaves(content, see);
        } else {
            see(kind, content);
        }
        bytes = &bytes[8 + length..];
    }
}
