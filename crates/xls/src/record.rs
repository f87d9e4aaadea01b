//! Short BIFF8 records: `id u16 | length u16 | data`, all little-endian. It knows no record's meaning, and not
//! the string table, whose records run over several pieces (see `strings`).

/// Appends one record whose data `fill` writes.
///
/// The data of every record made here is a few dozen bytes, so its length always fits.
pub(crate) fn put(buf: &mut Vec<u8>, id: u16, fill: impl FnOnce(&mut Vec<u8>)) {
    buf.extend_from_slice(&id.to_le_bytes());
    let length_at = buf.len();
    buf.extend_from_slice(&[0, 0]);
    fill(buf);
    let length = u16::try_from(buf.len() - length_at - 2).unwrap_or(u16::MAX);
    buf[length_at..length_at + 2].copy_from_slice(&length.to_le_bytes());
}

/// Appends one record of 16-bit fields, which most records are.
pub(crate) fn put_words(buf: &mut Vec<u8>, id: u16, words: &[u16]) {
    put(buf, id, |data| put_u16s(data, words));
}

/// Appends 16-bit fields.
pub(crate) fn put_u16s(buf: &mut Vec<u8>, words: &[u16]) {
    for word in words {
        buf.extend_from_slice(&word.to_le_bytes());
    }
}

/// Appends the record that opens a substream; `kind` is 0x0005 for the globals, 0x0010 for a sheet.
pub(crate) fn put_bof(buf: &mut Vec<u8>, kind: u16) {
    // Version BIFF8, then the build and year of Excel 97, then that it was edited by no later version.
    put_words(buf, 0x0809, &[0x0600, kind, 0x0DBB, 0x07CC, 0x0041, 0, 0x0006, 0]);
}

/// The record that closes a substream.
pub(crate) const EOF: [u8; 4] = [0x0A, 0, 0, 0];
