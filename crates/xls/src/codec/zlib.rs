//! zlib-rs, the compressor that every build has.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::{LAST, Packer, stored};
use crate::error::Error;

/// The compressor and its output.
pub(super) struct Zlib {
    compress: Compress,
    packed: Vec<u8>,
}

impl Zlib {
    pub(super) fn new(level: u32) -> Self {
        let compress = Compress::new(Compression::new(level.min(9)), false);
        Self { compress, packed: Vec::new() }
    }
}

impl Packer for Zlib {
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
        stored(raw)
    }

    fn end(&self) -> &'static [u8] {
        LAST
    }
}
