//! The packed stream, unpacked by another library.

use std::io::{Read, Write};

use unlade_xls::{Codec, Deflated, Finished};

fn noise(len: u32) -> Vec<u8> {
    (0..len).map(|n| (n.wrapping_mul(2_654_435_761) >> 20) as u8).collect()
}

fn packed(writes: &[&[u8]], codec: Codec) -> Finished<Vec<u8>> {
    let mut stream = Deflated::new(Vec::new(), codec).unwrap();
    for bytes in writes {
        stream.write_all(bytes).unwrap();
    }
    stream.finish().unwrap()
}

#[test]
fn what_is_written_comes_out_with_its_lengths_and_its_checksum() {
    for len in [0, 1, 262_143, 262_144, 262_145, 3_000_000] {
        let raw = noise(len);
        let finished = packed(&[&raw], Codec::DEFLATE);
        let mut unpacked = Vec::new();
        flate2::read::DeflateDecoder::new(&finished.out[..]).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == raw, "{len} bytes");
        assert_eq!((finished.raw_len, finished.len), (u64::from(len), finished.out.len() as u64));
        assert_eq!(finished.crc32, crc32fast::hash(&raw));
    }
}

#[test]
fn the_sizes_of_the_writes_do_not_show_in_the_output() {
    let raw = noise(1_000_000);
    let whole = packed(&[&raw], Codec::DEFLATE);
    for size in [1, 1_000, 262_144, 300_000] {
        let pieces: Vec<&[u8]> = raw.chunks(size).collect();
        assert!(packed(&pieces, Codec::DEFLATE).out == whole.out, "{size}");
    }
    assert!(packed(&[&raw], Codec::Plain).out == raw);
}

/// An output that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(buf.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(buf.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_output_is_an_error_that_says_so() {
    let mut stream = Deflated::new(Full(1_000_000), Codec::Plain).unwrap();
    let raw = noise(1 << 20);
    let failed = (0..20).find_map(|_| stream.write_all(&raw).err()).unwrap();
    assert_eq!(failed.kind(), std::io::ErrorKind::StorageFull);
}
