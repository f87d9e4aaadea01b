//! How bytes of the `.xls` become bytes of the output, one independent piece at a time. It keeps nothing
//! between two pieces, so pieces may be made in one order and joined in another.
//!
//! To add a compressor: write a [`Packer`], give it a name in [`Codec`], make it in [`Codec::packer`].

use flate2::{Compress, Compression, FlushCompress, Status};

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
}

impl Codec {
    /// Deflate at the level that measured best.
    pub const DEFLATE: Self = Self::Deflate { level: 2 };

    pub(crate) fn packer(self) -> Box<dyn Packer> {
        match self {
            Self::Plain => Box::new(Plain),
            Self::Deflate { level } => Box::new(Deflate::new(level)),
        }
    }
}

/// One way to pack pieces.
///
/// The output is `reserve · piece · piece · ... · end`, where the reserve is overwritten at last by
/// [`Packer::fixed`] of as many raw bytes.
pub(crate) trait Packer: Send {
    /// Packs one piece. What was packed before has no influence on the result.
    fn piece<'a>(&'a mut self, raw: &'a [u8]) -> Result<&'a [u8], Error>;

    /// Packs `raw`, at most 65,535 bytes, such that the length depends on the length of `raw` alone.
    fn fixed(&self, raw: &[u8]) -> Vec<u8>;

    /// What ends the output.
    fn end(&self) -> &'static [u8];
}

struct Plain;

impl Packer for Plain {
    fn piece<'a>(&'a mut self, raw: &'a [u8]) -> Result<&'a [u8], Error> {
        Ok(raw)
    }

    fn fixed(&self, raw: &[u8]) -> Vec<u8> {
        raw.to_vec()
    }

    fn end(&self) -> &'static [u8] {
        &[]
    }
}

struct Deflate {
    compress: Compress,
    packed: Vec<u8>,
}

impl Deflate {
    fn new(level: u32) -> Self {
        let compress = Compress::new(Compression::new(level.min(9)), false);
        Self { compress, packed: Vec::new() }
    }
}

impl Packer for Deflate {
    fn piece<'a>(&'a mut self, raw: &'a [u8]) -> Result<&'a [u8], Error> {
        self.compress.reset();
        self.packed.clear();
        loop {
            // More than incompressible bytes take, so one round is the rule.
            self.packed.reserve(raw.len() + raw.len() / 8 + 1_024);
            let taken = usize::try_from(self.compress.total_in()).unwrap_or(usize::MAX);
            // A sync flush ends on a byte boundary: that is what lets pieces be joined.
            let status = self
                .compress
                .compress_vec(&raw[taken..], &mut self.packed, FlushCompress::Sync)
                .map_err(std::io::Error::from)?;
            let room_left = self.packed.len() < self.packed.capacity();
            if status != Status::BufError && !room_left {
                continue;
            }
            debug_assert_eq!(self.compress.total_in(), raw.len() as u64);
            return Ok(&self.packed);
        }
    }

    fn fixed(&self, raw: &[u8]) -> Vec<u8> {
        // One stored block that is not the last: type 00, length, its complement.
        let length = u16::try_from(raw.len()).unwrap_or(u16::MAX);
        let mut packed = vec![0];
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&(!length).to_le_bytes());
        packed.extend_from_slice(raw);
        packed
    }

    fn end(&self) -> &'static [u8] {
        // The last block, of fixed codes, empty.
        &[0x03, 0x00]
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn pieces_join_in_any_order() {
        let noise: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let words = b"to be or not to be ".repeat(9_000);
        let mut packer = Codec::DEFLATE.packer();
        let first = packer.piece(&words).unwrap().to_vec();
        let second = packer.piece(&noise).unwrap().to_vec();
        let joined = [packer.fixed(b"head"), second, first, packer.end().to_vec()].concat();
        let mut raw = Vec::new();
        flate2::read::DeflateDecoder::new(&joined[..]).read_to_end(&mut raw).unwrap();
        assert!(raw == [b"head".to_vec(), noise, words].concat());
    }
}
