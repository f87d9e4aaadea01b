//! zlib-rs, the compressor that every build has.

use flate2::{Compress, Compression, FlushCompress, Status};

use super::{LAST, Packer, stored};
use crate::error::Error;

/// The compressor.
pub(super) struct Zlib(Compress);

impl Zlib {
    pub(super) fn new(level: u32) -> Self {
        Self(Compress::new(Compression::new(level.min(9)), false))
    }
}

impl Packer for Zlib {
    fn piece(&mut self, raw: &[u8], packed: &mut Vec<u8>) -> Result<(), Error> {
        self.0.reset();
        loop {
            // More than incompressible bytes take, so one round is the rule.
            packed.reserve(raw.len() + raw.len() / 8 + 1_024);
            let taken = usize::try_from(self.0.total_in()).unwrap_or(usize::MAX);
            // A sync flush ends on a byte boundary: that is what lets pieces be joined.
            let status = self
                .0
                .compress_vec(&raw[taken..], packed, FlushCompress::Sync)
                .map_err(std::io::Error::from)?;
            let room_left = packed.len() < packed.capacity();
            if status != Status::BufError && !room_left {
                continue;
            }
            debug_assert_eq!(self.0.total_in(), raw.len() as u64);
            return Ok(());
        }
    }

    fn fixed(&self, raw: &[u8]) -> Vec<u8> {
        stored(raw)
    }

    fn end(&self) -> &'static [u8] {
        LAST
    }
}
