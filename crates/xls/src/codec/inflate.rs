//! zlib-rs, the decompressor of a build without ISA-L.

use std::io::{BufReader, Read};

use flate2::bufread::DeflateDecoder;

/// Input of the decompressor at a time.
const INPUT_LEN: usize = 64 << 10;

/// The decompressor over what it reads from.
pub(super) struct Inflate<R>(DeflateDecoder<BufReader<R>>);

impl<R: Read> Inflate<R> {
    pub(super) fn new(packed: R) -> Self {
        Self(DeflateDecoder::new(BufReader::with_capacity(INPUT_LEN, packed)))
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}
