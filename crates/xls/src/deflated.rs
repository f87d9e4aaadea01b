//! A stream that packs what is written to it: the piece compressor of the workbooks for whatever else goes into
//! an archive beside them. It knows nothing of what passes.

use std::io::{self, Write};

use crc32fast::Hasher;

use crate::codec::Codec;
use crate::error::Error;
use crate::limits::PIECE_LEN;
use crate::pieces::Finished;
use crate::press::{Place, Press};

/// Packs what is written to it, in order, into `W`, on a thread of its own. It is cut into pieces of 256 KiB
/// whatever the sizes of the writes, so the same bytes give the same output.
///
/// `flush` does nothing: a piece is packed when it is full.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::Write;
/// use unlade_xls::{Codec, Deflated};
///
/// let mut stream = Deflated::new(Vec::new(), Codec::DEFLATE)?;
/// stream.write_all(b"id,status\r\n")?;
/// let finished = stream.finish()?;
/// assert_eq!((finished.raw_len, finished.len), (11, finished.out.len() as u64));
/// # Ok(())
/// # }
/// ```
pub struct Deflated<W> {
    press: Press,
    out: W,
    /// What is not given to be packed yet; shorter than a piece.
    piece: Vec<u8>,
    /// Of what was given.
    raw_len: u64,
    packed_len: u64,
    crc: Hasher,
}

impl<W: Write> Deflated<W> {
    /// Begins a stream at the position of `out`, which need not be buffered.
    ///
    /// # Errors
    /// [`Error::Io`], if no thread can be had.
    pub fn new(out: W, codec: Codec) -> Result<Self, Error> {
        let press = Press::start(codec.packer())?;
        let piece = Vec::with_capacity(PIECE_LEN);
        Ok(Self { press, out, piece, raw_len: 0, packed_len: 0, crc: Hasher::new() })
    }

    /// Bytes written to it so far.
    pub fn raw_len(&self) -> u64 {
        self.raw_len + self.piece.len() as u64
    }

    /// Packs the rest and gives the output back.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn finish(mut self) -> Result<Finished<W>, Error> {
        self.give()?;
        self.store(true)?;
        let packer = self.press.end()?;
        let end = packer.end();
        self.out.write_all(end)?;
        let len = self.packed_len + end.len() as u64;
        Ok(Finished { out: self.out, raw_len: self.raw_len, len, crc32: self.crc.finalize() })
    }

    /// Fills pieces and gives those that are full.
    #[cold]
    fn fill(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_LEN - self.piece.len()));
            self.piece.extend_from_slice(now);
            if self.piece.len() == PIECE_LEN {
                self.give()?;
            }
            bytes = later;
        }
        Ok(())
    }

    fn give(&mut self) -> Result<(), Error> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.raw_len += self.piece.len() as u64;
        self.press.give(&mut self.piece, Place::Output)?;
        self.store(false)
    }

    /// Writes what has been packed; with `all`, everything that was given.
    fn store(&mut self, all: bool) -> Result<(), Error> {
        while let Some(packed) = self.press.take(all)? {
            self.out.write_all(&packed.bytes)?;
            self.packed_len += packed.bytes.len() as u64;
            self.crc.combine(&packed.crc);
            self.press.reuse(packed);
        }
        Ok(())
    }
}

impl<W: Write> Write for Deflated<W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    // Texts come in small pieces, so the usual way is one comparison and a copy.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() < PIECE_LEN - self.piece.len() {
            self.piece.extend_from_slice(bytes);
            return Ok(());
        }
        self.fill(bytes).map_err(|error| match error {
            Error::Io(error) => error,
            other => io::Error::other(other),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
