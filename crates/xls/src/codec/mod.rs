//! How bytes of the `.xls` become bytes of the output, one independent piece at a time. It keeps nothing
//! between two pieces, so pieces may be made in one order and joined in another.
//!
//! To add a compressor: a file here with a [`Packer`], a name in [`Codec`], a line in [`Codec::packer`].

#[cfg(feature = "isal")]
mod igzip;
#[cfg(not(feature = "isal"))]
mod inflate;
mod zlib;

use std::io::{self, Read};

use crate::error::Error;

/// What the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// The output is the `.xls` file itself.
    Plain,
    /// The output is the raw deflate stream of the `.xls`, ready to be one entry of a zip.
    Deflate {
        /// 0 to 9. Level 2 is the fastest useful one; level 1 makes files 40 % larger.
        level: u32,
    },
    /// The same by Intel's ISA-L, a C library, at its level 1: some three times as fast as level 2, and files a few
    /// percent larger. Processors of different generations may pack the same bytes differently.
    #[cfg(feature = "isal")]
    Igzip,
}

impl Codec {
    /// Deflate by the best that this build has: `Igzip` with the feature `isal`, else level 2.
    #[cfg(not(feature = "isal"))]
    pub const DEFLATE: Self = Self::Deflate { level: 2 };
    /// Deflate by the best that this build has: `Igzip` with the feature `isal`, else level 2.
    #[cfg(feature = "isal")]
    pub const DEFLATE: Self = Self::Igzip;

    pub(crate) fn packer(self) -> Box<dyn Packer> {
        match self {
            Self::Plain => Box::new(Plain),
            Self::Deflate { level } => Box::new(zlib::Zlib::new(level)),
            #[cfg(feature = "isal")]
            Self::Igzip => Box::new(igzip::Igzip::new()),
        }
    }
}

/// One way to pack pieces.
///
/// The output is `reserve · piece · piece · ... · end`, where the reserve is overwritten at last by
/// [`Packer::fixed`] of as many raw bytes.
pub(crate) trait Packer: Send {
    /// Appends one piece, packed, to `packed`. What was packed before has no influence on it.
    fn piece(&mut self, raw: &[u8], packed: &mut Vec<u8>) -> Result<(), Error>;

    /// Packs `raw`, at most 65,535 bytes, such that the length depends on the length of `raw` alone.
    fn fixed(&self, raw: &[u8]) -> Vec<u8>;

    /// What ends the output.
    fn end(&self) -> &'static [u8];
}

struct Plain;

impl Packer for Plain {
    fn piece(&mut self, raw: &[u8], packed: &mut Vec<u8>) -> Result<(), Error> {
        packed.extend_from_slice(raw);
        Ok(())
    }

    fn fixed(&self, raw: &[u8]) -> Vec<u8> {
        raw.to_vec()
    }

    fn end(&self) -> &'static [u8] {
        &[]
    }
}

/// Reads a raw deflate stream back, by the best that this build has: whoever publishes a file may want to look at it
/// once more. It ends behind the stream's last block; one that lacks its end is an error.
pub struct Inflated<R>(Inflate<R>);

#[cfg(feature = "isal")]
use igzip::Inflate;
#[cfg(not(feature = "isal"))]
use inflate::Inflate;

impl<R: Read> Inflated<R> {
    /// Reads from `packed`, which need not be buffered.
    pub fn new(packed: R) -> Self {
        Self(Inflate::new(packed))
    }
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

/// `raw` as one stored block of deflate that is not the last: type 00, length, its complement.
fn stored(raw: &[u8]) -> Vec<u8> {
    let length = u16::try_from(raw.len()).unwrap_or(u16::MAX);
    let mut packed = vec![0];
    packed.extend_from_slice(&length.to_le_bytes());
    packed.extend_from_slice(&(!length).to_le_bytes());
    packed.extend_from_slice(raw);
    packed
}

/// The last block of deflate, of fixed codes, empty.
const LAST: &[u8] = &[0x03, 0x00];

#[cfg(test)]
mod tests {
    use super::*;

