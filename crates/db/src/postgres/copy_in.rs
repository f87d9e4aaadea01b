//! COPY BINARY: rows as the server's own bytes, in pieces.

use bytes::{BufMut, Bytes, BytesMut};

use crate::Value;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const PIECE: usize = 64 << 10;

/// The bytes of `values`, `width` a row, in pieces of moderate size.
pub(super) fn pieces<'v>(width: usize, values: &'v [Value<'_>]) -> impl Iterator<Item = Bytes> + 'v {
    let mut rows = values.chunks_exact(width);
    let mut begun = false;
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let mut piece = BytesMut::with_capacity(PIECE + 4096);
        if !begun {
            piece.extend_from_slice(HEADER);
            begun = true;
        }
        while piece.len() < PIECE {
            let Some(row) = rows.next() else {
                piece.put_i16(-1);
                ended = true;
                break;
            };
            put_row(&mut piece, row);
        }
        Some(piece.freeze())
    })
}

fn put_row(piece: &mut BytesMut, row: &[Value<'_>]) {
    // A table has fewer columns than an i16 can count, and a value fewer bytes than an i32.
    piece.put_i16(row.len() as i16);
    for value in row {
        match value {
            Value::Null(_) => piece.put_i32(-1),
            Value::Int(int) => {
                piece.put_i32(8);
                piece.put_i64(*int);
            }
            Value::Text(text) => put_bytes(piece, text.as_bytes()),
            Value::Blob(blob) => put_bytes(piece, blob),
        }
    }
}

fn put_bytes(piece: &mut BytesMut, bytes: &[u8]) {
    piece.put_i32(bytes.len() as i32);
    piece.extend_from_slice(bytes);
}