    fn codecs() -> Vec<Codec> {
        vec![
            Codec::Deflate { level: 0 },
            Codec::Deflate { level: 2 },
            Codec::Deflate { level: 9 },
            #[cfg(feature = "isal")]
            Codec::Igzip,
        ]
    }

    /// One piece by itself.
    fn pack(packer: &mut dyn Packer, raw: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        packer.piece(raw, &mut packed).unwrap();
        packed
    }

    fn noise(length: u32) -> Vec<u8> {
        (0..length).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    }

    #[test]
    fn pieces_join_in_any_order() {
        for codec in codecs() {
            let words = b"to be or not to be ".repeat(9_000);
            let noise = noise(300_000);
            let mut packer = codec.packer();
            let first = pack(&mut *packer, &words);
            let second = pack(&mut *packer, &noise);
            let joined = [packer.fixed(b"head"), second, first, packer.end().to_vec()].concat();
            let mut raw = Vec::new();
            flate2::read::DeflateDecoder::new(&joined[..]).read_to_end(&mut raw).unwrap();
            assert!(raw == [b"head".to_vec(), noise, words].concat(), "{codec:?}");
        }
    }

    #[test]
    fn what_was_packed_before_changes_nothing() {
        for codec in codecs() {
            let piece = b"a row and another row; ".repeat(700);
            let mut packer = codec.packer();
            let fresh = pack(&mut *packer, &piece);
            for before in [noise(1), noise(300_000), piece.clone(), b"row and a".repeat(40_000)] {
                pack(&mut *packer, &before);
                assert!(pack(&mut *packer, &piece) == fresh, "{codec:?}");
            }
        }
    }

    #[test]
    fn a_piece_may_have_any_length() {
        for codec in codecs() {
            let mut packer = codec.packer();
            for length in [1, 2, 255, 256, 65_535, 65_536, 1_000_000] {
                let raw = noise(length);
                let packed = [pack(&mut *packer, &raw), packer.end().to_vec()].concat();
                let mut back = Vec::new();
                flate2::read::DeflateDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
                assert!(back == raw, "{codec:?}, {length}");
            }
        }
    }

    /// A stream of several blocks, as every workbook is.
    fn stream() -> (Vec<u8>, Vec<u8>) {
        let raw = [b"words ".repeat(50_000), noise(200_000)].concat();
        let mut packer = Codec::DEFLATE.packer();
        let pieces: Vec<u8> = raw.chunks(70_000).flat_map(|piece| pack(&mut *packer, piece)).collect();
        ([packer.fixed(b"head"), pieces, packer.end().to_vec()].concat(), [b"head".to_vec(), raw].concat())
    }

    #[test]
    fn a_stream_is_read_back_up_to_its_end() {
        let (packed, raw) = stream();
        let behind = [packed, b"another".repeat(9)].concat();
        for step in [1, 7, 65_536, 1 << 20] {
            let mut back = Vec::new();
            let mut inflated = Inflated::new(&behind[..]);
            let mut piece = vec![0; step];
            loop {
                let read = inflated.read(&mut piece).unwrap();
                if read == 0 {
                    break;
                }
                back.extend_from_slice(&piece[..read]);
            }
            assert!(back == raw, "{step}");
        }
    }

    #[test]
    fn a_stream_without_its_end_and_one_that_is_none_are_errors() {
        let (packed, _) = stream();
        for length in [0, 1, 5, 9, 1_000, packed.len() - 1] {
            let read = Inflated::new(&packed[..length]).read_to_end(&mut Vec::new());
            assert!(read.is_err(), "{length}");
        }
        assert!(Inflated::new(&[0xFF; 64][..]).read_to_end(&mut Vec::new()).is_err());
    }
}
